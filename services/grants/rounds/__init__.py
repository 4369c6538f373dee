"""Rounds of grants, their rules frozen when they open."""
