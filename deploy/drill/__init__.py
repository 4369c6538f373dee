"""Backup, loss and return, practised: `make restore-drill`. The cluster's own scripts do the copying."""
