"""Duties as they begin and end: their days, their clocks, and what is told of them."""
