"""Homes: what can be let, to whom they fit, and in which state they are."""
