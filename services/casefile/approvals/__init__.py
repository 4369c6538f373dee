"""Approvals: a manager approves, or returns with a comment that stays."""
