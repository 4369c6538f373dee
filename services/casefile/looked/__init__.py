"""Looked: a person's own view of who looked at their file and why; what only a specialist may release to them."""
