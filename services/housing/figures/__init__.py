"""Dated tables with their sources, the money they are counted in, and how a figure shows its work."""
