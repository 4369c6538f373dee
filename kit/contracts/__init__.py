"""The language between services: events, purposes, roles, question codes and the vocabulary they share.

Nothing here reads a database or a bus, and nothing here is imported but pydantic.
"""
