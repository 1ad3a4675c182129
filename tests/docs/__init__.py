"""The examples that the documentation shows."""
