"""Breathing Spaces of people whom a debt adviser helps."""
