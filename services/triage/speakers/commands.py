"""Writes of who may speak: record, change, end, and the check of a caller."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from kit import clock
from kit.contracts.codes import NeedDomain
from kit.contracts.triage.speakers import SpeakerState
from kit.errors import Conflict, NotFound, invalid
from kit.ids import new_id
from kit.store import access
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.triage.known.knowing import blind_by, check_not_blind, tell_of_a_stranger
from services.triage.speakers import domain
from services.triage.speakers.domain import Capacity, Proof
from services.triage.speakers.models import Speaker, SpeakerCheck
from services.triage.speakers.rows import true_for, visible_to


@dataclass(frozen=True, slots=True)
class New:
    """Who may speak, in what capacity, how far, on what proof, until when, with which word."""

    person_id: UUID
    capacity: Capacity
    name: str | None
    scope: tuple[NeedDomain, ...]
    proof: Proof | None
    expires_on: date | None
    word: str | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What changes; None leaves it."""

    scope: tuple[NeedDomain, ...] | None
    proof: Proof | None
    expires_on: date | None
    word: str | None
    ended: bool


async def record(unit: UnitOfWork, new: New) -> Speaker:
    """Record who may speak. `Invalid` where the proof does not fit, or no end is said where one is due."""
    domain.check_new(new.capacity, new.proof, new.expires_on, clock.today())
    if new.capacity is not Capacity.THEMSELF and new.name is None:
        raise invalid("/name", "Say who they are.", "name")
    now = clock.business_now()
    row = Speaker(
        id=new_id(),
        version=1,
        person_id=new.person_id,
        blind_by=await blind_by(unit, new.person_id),
        capacity=new.capacity,
        name=new.name,
        scope=sorted(set(new.scope)),
        proof=new.proof,
        proof_seen_by=unit.cause.actor if new.proof else None,
        expires_on=new.expires_on,
        state="standing",
        recorded_by=unit.cause.actor,
        recorded_at=now,
        changed_at=now,
    )
    await _choose_word(row, new.word)
    unit.session.add(row)
    _announce(unit, row, "triage.speaker.recorded")
    return row


async def change(unit: UnitOfWork, speaker_id: UUID, expected: int, changes: Changes) -> Speaker:
    """Change how far it goes, its proof, its end or its word; or end it. What has ended stays so."""
    query = select(Speaker).where(Speaker.id == speaker_id, visible_to(unit.cause))
    row = (await unit.session.scalars(query.with_for_update(of=Speaker))).one_or_none()
    if row is None:
        raise NotFound("We know of nobody such")
    check_not_blind(unit, row.blind_by)
    check_version(row.version, expected)
    if row.state == "ended":
        raise Conflict("This has ended: record it anew", state=row.state, allowed=[])
    if changes.scope is not None:
        row.scope = sorted(set(changes.scope))
    if changes.proof is not None:
        row.proof, row.proof_seen_by = changes.proof, unit.cause.actor
    row.expires_on = changes.expires_on or row.expires_on
    domain.check_new(Capacity(row.capacity), changes.proof, changes.expires_on or row.expires_on, clock.today())
    await _choose_word(row, changes.word)
    if changes.ended:
        row.state, row.word_salt, row.word_digest = "ended", None, None
    row.version, row.changed_at = row.version + 1, clock.business_now()
    _announce(unit, row, "triage.speaker.ended" if changes.ended else "triage.speaker.changed")
    return row


async def check(unit: UnitOfWork, person_id: UUID, word: str, about: NeedDomain | None) -> Speaker | None:
    """Whoever this word is, if they may speak about this matter today; None for every other reason alike.

    Also None after too many tries about the same person, right word or not. The try is put on record either way.
    """
    people = await access.same_person(unit, person_id)
    since = clock.business_now() - domain.TRIES_WITHIN
    failed = select(func.count()).where(
        SpeakerCheck.person_id.in_(people), ~SpeakerCheck.confirmed, SpeakerCheck.asked_at > since
    )
    tries = await unit.session.scalar(failed) or 0
    query = select(Speaker).where(
        Speaker.person_id.in_(people),
        Speaker.word_digest.is_not(None),
        true_for(unit.cause),
    )
    rows = (await unit.session.scalars(query.order_by(Speaker.recorded_at, Speaker.id))).all()
    marks = [(row.word_salt or b"", row.word_digest or b"") for row in rows]
    matches = await asyncio.to_thread(domain.which, word, marks)
    able = [
        row
        for row, same in zip(rows, matches, strict=True)
        if same and domain.may_speak(row.as_rules_see_it(), about, clock.today())
    ]
    found = able[0] if able and tries < domain.TRIES else None
    unit.session.add(
        SpeakerCheck(
            id=new_id(),
            person_id=person_id,
            confirmed=found is not None,
            asked_by=unit.cause.actor,
            asked_at=clock.business_now(),
        )
    )
    unit.accessed("speaker_check", [person_id], outcome="done" if found else "refused")
    return found


async def end_what_is_known(unit: UnitOfWork, people: Sequence[UUID]) -> None:
    """Whoever they were separated from may know their word, or speak for them: all of that is chosen anew, in person.

    Advocates, attorneys, deputies and appointees rest on a paper of their own and stay.
    """
    query = select(Speaker).where(
        Speaker.person_id.in_(people), Speaker.state == "standing", Speaker.capacity.in_(domain.KNOWN_AT_HOME)
    )
    for row in (await unit.session.scalars(query.order_by(Speaker.id).with_for_update())).all():
        row.state, row.word_salt, row.word_digest = "ended", None, None
        row.version, row.changed_at = row.version + 1, clock.business_now()
        _announce(unit, row, "triage.speaker.ended")


async def _choose_word(row: Speaker, word: str | None) -> None:
    if word is not None:
        row.word_salt = secrets.token_bytes(16)
        row.word_digest = await asyncio.to_thread(domain.digest, word, row.word_salt)


def _announce(unit: UnitOfWork, row: Speaker, type_: str) -> None:
    state = SpeakerState.model_validate(
        {
            "speaker_id": row.id,
            "person_id": row.person_id,
            "capacity": row.capacity,
            "scope": row.scope,
            "proof": row.proof,
            "expires_on": row.expires_on,
            "state": row.state,
            "changed_at": row.changed_at,
        }
    )
    tell_of_a_stranger(unit, row.blind_by, row.id, row.person_id)
    unit.emit(type_, state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"speaker/{row.id}", [row.person_id])
