"""Outcomes: what came of the work, with evidence, looked at again half a year later, and counted by group."""
