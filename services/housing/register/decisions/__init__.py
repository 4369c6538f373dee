"""Decisions on applications: proposed, confirmed by a named officer, told in a letter, reviewed by another officer."""
