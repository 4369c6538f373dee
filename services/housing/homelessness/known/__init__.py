"""Answer once: what an application as homeless told already, by question code."""
