"""How votes become winners: pure, exact, the same in any process. Start at `election.py`, then `equal_shares.py`."""
