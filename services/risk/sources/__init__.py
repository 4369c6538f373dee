"""Sources: what is supplied to One View, by whom, for what, and how it comes in."""
