"""Jobs: their life in the database, who does them, and what a worker process does."""
