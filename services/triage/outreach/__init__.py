"""Outreach: signals become offers of help, worked as a list; nobody but the person learns why."""
