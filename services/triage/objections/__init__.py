"""Objections: an adult's own, per purpose, reversible; they never stop safeguarding."""
