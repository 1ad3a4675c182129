"""The report: one schema, the JSON file, the tables and the page."""
