"""Answer once: what the front door was told before, to be confirmed and not asked again."""
