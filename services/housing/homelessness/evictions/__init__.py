"""Illegal evictions: a lock-out goes to enforcement at once, and somebody takes it by name."""
