"""How the platform stands, in one picture: services, what waits in each, the bus, webhooks."""
