"""Sending messages: what casefile addressed goes out once, by GOV.UK Notify or the demo's sink, and is answered for."""
