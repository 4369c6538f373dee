"""Glance: what a worker sees of a household before they say hello, in one answer. It owns no record."""
