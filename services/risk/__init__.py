"""One View and the Local Data Observatory: what puts a household at risk, from where, and what would lower it."""
