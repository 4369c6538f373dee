"""Organisations that help: who they are, and how they answer. Their credentials are the gateway's."""
