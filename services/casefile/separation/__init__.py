"""Separation: two people who must not find each other, and everything that would lead the one to the other."""
