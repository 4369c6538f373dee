"""What anybody may read: homes to bid for, and how each was let, naming nobody."""
