"""Neighbourhood money decided by residents."""
