"""The demo: an invented borough on real figures, and the step that puts it in by the same doors as real data."""
