"""Writes of shares: make one with its word, give out its address, open it once, take it back."""

import asyncio
import hashlib
import secrets
from base64 import b32encode
from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from kit import chosen_word, clock
from kit.contracts.casefile.papers import SharedPage
from kit.contracts.messages import TEMPLATES, Addressed
from kit.errors import Conflict, FieldError, Invalid, NotFound
from kit.events import sealed
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.messages import safe_ways
from services.casefile.messages.domain import Reason
from services.casefile.people.aliases import all_ids
from services.casefile.people.models import Membership, Person
from services.casefile.shares import domain, rows
from services.casefile.shares.domain import Shows, Standing
from services.casefile.shares.models import Share

PATH = "/pages/"
_TEMPLATE = "page.shared"
_SECRET_BYTES = 20


async def make(
    unit: UnitOfWork, person_id: UUID, shows: Sequence[Shows], plan_id: UUID | None, word: str, days: int, *, send: bool
) -> Share:
    """A page for somebody, with the word they chose. `send`: its address goes to them by a way that is theirs alone."""
    await rows.check_person(unit, person_id)
    if Shows.PLAN in shows and plan_id is None:
        raise Invalid("Say which plan.", FieldError("/plan_id", "Say which plan.", "plan-named"))
    if plan_id is not None:
        await rows.check_plan(unit, person_id, plan_id)
    await _check_word(unit, person_id, word)
    salt = chosen_word.salt()
    now = clock.business_now()
    row = Share(
        id=new_id(),
        version=1,
        person_id=person_id,
        shows=[each.value for each in dict.fromkeys(shows)],
        plan_id=plan_id if Shows.PLAN in shows else None,
        word_salt=salt,
        word_digest=await asyncio.to_thread(chosen_word.digest, word, salt),
        until=clock.later(now, timedelta(days=days)),
        made_by=unit.cause.actor,
        made_at=now,
    )
    unit.session.add(row)
    unit.accessed(f"share/{row.id}", [person_id])
    if send:
        await _send(unit, row)
    return row


async def address(unit: UnitOfWork, share_id: UUID, expected: int) -> tuple[Share, str]:
    """A new address, shown this once to copy into their own device; any earlier one stops working."""
    row = await _step(unit, share_id, expected, "address")
    token = _token()
    row.version += 1
    _tell_the_door(unit, row, token)
    return row, PATH + token


async def withdraw(unit: UnitOfWork, share_id: UUID, expected: int) -> Share:
    """It opens nothing any more, at once: the word was overheard, or the phone is lost."""
    row = await _step(unit, share_id, expected, "withdraw")
    row.withdrawn_at, row.withdrawn_by, row.version = clock.business_now(), unit.cause.actor, row.version + 1
    return row


async def withdraw_all(unit: UnitOfWork, people: Collection[UUID]) -> None:
    """None of these people's pages opens any more: the phone it went to, or the word, may be somebody else's now."""
    query = select(Share).where(Share.person_id.in_(people), Share.withdrawn_at.is_(None)).order_by(Share.id)
    for row in (await unit.session.scalars(query.with_for_update())).all():
        row.withdrawn_at, row.withdrawn_by, row.version = clock.business_now(), unit.cause.actor, row.version + 1
        unit.accessed(f"share/{row.id}", [row.person_id])


async def open_once(unit: UnitOfWork, share_id: UUID) -> Share:
    """The gateway saw link and word, and shows it to whom it is about. `NotFound` when it may not be shown any more."""
    row = await unit.session.scalar(select(Share).where(Share.id == share_id).with_for_update())
    if row is None or unit.cause.actor != f"page:{share_id}":
        raise NotFound("There is no such page")
    if rows.standing_of(row) not in (Standing.READY, Standing.OPENED):
        raise NotFound("There is no such page")
    if row.opened_at is None:
        row.opened_at, row.version = clock.business_now(), row.version + 1
    unit.accessed(f"share/{row.id}", [row.person_id])
    return row


async def _send(unit: UnitOfWork, row: Share) -> None:
    route = await safe_ways.in_private(unit, row.person_id)
    if isinstance(route, Reason):
        raise Conflict(
            "No way to them is safe for this: show them the address while they are with you",
            reason=route.value,
            allowed=["shown"],
        )
    token = _token()
    _tell_the_door(unit, row, token)
    row.way = route.way
    title, text = TEMPLATES[_TEMPLATE].words({})
    message_id = new_id()
    addressed = Addressed(
        message_id=message_id,
        person_id=row.person_id,
        template=_TEMPLATE,
        asked_by=unit.service,
        about_id=row.id,
        way=route.way,
        to=route.to,
        subject=title,
        text=text,
        path=PATH + token,
        useless_after=row.until,
        addressed_at=row.made_at,
    )
    sealed.seal(unit, "gateway", "casefile.message.addressed", addressed, aggregate_id=message_id, sequence=2)


def _tell_the_door(unit: UnitOfWork, row: Share, token: str) -> None:
    page = SharedPage(
        share_id=row.id,
        person_id=row.person_id,
        version=row.version,
        state="open",
        token_digest=hashlib.sha256(token.encode()).hexdigest(),
        word_salt=row.word_salt.hex(),
        word_digest=row.word_digest.hex(),
        until=row.until,
    )
    sealed.seal(unit, "gateway", "casefile.share.changed", page, aggregate_id=row.id, sequence=row.version)


def _token() -> str:
    # 160 random bits, in small letters and digits that can be read out; nothing about anybody.
    return b32encode(secrets.token_bytes(_SECRET_BYTES)).decode("ascii").lower()


async def _step(unit: UnitOfWork, share_id: UUID, expected: int, step: str) -> Share:
    row = await rows.load(unit, share_id, for_change=True)
    check_version(row.version, expected, rows.shown(row).model_dump(mode="json"))
    domain.check_step(rows.standing_of(row), step)
    unit.accessed(f"share/{row.id}", [row.person_id])
    return row


async def _check_word(unit: UnitOfWork, person_id: UUID, word: str) -> None:
    """Against all that is known of them and of whoever lives with them, or did: that is who would try."""
    theirs = await all_ids(unit.session, [person_id])
    homes = select(Membership.household_id).where(Membership.person_id.in_(theirs))
    near = select(Membership.person_id).where(Membership.household_id.in_(homes))
    people = (
        await unit.session.scalars(select(Person).where(Person.id.in_(theirs) | Person.id.in_(near)).limit(200))
    ).all()
    domain.check_word(
        word,
        births=[row.date_of_birth for row in people if row.date_of_birth],
        names={
            part for row in people for name in row.names for part in (name.get("given"), name.get("family")) if part
        },
        places={
            place
            for row in people
            for each in row.addresses
            for place in (*(each.get("lines") or ()), each.get("postcode"), each.get("uprn"))
            if place
        },
        phones={str(each["value"]) for row in people for each in row.contacts if each["kind"] == "phone"},
        numbers={number for row in people for number in (row.nhs_number, row.nino, row.upn) if number},
    )
