"""The tables of the gateway's own database."""

from sqlalchemy.orm import DeclarativeBase

from kit.store.db import metadata


class Base(DeclarativeBase):
    """Base of every model of the gateway."""

    metadata = metadata()
