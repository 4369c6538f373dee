"""Decants and the right to return: nobody who was moved for a scheme is forgotten."""
