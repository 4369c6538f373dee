"""Rough sleeping: sightings without names, outreach, a bed for tonight, severe weather, the nightly count."""
