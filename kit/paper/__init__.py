"""Papers as tagged PDF (PDF/UA-1): what one is made of, and the child process that draws it."""
