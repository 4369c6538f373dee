"""Who is signed in, and shutting somebody out at once: a worker altogether, or one session of theirs."""
