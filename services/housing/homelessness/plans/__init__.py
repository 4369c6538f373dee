"""Personalised housing plans (Housing Act 1996 s189A): steps of ours, theirs that are mandatory, and recommended."""
