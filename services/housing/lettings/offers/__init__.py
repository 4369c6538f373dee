"""Offers: one at a time for a household and for a home."""
