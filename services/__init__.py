"""Five owners of five databases. None imports another; they tell each other what happened."""
