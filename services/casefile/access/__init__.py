"""Access: who looked at whose record, across all services."""
