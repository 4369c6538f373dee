"""Offers to creditors, and the arrangements that come of them."""
