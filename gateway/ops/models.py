"""How far behind the consumers on the bus are, as the gateway's worker last saw it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.tables import Base


class BusStanding(Base):
    """One durable consumer."""

    __tablename__ = "bus_standing"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    stream: Mapped[str] = mapped_column(Text)
    consumer: Mapped[str] = mapped_column(Text, comment="the durable's name: <service>-<kind>")
    waiting: Mapped[int] = mapped_column(BigInteger, comment="events it has not been given yet")
    in_hand: Mapped[int] = mapped_column(BigInteger, comment="given, and not acknowledged yet")
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = ({"comment": "How far behind each consumer on the bus is, as last seen"},)
