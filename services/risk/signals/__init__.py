"""Signals: a fresh fact that calls for an offer of help, and never for anything else."""
