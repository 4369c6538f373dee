"""Bids, by whatever way, and those placed for who cannot."""
