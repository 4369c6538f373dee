"""Awards: the recommendation adopted or returned, agreements, instalments, reports, recovery."""
