"""Medical assessments, kept apart: the register learns what came of one, never what is in it."""
