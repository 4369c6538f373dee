"""Applications as homeless: one telling, from any desk, that day (Housing Act 1996 ss183-188)."""
