"""Caseloads: who holds how much, cover for an absence in one act, and each worker's own work."""
