"""Debts: what is owed to whom, which come first, and how far the creditor has gone."""
