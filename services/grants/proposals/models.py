"""The tables of proposals. Who took part is a digest of an account or a pass."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, DateTime, ForeignKey, Index, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.grants.tables import Base

_MOMENT = DateTime(timezone=True)


class Proposal(Base):
    """An issue, an idea, or a question to everybody."""

    __tablename__ = "proposal"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text, comment="proposal | consultation")
    title: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    ward: Mapped[str | None] = mapped_column(Text)
    author_mark: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(Text)
    supports: Mapped[int] = mapped_column(Integer)
    supports_needed: Mapped[int | None] = mapped_column(Integer)
    comments: Mapped[int] = mapped_column(Integer, comment="those shown")
    moderation: Mapped[str | None] = mapped_column(Text)
    moderation_words: Mapped[str | None] = mapped_column(Text, comment="public, told to the author")
    answer_due_on: Mapped[date | None] = mapped_column(Date)
    becomes: Mapped[str | None] = mapped_column(Text, comment="project | ballot | application | debate")
    became: Mapped[str | None] = mapped_column(Text, comment="address of what it became")
    answer: Mapped[str | None] = mapped_column(Text, comment="public")
    answered_by: Mapped[str | None] = mapped_column(Text)
    raised_at: Mapped[datetime] = mapped_column(_MOMENT, comment="business time, like all below")
    closes_at: Mapped[datetime | None] = mapped_column(_MOMENT)
    changed_at: Mapped[datetime] = mapped_column(_MOMENT)

    __table_args__ = (
        Index("ix_proposal_raised_at", "raised_at", "id"),
        Index("ix_proposal_state", "state", "answer_due_on"),
        {"comment": "Proposals and consultations"},
    )


class ProposalSupport(Base):
    """One support. Once each."""

    __tablename__ = "proposal_support"

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)

    __table_args__ = ({"comment": "Who supports a proposal, as digests"},)


class ProposalComment(Base):
    """A comment, shown once a moderator has seen it."""

    __tablename__ = "proposal_comment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"))
    words: Mapped[str] = mapped_column(Text)
    author_mark: Mapped[bytes] = mapped_column(LargeBinary)
    said_at: Mapped[datetime] = mapped_column(_MOMENT)
    shown: Mapped[bool | None] = mapped_column(Boolean, comment="null: waits for a moderator")
    moderation: Mapped[str | None] = mapped_column(Text)
    moderation_words: Mapped[str | None] = mapped_column(Text, comment="public, told to the author")
    moderated_by: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("ix_proposal_comment_proposal_id", "proposal_id", "said_at", "id"),
        {"comment": "Comments on proposals"},
    )


class ParticipationCode(Base):
    """A code sent to an address, good for one pass."""

    __tablename__ = "participation_code"

    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True, comment="of the code and the postcode")
    issued_on: Mapped[date] = mapped_column(Date)

    __table_args__ = ({"comment": "Codes for taking part without an account, as digests"},)


class ParticipationPass(Base):
    """What a code was changed into: lets somebody take part without an account. It says not who."""

    __tablename__ = "participation_pass"

    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    until: Mapped[date] = mapped_column(Date)

    __table_args__ = ({"comment": "Passes for taking part without an account, as digests"},)
