"""Households: who lives together, and who joins and leaves."""
