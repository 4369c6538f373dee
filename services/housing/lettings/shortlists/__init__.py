"""Shortlists: frozen, drawn, published, explained."""
