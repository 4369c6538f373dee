"""Notes: what was seen and said, never lost, never rewritten without a trace; and what happens when one is misfiled."""
