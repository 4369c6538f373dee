"""Profiles: what is known of a household's risks, and what would lower them."""
