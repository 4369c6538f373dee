"""How to meet somebody safely, read before the meeting: a plan of what to do, never a label."""
