"""Hubs: the places where anybody may walk in, their hours, rooms and rota."""
