"""Plans: what the resident wants in their own words, who does what by when, and what was agreed."""
