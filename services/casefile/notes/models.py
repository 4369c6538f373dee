"""Tables of notes: the words that stand, those that stood before, who may read, and the breaches of misfiled ones."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, DateTime, ForeignKey, Index, Integer, LargeBinary, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


def _moment(**more: Any) -> Any:
    return mapped_column(DateTime(timezone=True), **more)


class Note(Base):
    """One note on a household's file. A misfiled one stays as a blank with digests; its words went to another."""

    __tablename__ = "note"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    kind: Mapped[str] = mapped_column(Text)
    part: Mapped[str] = mapped_column(Text, comment="need_to_know.Part: who may read it")
    words: Mapped[str | None] = mapped_column(Text, comment="null: misfiled, taken away")
    occurred_at: Mapped[datetime] = _moment(comment="business time, like all below")
    state: Mapped[str] = mapped_column(Text, comment="standing | struck | misfiled")
    pinned: Mapped[bool] = mapped_column(Boolean)
    pinned_by: Mapped[str | None] = mapped_column(Text)
    reader_workers: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="of a restricted note, with its author")
    reader_roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    draft_key: Mapped[str | None] = mapped_column(Text, comment="the author's draft it came from: finished once")
    recorded_by: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = _moment()
    worded_at: Mapped[datetime] = _moment(comment="since when the words that stand are these")
    changed_at: Mapped[datetime] = _moment()
    struck_by: Mapped[str | None] = mapped_column(Text)
    struck_at: Mapped[datetime | None] = _moment()
    strike_reason: Mapped[str | None] = mapped_column(Text)
    taken_away_by: Mapped[str | None] = mapped_column(Text)
    taken_away_at: Mapped[datetime | None] = _moment()
    digests: Mapped[list[str]] = mapped_column(
        ARRAY(Text), comment="of every wording that was taken away, oldest first"
    )
    moved_here_at: Mapped[datetime | None] = _moment(comment="when it came here from a file it did not belong to")

    __table_args__ = (
        # A draft becomes one note, however often and from however many windows it is finished.
        Index("uq_note_draft", "recorded_by", "draft_key", unique=True, postgresql_where=text("draft_key is not null")),
        Index("ix_note_household_id", "household_id", "pinned", "occurred_at", "id"),
        {"comment": "Notes: the words that stand"},
    )


class NotePerson(Base):
    """Whom a note is about, of the household's people; nobody: the household."""

    __tablename__ = "note_person"

    note_id: Mapped[UUID] = mapped_column(ForeignKey("note.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)

    __table_args__ = (
        Index("ix_note_person_person_id", "person_id"),
        {"comment": "Whom notes are about"},
    )


class NoteWording(Base):
    """Words of a note that do not stand any more: corrected, by whom and why. Never changed."""

    __tablename__ = "note_wording"

    note_id: Mapped[UUID] = mapped_column(ForeignKey("note.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    occurred_at: Mapped[datetime] = _moment()
    person_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    worded_at: Mapped[datetime] = _moment()
    replaced_by: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime] = _moment()
    reason: Mapped[str] = mapped_column(Text)

    __table_args__ = ({"comment": "Earlier wordings of notes"},)


class NoteReading(Base):
    """Who might read a note before that was changed."""

    __tablename__ = "note_reading"

    note_id: Mapped[UUID] = mapped_column(ForeignKey("note.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    part: Mapped[str] = mapped_column(Text)
    reader_workers: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reader_roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    changed_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = _moment()
    reason: Mapped[str] = mapped_column(Text)

    __table_args__ = ({"comment": "Who might read notes before that was changed"},)


class DataBreach(Base):
    """A personal data breach, from its discovery to what was learnt of it (UK GDPR Article 33(5))."""

    __tablename__ = "data_breach"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text, comment="misfiled_note")
    state: Mapped[str] = mapped_column(Text, comment="open | decided | closed")
    note_id: Mapped[UUID] = mapped_column(ForeignKey("note.id"), comment="the blank on the wrong file")
    moved_to_note_id: Mapped[UUID] = mapped_column(ForeignKey("note.id"))
    wrong_household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    right_household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    how: Mapped[str] = mapped_column(Text, comment="how it came about, in the finder's words")
    salt: Mapped[bytes] = mapped_column(LargeBinary, comment="of the digests: nobody else can guess what they were of")
    there_from: Mapped[datetime] = _moment(comment="since when it stood on the wrong file")
    found_by: Mapped[str] = mapped_column(Text)
    found_at: Mapped[datetime] = _moment()
    decide_by: Mapped[datetime] = _moment(comment="72 hours after it was found, as time passes")
    overdue_at: Mapped[datetime | None] = _moment(comment="nobody had decided by then")
    risk: Mapped[str | None] = mapped_column(Text, comment="unlikely | likely | high")
    report: Mapped[bool | None] = mapped_column(Boolean, comment="to the Information Commissioner")
    tell: Mapped[bool | None] = mapped_column(Boolean, comment="the people it is about")
    decisions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="each as it was made, the first one first")
    reported_on: Mapped[date | None] = mapped_column(Date)
    reference: Mapped[str | None] = mapped_column(Text, comment="the Commissioner's")
    told_on: Mapped[date | None] = mapped_column(Date)
    measures: Mapped[str | None] = mapped_column(Text, comment="what was done so that it does not happen again")
    closed_by: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None] = _moment()

    __table_args__ = (
        Index("uq_data_breach_note_id", "note_id", unique=True),
        Index("ix_data_breach_state", "state", "decide_by", "id"),
        {"comment": "Personal data breaches and what was decided of them"},
    )
