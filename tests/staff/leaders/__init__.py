"""Pages of leaders, analysts and those who watch."""
