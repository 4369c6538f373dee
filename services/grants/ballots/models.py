"""The tables of ballots. Who voted and what was voted share no key and no time; at close the first is gone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Index, Integer, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.grants.ballots import domain
from services.grants.ballots.counting.count import Rule
from services.grants.ballots.counting.election import Kind
from services.grants.tables import Base

_MOMENT = DateTime(timezone=True)


class Ballot(Base):
    """One vote on projects."""

    __tablename__ = "ballot"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, comment="approval | points | ranking")
    rule: Mapped[str] = mapped_column(Text, comment="equal_shares | equal_shares_topped_up | greedy | phragmen")
    budget_pence: Mapped[int] = mapped_column(BigInteger)
    step_pence: Mapped[int] = mapped_column(BigInteger, comment="by how much Equal Shares raises a share at a time")
    most_choices: Mapped[int | None] = mapped_column(Integer)
    most_points: Mapped[int | None] = mapped_column(Integer)
    opens_at: Mapped[datetime] = mapped_column(_MOMENT, comment="business time, like all below")
    closes_at: Mapped[datetime] = mapped_column(_MOMENT)
    state: Mapped[str] = mapped_column(Text, comment="draft | open | closed | counted | returned | adopted")
    rules: Mapped[str | None] = mapped_column(Text, comment="what was frozen at opening")
    rules_hash: Mapped[str | None] = mapped_column(Text)
    voter_key: Mapped[bytes | None] = mapped_column(LargeBinary, comment="makes voters' marks; destroyed at close")
    made_by: Mapped[str] = mapped_column(Text)
    closed_at: Mapped[datetime | None] = mapped_column(_MOMENT)
    closed_early: Mapped[str | None] = mapped_column(Text, comment="the public reason")
    voters: Mapped[int | None] = mapped_column(Integer)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB, comment="winners and why; never altered")
    counted_at: Mapped[datetime | None] = mapped_column(_MOMENT)
    decisions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="what officers decided and the panel said")
    changed_at: Mapped[datetime] = mapped_column(_MOMENT)

    __table_args__ = (Index("ix_ballot_opens_at", "opens_at", "id"), {"comment": "Ballots"})

    def as_rules_see_it(self, projects: list["BallotProject"]) -> domain.Terms:
        """The terms, with the projects in the ballot's order."""
        listed = sorted(projects, key=lambda each: each.place)
        return domain.Terms(
            self.title,
            Kind(self.kind),
            Rule(self.rule),
            self.budget_pence,
            self.step_pence,
            self.most_choices,
            self.most_points,
            self.opens_at,
            self.closes_at,
            tuple(domain.Listed(each.ref, each.title, each.cost_pence) for each in listed),
        )


class BallotProject(Base):
    """A project on a ballot, and what became of it."""

    __tablename__ = "ballot_project"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ballot_id: Mapped[UUID] = mapped_column(ForeignKey("ballot.id"))
    ref: Mapped[str] = mapped_column(Text)
    place: Mapped[int] = mapped_column(Integer, comment="on the paper; drawn at opening")
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str | None] = mapped_column(Text)
    ward: Mapped[str | None] = mapped_column(Text)
    cost_pence: Mapped[int] = mapped_column(BigInteger)
    decision: Mapped[str | None] = mapped_column(Text, comment="adopted | returned | not_funded")
    decision_reason: Mapped[str | None] = mapped_column(Text, comment="public")
    answer: Mapped[str | None] = mapped_column(Text, comment="upheld | withdrawn, by the panel")
    answer_reason: Mapped[str | None] = mapped_column(Text, comment="public")

    __table_args__ = (
        Index("uq_ballot_project_ref", "ballot_id", "ref", unique=True),
        {"comment": "Projects on ballots"},
    )


class VotingCode(Base):
    """A code sent to an address, good for one vote. Gone at close."""

    __tablename__ = "voting_code"

    ballot_id: Mapped[UUID] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    used: Mapped[bool] = mapped_column(Boolean)

    __table_args__ = ({"comment": "Voting codes, as digests under the ballot's key"},)


class VoterMark(Base):
    """Somebody has voted: who, only the ballot's key could tell. Gone at close."""

    __tablename__ = "voter_mark"

    ballot_id: Mapped[UUID] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)

    __table_args__ = ({"comment": "Who has voted, as digests under the ballot's key"},)


class Vote(Base):
    """A vote, until the ballot closes. Its id is random, and nothing says when it came."""

    __tablename__ = "vote"

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="random, not in the order of time")
    ballot_id: Mapped[UUID] = mapped_column(ForeignKey("ballot.id"))
    paper: Mapped[str] = mapped_column(Text)
    ward: Mapped[str] = mapped_column(Text)
    age_band: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("ix_vote_ballot_id", "ballot_id"), {"comment": "Votes of open ballots"})


class VoteGroup(Base):
    """How many voted alike, once a ballot is closed; attributes only as far as ten or more share them."""

    __tablename__ = "vote_group"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ballot_id: Mapped[UUID] = mapped_column(ForeignKey("ballot.id"))
    paper: Mapped[str] = mapped_column(Text)
    ward: Mapped[str] = mapped_column(Text)
    age_band: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    voters: Mapped[int] = mapped_column(Integer)

    __table_args__ = (Index("ix_vote_group_ballot_id", "ballot_id"), {"comment": "Votes of closed ballots, counted"})


class VoteReceipt(Base):
    """That a vote is in the total. Nothing says whose, or which."""

    __tablename__ = "vote_receipt"

    ballot_id: Mapped[UUID] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)

    __table_args__ = ({"comment": "Receipts of votes, as digests"},)
