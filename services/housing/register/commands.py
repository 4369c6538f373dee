"""Writes of the register: apply, change, weigh, suspend, renew. What hurts goes through a decision that is confirmed.

Lettings say that a home was let by `housed`; duties and decants are heard as events (`handlers.py`).
"""

import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from kit import clock
from kit.errors import Conflict, invalid
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from services.housing.bedroomneed import domain as bedrooms
from services.housing.bedroomneed.domain import Place
from services.housing.homes.domain import Access
from services.housing.register import established, following, rows, scheme, states, strangers, weighing
from services.housing.register.decisions import commands as decisions
from services.housing.register.decisions.commands import RECHECK, RENEW, saved
from services.housing.register.models import Application, Decision, Member
from services.housing.register.shapes import (
    ApplicationChanges,
    MemberSaid,
    NewApplication,
    NewDecision,
    Weighing,
)
from services.housing.register.states import BIDS, BY_HAND, ENDED, Standing
from services.housing.register.strangers import Unknown
from services.housing.register.weighing import Weighed

_LATEST_BACK: Final = timedelta(days=366 * 60)


async def register(unit: UnitOfWork, new: NewApplication) -> Application:
    """An application. `Conflict` for a reference of the old register that is here already."""
    unknown = await strangers.unknown(unit, new.household_id, _ids(new.members), new.source_reference)
    row, _ = await prepare(unit, new, unknown)
    unit.accessed(f"application/{row.id}", row.person_ids)
    if row.state != Standing.DRAFT:
        decisions.tell(unit, row, "housing.application.registered")
    return row


async def prepare(unit: UnitOfWork, new: NewApplication, unknown: Unknown) -> tuple[Application, Weighed]:
    """The row and its members, saved and not told yet; and what the scheme says of it.

    `unknown`: of whom in it the caller may not know.
    """
    today = clock.today()
    applied_on = new.applied_on or today
    if not today - _LATEST_BACK <= applied_on <= today:
        raise invalid("/applied_on", "A day that has come, within sixty years.", "not-in-future")
    applicant = _check_members(new.members, today)
    now = clock.business_now()
    row = Application(
        id=new_id(),
        version=1,
        number="",
        source_reference=new.source_reference,
        person_id=applicant,
        household_id=new.household_id,
        person_ids=_ids(new.members),
        state=Standing.DRAFT if new.draft else Standing.SUBMITTED,
        channel=new.channel,
        applied_on=applied_on,
        circumstances=new.circumstances.model_dump(mode="json"),
        learned={},
        officer_reasons=[],
        rules=scheme.scheme().bedroom_rules,
        band_reasons=[],
        preference=[],
        access_needed=Access.GENERAL,
        blind_by=unit.cause.actor if unknown.anything else None,
        unknown_ids=list(unknown.ids),
        registered_by=unit.cause.actor,
        registered_at=now,
        changed_at=now,
    )
    members = _members(row.id, new.members)
    # Before anything is saved: a household that cannot be counted leaves nothing behind.
    await established.take_into(unit, row)
    found = weighing.weigh(row, rows.people(members), today)
    await _save(unit, row, members)
    await following.first_need(unit, row, found)
    return row, found


async def _save(unit: UnitOfWork, row: Application, members: Sequence[Member]) -> None:
    """With a number of seven digits that nobody has: not counted up, so that nobody guesses a neighbour's."""
    if row.source_reference is not None:
        taken = select(Application.id).where(
            Application.source_reference == row.source_reference, strangers.visible_to(unit.cause)
        )
        if await unit.session.scalar(taken):
            raise Conflict("This reference was registered before")
    row.number = await _free_number(unit)
    unit.session.add(row)
    try:
        await unit.session.flush()
        unit.session.add_all(members)
        await unit.session.flush()
    except IntegrityError:
        raise Conflict("This was registered at the same moment: read it again") from None


async def _free_number(unit: UnitOfWork) -> str:
    while True:
        number = str(1_000_000 + secrets.randbelow(9_000_000))
        if await unit.session.scalar(select(Application.id).where(Application.number == number)) is None:
            return number


