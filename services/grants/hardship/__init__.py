"""Hardship: the same-day payment. Its first room: which households grants knows of."""
