"""What `make audit` looks at: what we depend on, and whether a secret lies in the repository."""
