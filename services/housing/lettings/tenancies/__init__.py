"""Tenancies: an accepted offer becomes a home."""
