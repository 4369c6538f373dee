"""Decisions: each a step of the machine by a named officer, with its letter; and the warning that must come first."""
