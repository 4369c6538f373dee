"""Who works here: names, employers, roles, absence and suspension (ownership rule 2)."""
