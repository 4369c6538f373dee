"""Sharing agreements and the board's decisions on them."""