async def _to_change(unit: UnitOfWork, application_id: UUID, expected: int) -> Application:
    """The row, locked. One that was taken blindly is taken up, if the caller may know of everybody in it."""
    row = await rows.load(unit, application_id, expected, for_change=True)
    # Asked of every one: who took one blindly is not told by how long it takes.
    now = await strangers.unknown(unit, row.household_id, row.person_ids, row.source_reference)
    if row.blind_by is None:
        return row
    beside = select(Application.id).where(
        Application.household_id == row.household_id, Application.id != row.id, Application.state.in_(list(BIDS))
    )
    if now.anything or (row.state in BIDS and await unit.session.scalar(beside.limit(1)) is not None):
        # Two of one household: whoever sees both ends one first.
        return row
    same = select(Application.id).where(
        Application.source_reference == row.source_reference, Application.blind_by.is_(None)
    )
    if row.source_reference is not None and await unit.session.scalar(same) is not None:
        # It is the other one's.
        row.source_reference = None
    row.blind_by, row.unknown_ids = None, []
    await established.take_into(unit, row)
    await saved(unit, row, "housing.application.changed")
    return row


async def change(unit: UnitOfWork, application_id: UUID, expected: int, said: ApplicationChanges) -> Application:
    """What they tell us now. What follows from it to their good stands at once; the rest is proposed."""
    row = await _to_change(unit, application_id, expected)
    if row.state in ENDED:
        raise Conflict("This application has ended", state=row.state, allowed=_allowed(row))
    told_on = _told_on(said.told_on, row)
    if said.members is not None:
        applicant = _check_members(said.members, clock.today())
        if applicant != row.person_id:
            raise invalid("/members", "Another applicant makes another application.", "same-applicant")
        own_rooms = await _own_rooms(unit, row)
        await unit.session.execute(delete(Member).where(Member.application_id == row.id))
        unit.session.add_all(_members(row.id, said.members, own_rooms))
        row.person_ids = _ids(said.members)
        more = (await strangers.unknown(unit, row.household_id, row.person_ids)).ids
        if more := [each for each in more if each in row.person_ids and each not in row.unknown_ids]:
            row.blind_by, row.unknown_ids = unit.cause.actor, [*row.unknown_ids, *more]
    if said.circumstances is not None:
        row.circumstances = said.circumstances.model_dump(mode="json")
    await unit.session.flush()
    found = await following.weighed(unit, row)
    await saved(unit, row, "housing.application.changed")
    await following.follow(unit, row, found, told_on)
    return row


async def take_step(unit: UnitOfWork, application_id: UUID, expected: int, to: Standing) -> Application:
    """A step of the work that decides nothing: sent, being checked, waiting for papers, before the panel."""
    row = await _to_change(unit, application_id, expected)
    if to not in BY_HAND:
        raise Conflict(
            f"Nobody makes an application {states.words(to)} by hand: a decision does",
            state=row.state,
            allowed=[each for each in _allowed(row) if Standing(each) in BY_HAND],
        )
    was, row.state = row.state, states.step(Standing(row.state), to)
    row.ended_on = row.end_reason = None
    await saved(unit, row, f"housing.application.{'registered' if was == Standing.DRAFT else 'changed'}")
    return row


async def weigh(
    unit: UnitOfWork, application_id: UUID, expected: int, asked: Weighing
) -> tuple[Application, Weighed, Decision | None]:
    """An officer asks the scheme: what it gives stands at once, what it takes is proposed, what is missing is asked."""
    row = await _to_change(unit, application_id, expected)
    if row.state in ENDED or row.state == Standing.DRAFT:
        raise Conflict(f"It is {states.words(Standing(row.state))}", state=row.state, allowed=_allowed(row))
    _check_findings(asked)
    if asked.exceptions is not None:
        entry = {"value": sorted(set(asked.exceptions)), "source": unit.cause.actor, "on": clock.today().isoformat()}
        row.learned = {**row.learned, "exceptions": entry}
        await saved(unit, row, "housing.application.changed")
    before, said = list(row.officer_reasons), asked.officer_reasons
    if said is not None:
        row.officer_reasons = sorted(set(said))
    found = await following.weighed(unit, row)
    officer_reasons, row.officer_reasons = row.officer_reasons, before
    decision = await following.follow(
        unit, row, found, _told_on(asked.told_on, row), officer_reasons, asked.words, weighed_by_officer=True
    )
    unit.accessed(f"application/{row.id}", row.person_ids)
    return row, found, decision


