"""How the platform is built into an image and run on a cluster."""
