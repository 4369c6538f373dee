"""One-time links: a partner without an account gives one answer. Of the link itself only a digest is kept."""
