"""Webhooks: what partners' systems are told as it happens, and what they tell us (Standard Webhooks 1.0)."""
