"""Safeguarding: a concern about anyone, from any screen, never blocked, delivered only to a named person."""
