"""The only door: who is it, may they, and carry it to the owner. Nothing else is reachable from outside."""
