"""Associations: how much more often an outcome is seen where something else is."""
