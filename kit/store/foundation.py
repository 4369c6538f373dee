"""The first step of every service's history: the tables all of them share, as they stood on the first day.

Frozen: a later change of a shared table is a new function here, called by a new migration of each service.
"""
