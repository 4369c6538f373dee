"""Doors of pages that casefile shares with the person they are about: digests, tries, and the one device."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, LargeBinary, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.tables import Base


class SharedPage(Base):
    """One page's door. Neither its address nor its word can be read here, and nothing of what it shows."""

    __tablename__ = "shared_page"

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="the share: casefile's")
    version: Mapped[int] = mapped_column(BigInteger, comment="of the share, as we heard it last")
    person_id: Mapped[UUID] = mapped_column()
    state: Mapped[str] = mapped_column(Text, comment="open | withdrawn")
    token_digest: Mapped[bytes] = mapped_column(LargeBinary, comment="SHA-256 of the address's secret")
    word_salt: Mapped[bytes] = mapped_column(LargeBinary)
    word_digest: Mapped[bytes] = mapped_column(LargeBinary, comment="scrypt: kit.chosen_word")
    until: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time")
    wrong: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"), comment="tries that opened nothing")
    device_digest: Mapped[bytes | None] = mapped_column(LargeBinary, comment="SHA-256 of the one device's cookie")
    opened_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), comment="real time")

    __table_args__ = (
        Index("uq_shared_page_token_digest", "token_digest", unique=True),
        {"comment": "Doors of shared pages; of their secrets only digests"},
    )
