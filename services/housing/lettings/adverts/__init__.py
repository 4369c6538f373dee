"""Adverts: one home, its rules, and when bidding is over."""
