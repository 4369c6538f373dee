"""Shares: a person's own plan, and who looked at their file, shown to them by a link and a word chosen face to face."""
