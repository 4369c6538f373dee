"""Observatories together: boroughs send safe counts to their region, regions to the nation. Nobody is in them."""
