"""The tables of the vault, which the vault's own role owns in a schema of its own."""

from sqlalchemy.orm import DeclarativeBase

from kit.store.db import metadata


class VaultBase(DeclarativeBase):
    """Base of every model of the vault. No schema is named: the role's search path holds its own alone."""

    metadata = metadata()
