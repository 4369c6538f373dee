"""Volunteers: roles, skills, checks that run out, sessions and hours; and the tasks the desk hands them."""
