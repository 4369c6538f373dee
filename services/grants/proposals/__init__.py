"""Proposals: residents raise an issue, others support and comment, it becomes a project, a vote, a debate."""
