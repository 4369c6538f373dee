"""The household timeline: a log that cannot be rewritten, and the page that tells the story."""
