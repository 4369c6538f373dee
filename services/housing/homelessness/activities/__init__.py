"""What is done beside the duty, never instead of it: mediation, debts put in order, small sums, and what came of it."""
