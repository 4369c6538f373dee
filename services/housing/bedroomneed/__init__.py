"""Bedroom need: how many bedrooms a household needs, by rule sets that are data."""
