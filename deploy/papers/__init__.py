"""Papers that information governance needs, filled from what the platform really does (`python -m deploy.papers`)."""
