"""Work against domestic abuse: a compartment of its own, read by those it is for and said to nobody else."""
