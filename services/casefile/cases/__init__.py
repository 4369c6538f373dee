"""Cases: one open case a household, opened by a triage decision, allocated, closed, reopened."""
