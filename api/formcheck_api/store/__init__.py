"""What is kept: rows in the database, files in the storage, and how both are deleted."""
