"""Ballots: projects put to a vote, one vote a voter, counted by published rules and explained."""
