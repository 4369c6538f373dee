"""The staff app and the public pages: made on the server, from what the gateway answers, and from nothing else."""
