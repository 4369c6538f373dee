"""The demo borough: a seeded life of invented households, written as the extracts a council would receive."""
