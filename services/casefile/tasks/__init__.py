"""Tasks: what a worker has promised to do on a case, by when."""
