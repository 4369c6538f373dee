"""The event door: out by the outbox, in by the inbox. NATS only carries; PostgreSQL is the record."""
