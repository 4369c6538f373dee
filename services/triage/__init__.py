"""The front door: contacts, needs, decisions and concerns."""
