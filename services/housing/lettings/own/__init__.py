"""Bidding in one's own right: with the number of one's application and a code, without an account."""
