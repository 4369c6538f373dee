"""Live updates: that something changed on a list, by id and kind, to those who may read that list."""
