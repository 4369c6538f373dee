"""Rents by income: what each kind of rent is, what a household can afford, and the rent that is set."""
