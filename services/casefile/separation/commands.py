"""Writes of separations: separate, say who is trusted and who is not, ask to lift, lift; and follow what changes."""

import asyncio
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from kit import clock
from kit.errors import Forbidden, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.access import circle
from services.casefile.access.need_to_know import Part
from services.casefile.people import commands as people
from services.casefile.people import membership
from services.casefile.people.aliases import all_ids
from services.casefile.people.models import Membership
from services.casefile.separation import domain, sealing, ties
from services.casefile.separation.domain import Because, How, Tie
from services.casefile.separation.models import Bar, Separation
from services.casefile.separation.rows import load
from services.casefile.shares import commands as shares


@dataclass(frozen=True, slots=True)
class New:
    """Whom to protect from whom, and what the worker knows besides."""

    protected_person_id: UUID
    separated_person_id: UUID
    because: str = ""
    also: Collection[UUID] = ()
    keep_from: Collection[str] = ()
    trusted: Collection[str] = ()
    word: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What changes; None, or empty, leaves it. `release`: names that are barred no longer."""

    also: Collection[UUID] | None = None
    keep_from: Collection[str] = ()
    trusted: Collection[str] | None = None
    release: Collection[str] = ()
    word: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What the protected person said: when, how, whether alone, in which words, and the word they chose, if any."""

    heard_on: date
    how: How
    alone: bool
    words: str
    word: str | None = None


@dataclass(frozen=True, slots=True)
class Met:
    """One fact: whom and which homes it is about, and who has to do with them by it."""

    people: frozenset[UUID]
    homes: frozenset[UUID]
    ties: Sequence[Tie]


async def separate(unit: UnitOfWork, new: New) -> Separation:
    """Separate two people, now. One that stands already is the answer: twice said is once done.

    `NotFound` for whoever the caller may not know of, as for a stranger. Where they share a home, the file stays with
    the protected person, and the other gets a home of his own, so that his workers have one to work in.
    """
    domain.check_names(new.keep_from, new.trusted)
    # In one order: two separations at once are one after the other.
    for each in sorted({new.protected_person_id, new.separated_person_id, *new.also}):
        people.check_stands(await people.load(unit, each))
    if new.protected_person_id == new.separated_person_id:
        raise invalid("/separated_person_id", "Nobody is separated from themselves.", "two-people")
    query = select(Separation).where(
        Separation.protected_person_id == new.protected_person_id,
        Separation.separated_person_id == new.separated_person_id,
        Separation.state == "standing",
    )
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        row = await _begin(unit, new)
    unit.accessed(f"separation/{row.id}", [row.protected_person_id, row.separated_person_id])
    return row


async def _begin(unit: UnitOfWork, new: New) -> Separation:
    now = clock.business_now()
    hers = await all_ids(unit.session, [new.protected_person_id])
    his = await all_ids(unit.session, [new.separated_person_id])
    homes, _ = await ties.homes_of(unit, hers)
    shared = sorted(set(homes) & set((await ties.homes_of(unit, his))[0]))
    known = domain.Ties(
        [*await ties.of(unit, his), *(Tie(each, Because.NAMED) for each in new.keep_from), *_sign_ins(his)],
        await ties.of(unit, hers),
        await ties.holders(unit, shared),
    )
    # Before it stands: of a home that both belonged to, nothing is told twice.
    with sealing.as_the_platform(unit):
        for home in shared:
            await _out_of(unit, home, his)
    row = Separation(
        id=new_id(),
        version=1,
        told=0,
        protected_person_id=new.protected_person_id,
        separated_person_id=new.separated_person_id,
        state="standing",
        because=new.because,
        also=sorted(set(new.also)),
        people=[],
        homes=[],
        trusted=sorted(set(new.trusted)),
        names=[],
        started_by=unit.cause.actor,
        started_at=now,
        changed_at=now,
    )
    await _choose_word(row, new.word)
    unit.session.add(row)
    await unit.session.flush()
    barred = domain.bars(known, separated_by=unit.cause.actor, trusted=row.trusted)
    if unit.cause.actor not in barred:
        row.trusted = sorted({*row.trusted, unit.cause.actor})
    await sealing.bar(unit, row, barred.values())
    for home in homes:
        for worker in row.trusted:
            circle.let_in(unit, home, worker, "protector", parts=(Part.ABUSE,))
    await sealing.refresh(unit, row, always=True)
    await shares.withdraw_all(unit, row.people)
    return row


