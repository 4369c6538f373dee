"""Pairs of people kept apart before every service has heard of it (ownership rule 8)."""
