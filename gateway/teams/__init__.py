"""Teams: who works together, in which role, from when to when."""
