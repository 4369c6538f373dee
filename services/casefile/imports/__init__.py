"""Imports: the door a council migrates its known people and households through."""
