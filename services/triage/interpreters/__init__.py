"""Interpreters: by phone in five minutes, face to face or in BSL by booking. Never a child."""
