"""Going to see somebody alone: in and out, overdue rings, and what to do written before, as a plan."""
