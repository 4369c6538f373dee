"""The first step of every service's history: the tables all of them share, frozen in foundation.sql.

A later change of a shared table is a new function and file here, called by a new migration of each service.
"""

from pathlib import Path

from sqlalchemy import Connection, text

_SQL = Path(__file__).with_name("foundation.sql")
TABLES = (
    "audit_batch audit_entry business_clock dead_letter draft idempotency inbox inbox_attempt job known_household"
    " known_person known_team known_worker outbox timer"
).split()


def create(connection: Connection) -> None:
    """Make the shared tables as they stood on the first day."""
    for statement in _SQL.read_text().split(";\n"):
        if statement.strip():
            connection.execute(text(statement))


def drop(connection: Connection) -> None:
    """Take them away again."""
    for table in TABLES:
        connection.execute(text(f"drop table {table}"))


def remember_the_erased(connection: Connection) -> None:
    """Second step: whose data were erased here."""
    for statement in _SQL.with_name("foundation_rights.sql").read_text().split(";\n"):
        if statement.strip():
            connection.execute(text(statement))


def create_all(connection: Connection) -> None:
    """Every step at once, for a service that has no history: a small one of a test or a benchmark."""
    create(connection)
    remember_the_erased(connection)


def forget_the_erased(connection: Connection) -> None:
    """Take it away again."""
    connection.execute(text("drop table erased_person"))