def _check_findings(asked: Weighing) -> None:
    """What an officer finds is of the scheme, is theirs to find, and is said in words."""
    rules = scheme.scheme()
    by_officer = {each.code for each in rules.reasons.values() if each.by_officer}
    if unknown := set(asked.officer_reasons or ()) - by_officer:
        raise invalid("/officer_reasons", f"No reason that an officer finds: {', '.join(sorted(unknown))}.", "reason")
    known = {each.code: each for each in rules.rules}
    for code in asked.exceptions or ():
        if code not in known:
            raise invalid("/exceptions", f"The scheme has no rule {code}.", "rule-of-the-scheme")
        if known[code].lawful:
            raise invalid("/exceptions", f"The law leaves no exception from it ({known[code].source}).", "by-law")
    if asked.words is None and (asked.officer_reasons or asked.exceptions):
        raise invalid("/words", "Say in your own words why: it stands in the letter.", "reason")


async def decide(unit: UnitOfWork, application_id: UUID, expected: int, new: NewDecision) -> Decision:
    """What an officer would do besides the scheme. What takes nothing, or is their own wish, stands at once."""
    row = await _to_change(unit, application_id, expected)
    effect: dict[str, Any]
    match new.kind:
        case "suspend":
            if new.until is not None and new.until <= clock.today():
                raise invalid("/until", "A day to come.", "in-future")
            effect = {
                "state": Standing.SUSPENDED,
                "suspended_until": new.until.isoformat() if new.until else None,
            }
        case "restore":
            effect = {"state": Standing.ACTIVE, "suspended_until": None}
            if row.state != Standing.SUSPENDED:
                raise Conflict("Only what is suspended is restored", state=row.state, allowed=_allowed(row))
        case "end":
            effect = {
                "state": Standing.CANCELLED,
                "end_reason": "withdrawn" if new.at_their_wish else "closed",
            }
        case _:
            return await _set_need(unit, row, new)
    states.step(Standing(row.state), Standing(effect["state"]))
    if new.kind == "restore" or new.at_their_wish:
        return await decisions.gain(unit, row, new.kind, effect, words=new.words)
    return await decisions.propose(unit, row, new.kind, effect, hurts=True, words=new.words)


async def _set_need(unit: UnitOfWork, row: Application, new: NewDecision) -> Decision:
    """By hand; from then on a birthday asks an officer to look again, and changes nothing by itself."""
    if new.bedrooms is None:
        raise invalid("/bedrooms", "How many bedrooms?", "required")
    if row.state in ENDED:
        raise Conflict("This application has ended", state=row.state, allowed=_allowed(row))
    smaller_by = bedrooms.rule_set(row.rules).smaller_by
    now = row.circumstances.get("bedrooms_now")
    effect = {
        "bedrooms_needed": new.bedrooms,
        "bedrooms_fewest": max(min(1, new.bedrooms), new.bedrooms - smaller_by),
        "bedrooms_lacking": None if now is None else max(0, new.bedrooms - now),
        "need_set_by": unit.cause.actor,
        "need_reason": new.words,
    }
    if row.state == Standing.AWAITING_REASSESSMENT:
        effect["state"] = Standing.ACTIVE
    if new.bedrooms < (row.bedrooms_needed or 0):
        return await decisions.propose(unit, row, "need", effect, hurts=True, words=new.words)
    return await decisions.gain(unit, row, "need", effect, words=new.words)


