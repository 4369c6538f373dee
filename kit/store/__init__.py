"""Rows: the database, the unit of work, and the tables every service has alike."""
