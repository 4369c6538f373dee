"""Immigration questions, asked only where a decision turns on them, and the way without recourse to public funds."""
