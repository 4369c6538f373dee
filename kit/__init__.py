"""What makes a service a service: the shared ground under the five owners of the work."""
