"""Appointments at hubs, home visits, reminders by safe route, and what follows when someone was missed."""
