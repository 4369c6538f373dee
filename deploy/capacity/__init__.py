"""What one council, a region and the country need, computed from measured costs: `make capacity`."""
