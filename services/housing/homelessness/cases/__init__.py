"""Cases: a household that applied, or was referred to us; who belongs to it, what was found, which duties are owed."""