async def renew(unit: UnitOfWork, application_id: UUID, expected: int) -> Application:
    """They were asked, and said that it is still so (or `change` said what is not)."""
    row = await _to_change(unit, application_id, expected)
    if row.renew_by is None or row.state in ENDED:
        raise Conflict("There is nothing to renew", state=row.state, allowed=_allowed(row))
    await decisions.renewed(unit, row)
    return row


# What other parts of housing say --------------------------------------------------------------------------


async def note(unit: UnitOfWork, row: Application, said: dict[str, Any], source: str) -> None:
    """Facts about one application, from another part of housing."""
    today = clock.today().isoformat()
    entries = {name: {"value": value, "source": source, "on": today} for name, value in said.items()}
    if all(row.learned.get(name, {}).get("value") == value for name, value in said.items()):
        return
    row.learned = {**row.learned, **entries}
    await saved(unit, row, "housing.application.changed")
    await following.follow(unit, row, await following.weighed(unit, row), clock.today())


async def housed(unit: UnitOfWork, application_id: UUID, letting_id: UUID, on: date) -> Application:
    """A letting starts for them: the application has done what it was for."""
    query = select(Application).where(Application.id == application_id).with_for_update()
    row = (await unit.session.scalars(query)).one()
    row.state_before = row.state
    row.state = states.step(Standing(row.state), Standing.HOUSED)
    row.ended_on, row.end_reason, row.letting_id = on, "housed", letting_id
    row.recheck_on = None
    for name in (RENEW, RECHECK):
        await timers.cancel(unit, name, row.id)
    await saved(unit, row, "housing.application.ended")
    return row


async def not_housed(unit: UnitOfWork, application_id: UUID) -> Application:
    """The letting fell through: they stand where they stood, with the date they had."""
    query = select(Application).where(Application.id == application_id).with_for_update()
    row = (await unit.session.scalars(query)).one()
    if row.state == Standing.HOUSED:
        row.state, row.state_before = row.state_before or Standing.ACTIVE, None
        row.ended_on = row.end_reason = row.letting_id = None
        await following.first_need(unit, row, await following.weighed(unit, row))
        await saved(unit, row, "housing.application.restored")
    return row


# Members --------------------------------------------------------------------------------------------------


def _check_members(said: Sequence[MemberSaid], today: date) -> UUID:
    applicants = [each for each in said if each.place is Place.APPLICANT]
    if len(applicants) != 1 or applicants[0].person_id is None:
        raise invalid("/members", "Exactly one of them is the main applicant, known by their id.", "one-applicant")
    ids = [each.person_id for each in said if each.person_id]
    if len(set(ids)) != len(ids):
        raise invalid("/members", "Somebody stands there twice.", "each-once")
    for number, each in enumerate(said):
        if each.born is not None and each.born > today:
            raise invalid(f"/members/{number}/born", "This day has not come yet.", "not-in-future")
        if each.expected_on is not None and not -60 <= (each.expected_on - today).days <= 300:
            raise invalid(f"/members/{number}/expected_on", "About nine months from now at most.", "expected")
    return applicants[0].person_id


def _ids(said: Sequence[MemberSaid]) -> list[UUID]:
    return [each.person_id for each in said if each.person_id is not None]


def _members(
    application_id: UUID, said: Sequence[MemberSaid], own_rooms: dict[UUID, str] | None = None
) -> list[Member]:
    known = own_rooms or {}
    return [
        Member(
            id=new_id(),
            application_id=application_id,
            number=number,
            **each.model_dump(),
            own_room=known.get(each.person_id) if each.person_id else None,
        )
        for number, each in enumerate(said)
    ]


async def _own_rooms(unit: UnitOfWork, row: Application) -> dict[UUID, str]:
    found = (await rows.members(unit, [row.id]))[row.id]
    return {each.person_id: each.own_room for each in found if each.person_id and each.own_room}


def _told_on(said: date | None, row: Application) -> date:
    today = clock.today()
    if said is not None and not row.applied_on <= said <= today:
        raise invalid("/told_on", "From the day of the application to today.", "order-of-days")
    return said or today


def _allowed(row: Application) -> list[str]:
    return [each.value for each in states.NEXT[Standing(row.state)]]
