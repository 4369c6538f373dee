"""Temporary accommodation: where households stay, for how long, at what cost, and what the law says of each day."""
