"""Warm handovers: who holds a contact holds it until somebody accepts it by name."""
