"""What an installation watches: alert rules, dashboards, the table of figures (`python -m deploy.observability`)."""
