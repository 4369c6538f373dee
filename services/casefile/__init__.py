"""The common case file: people, households, one timeline, one case."""
