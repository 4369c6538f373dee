"""Equality: what people say of themselves, kept apart from every decision about them, and only ever counted."""