async def _out_of(unit: UnitOfWork, home: UUID, people_: Collection[UUID]) -> None:
    query = select(Membership.person_id).where(
        Membership.household_id == home, Membership.person_id.in_(people_), Membership.until.is_(None)
    )
    for each in sorted(await unit.session.scalars(query)):
        person = await people.load(unit, each)
        await membership.leave(unit, await membership.load(unit, home), person, clock.today())


def _sign_ins(people_: Collection[UUID]) -> Iterable[Tie]:
    """Somebody who signs in as themself does so under their person's id (role resident)."""
    return (Tie(str(each), Because.SIGN_IN) for each in people_)


async def change(unit: UnitOfWork, separation_id: UUID, expected: int, changes: Changes) -> Separation:
    """Seal more people, bar or trust more names, release a name, choose another word."""
    row = await load(unit, separation_id)
    check_version(row.version, expected)
    domain.check_standing(row.state)
    trusted = row.trusted if changes.trusted is None else sorted(set(changes.trusted))
    domain.check_names(changes.keep_from, trusted)
    for each in sorted(changes.also or ()):
        await people.load(unit, each)
    row.also = row.also if changes.also is None else sorted(set(changes.also))
    row.trusted = trusted
    await _choose_word(row, changes.word)
    await sealing.bar(unit, row, (Tie(each, Because.NAMED) for each in changes.keep_from))
    await _release(unit, row, {*changes.release, *trusted})
    row.version += 1
    await sealing.refresh(unit, row)
    row.changed_at = clock.business_now()
    unit.accessed(f"separation/{row.id}", [row.protected_person_id, row.separated_person_id])
    return row


async def _release(unit: UnitOfWork, row: Separation, names: Collection[str]) -> None:
    query = select(Bar).where(Bar.separation_id == row.id, Bar.name.in_(names), Bar.released_by.is_(None))
    for each in await unit.session.scalars(query):
        each.released_by = unit.cause.actor


async def ask_to_lift(unit: UnitOfWork, separation_id: UUID, expected: int, heard: Heard) -> Separation:
    """The first of two: put on record what the protected person said. Nothing is lifted by it."""
    row = await load(unit, separation_id)
    check_version(row.version, expected)
    domain.check_standing(row.state)
    domain.check_heard(heard.heard_on, heard.alone, clock.today())
    await _check_word(row, heard.word)
    row.lifting = {
        "asked_by": unit.cause.actor,
        "asked_at": clock.business_now().isoformat(),
        "heard_on": heard.heard_on.isoformat(),
        "how": heard.how.value,
        "alone": heard.alone,
        "words": heard.words,
    }
    _new_version(row)
    unit.accessed(f"separation/{row.id}", [row.protected_person_id])
    return row


async def withdraw(unit: UnitOfWork, separation_id: UUID, expected: int) -> Separation:
    """What was asked is taken back; it stands as before."""
    row = await load(unit, separation_id)
    check_version(row.version, expected)
    domain.check_standing(row.state)
    row.lifting = None
    _new_version(row)
    unit.accessed(f"separation/{row.id}", [row.protected_person_id])
    return row


async def lift(unit: UnitOfWork, separation_id: UUID, expected: int) -> Separation:
    """The second of two: from here on nothing is sealed for it. What was asked and by whom stays on record."""
    row = await load(unit, separation_id)
    check_version(row.version, expected)
    domain.check_standing(row.state)
    asked: dict[str, Any] = row.lifting or {}
    heard_on = date.fromisoformat(asked["heard_on"]) if asked else None
    domain.check_second(asked.get("asked_by"), heard_on, unit.cause.actor, clock.today())
    row.state, row.lifted_by, row.lifted_at = "lifted", unit.cause.actor, clock.business_now()
    _new_version(row)
    await sealing.refresh(unit, row, event=sealing.REJOINED, always=True)
    unit.accessed(f"separation/{row.id}", [row.protected_person_id, row.separated_person_id])
    return row


