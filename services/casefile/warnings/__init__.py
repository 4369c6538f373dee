"""Warnings: how to meet somebody safely, decided by a senior, told to them, reviewed, removed."""
