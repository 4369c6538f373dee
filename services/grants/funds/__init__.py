"""Funds and their ledger: double entry in pence."""
