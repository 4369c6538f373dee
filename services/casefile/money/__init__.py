"""Money: debts, statements, offers, Breathing Space, support plans, benefit checks and what came of them."""
