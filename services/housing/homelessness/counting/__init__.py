"""Counts of a quarter for those who answer for the whole: how many came, what was owed, how it ended, what was done."""
