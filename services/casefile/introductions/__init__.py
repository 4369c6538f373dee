"""Introductions: residents whom risk tells us of, so that help can be offered; forgotten unless somebody meets them."""
