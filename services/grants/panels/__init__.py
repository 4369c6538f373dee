"""Residents' panels: who may be drawn, the quotas, the public draw, replacements."""