# What follows by itself ---------------------------------------------------------------------------------------------


async def follow_home(unit: UnitOfWork, household_id: UUID) -> None:
    """A home's members changed: whoever moves in with a protected person is sealed in the same transaction."""
    member = select(Membership.person_id).where(Membership.household_id == household_id, Membership.until.is_(None))
    query = select(Separation).where(
        Separation.state == "standing",
        or_(Separation.protected_person_id.in_(member), Separation.homes.contains([household_id])),
    )
    for row in (await unit.session.scalars(query.order_by(Separation.id).with_for_update())).all():
        await sealing.refresh(unit, row)


async def follow_people(unit: UnitOfWork, people_: Collection[UUID]) -> None:
    """Two rows turned out to be one person, or not: whatever is sealed of the one is sealed of the other."""
    whole = await all_ids(unit.session, people_)
    query = select(Separation).where(
        Separation.state == "standing",
        or_(
            Separation.protected_person_id.in_(whole),
            Separation.separated_person_id.in_(whole),
            Separation.people.overlap(sorted(whole)),
        ),
    )
    for row in (await unit.session.scalars(query.order_by(Separation.id).with_for_update())).all():
        await sealing.refresh(unit, row)


async def follow_ties(unit: UnitOfWork, met: Sequence[Met]) -> None:
    """Somebody has to do with these people from now on: barred, where one of them is a separated person.

    What is about the protected side as well makes nobody the other one's: a shared past is in every such fact.
    """
    if await unit.session.scalar(select(Separation.id).where(Separation.state == "standing").limit(1)) is None:
        return
    people_ = await all_ids(unit.session, {person for each in met for person in each.people})
    homes = {home for each in met for home in each.homes}
    lives = select(Membership.person_id).where(Membership.household_id.in_(homes), Membership.until.is_(None))
    query = select(Separation).where(
        Separation.state == "standing",
        or_(Separation.separated_person_id.in_(people_), Separation.separated_person_id.in_(lives)),
    )
    for row in (await unit.session.scalars(query.order_by(Separation.id).with_for_update())).all():
        theirs = await all_ids(unit.session, [row.separated_person_id])
        own, _ = await ties.homes_of(unit, theirs)
        found = [
            tie
            for each in met
            if (each.people & theirs or each.homes.intersection(own))
            and each.people.isdisjoint(row.people)
            and each.homes.isdisjoint(row.homes)
            for tie in each.ties
        ]
        hers = await ties.of(unit, await all_ids(unit.session, [row.protected_person_id]))
        barred = domain.bars(domain.Ties(found, hers), separated_by="", trusted=row.trusted)
        if barred:
            await sealing.bar(unit, row, barred.values())
            await sealing.refresh(unit, row)


async def expire(unit: UnitOfWork, separation_id: UUID) -> None:
    """Somebody who once dealt with the separated person has not for a month."""
    row = await unit.session.get(Separation, separation_id, with_for_update=True)
    if row is not None and row.state == "standing":
        await sealing.refresh(unit, row)


async def _choose_word(row: Separation, word: str | None) -> None:
    if word is not None:
        row.word_salt = secrets.token_bytes(16)
        row.word_digest = await asyncio.to_thread(domain.digest, word, row.word_salt)


async def _check_word(row: Separation, word: str | None) -> None:
    if row.word_digest is None or row.word_salt is None:
        return
    if not await asyncio.to_thread(domain.is_the_word, word or "", row.word_salt, row.word_digest):
        raise Forbidden("That is not the word they chose. Nothing was lifted.")


def _new_version(row: Separation) -> None:
    row.version, row.changed_at = row.version + 1, clock.business_now()
