"""The table of shares."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


class Share(Base):
    """A page of somebody's own, for them to open once. The gateway keeps the door; here is what it shows, and whose."""

    __tablename__ = "share"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), comment="whose page it is")
    shows: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="plan, looked")
    plan_id: Mapped[UUID | None] = mapped_column()
    way: Mapped[str | None] = mapped_column(Text, comment="sms | email; null: the address was shown face to face")
    word_salt: Mapped[bytes] = mapped_column(LargeBinary)
    word_digest: Mapped[bytes] = mapped_column(LargeBinary, comment="scrypt: kit.chosen_word")
    until: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time, like all below")
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    opened_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    withdrawn_by: Mapped[str | None] = mapped_column(Text)
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_share_person_id", "person_id", "made_at", "id"),
        {"comment": "Pages shared with those they are about"},
    )
