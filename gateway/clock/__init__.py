"""The business clock, which only the demo can move (ownership rule 12)."""
