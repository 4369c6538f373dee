"""What tests stand on: real engines of their own, clean databases, faults on demand, the whole platform."""
