"""Closing a case with its reason and outcomes, and reopening it with everything there."""
