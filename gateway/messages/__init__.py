"""Sending messages: what casefile addressed goes out once, by GOV.UK Notify or the demo's sink, and is answered for.

What people text back comes in here too, and goes on to casefile, sealed.
"""
