"""CORE: the lettings log that government collects of every social letting."""
