"""Data in SQL databases, from one set of tables and statements."""
