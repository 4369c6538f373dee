"""Contacts: someone comes to the front door, says what they need, and a named person decides where it goes."""
