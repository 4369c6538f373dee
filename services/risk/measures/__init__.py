"""Measures: what came of the work, each beside its companions, quarter by quarter, and the board's pack."""
