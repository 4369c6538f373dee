"""What `make run` puts into an empty platform besides the borough, by the same doors as anybody."""
