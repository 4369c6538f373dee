"""Letters: written from templates, kept as they were written, printed on paper with their reader's address."""
