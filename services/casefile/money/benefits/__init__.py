"""Benefit checks by dated tables, better off in work, claims started and gains confirmed."""
