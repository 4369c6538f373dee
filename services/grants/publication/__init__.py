"""What grants publishes: 360Giving, the infrastructure funding statement, the list of grants."""
