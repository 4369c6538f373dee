"""Campaigns: all-or-nothing crowdfunding, matched by rule, after a check that it can be delivered."""
