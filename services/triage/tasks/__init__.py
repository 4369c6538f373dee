"""Everyday tasks: a bill, a claim, a repair, done together or booked and chased."""
