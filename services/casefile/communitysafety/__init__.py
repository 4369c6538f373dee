"""Community safety: anti-social behaviour, hate crime, cuckooing; the harm and what stops it, and the case review."""
