"""Homelessness: approaches and duties. Its first room: which households housing knows of."""
