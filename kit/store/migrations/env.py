"""Alembic's environment, shared by every service; `kit.store.migrate` says which one and where."""

from alembic import context
from sqlalchemy import create_engine, pool, text

from kit.store.migrate import tables_of

_LOCK = 7_105_402  # any constant: two deploys of one database wait for each other
# Tables that SQLAlchemy does not describe (created by hand in a migration) start with this.
_UNMANAGED = "raw_"

options = context.config.attributes


def include(obj: object, name: str | None, type_: str, reflected: bool, compare_to: object) -> bool:
    """Compare everything but what a migration made by hand on purpose."""
    return not (name or "").startswith(_UNMANAGED)


engine = create_engine(options["url"], poolclass=pool.NullPool)
with engine.connect() as connection:
    connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": _LOCK})
    connection.execute(text("set lock_timeout = '5s'"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=tables_of(options["service"]),
        transaction_per_migration=True,
        compare_server_default=False,
        include_object=include,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
