"""Who may speak about a person: themself by a chosen word, or somebody for them."""
