"""Reaching people: what they said is safe, who rings them just now, and what became of what we wrote to them."""
