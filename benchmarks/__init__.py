"""Ours beside the peers and the limit, in one run: `python -m benchmarks`. See README.md."""
