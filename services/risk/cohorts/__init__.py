"""Cohorts: saved definitions of households, how many there are, and lists of those to whom help is offered."""
