"""The HTTP door: who asks, for what, and how answers and refusals look."""
