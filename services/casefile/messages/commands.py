"""The write of messages: find out how somebody may be told something, and seal it for the gateway."""

import hashlib
import json
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.messages import PLAIN, TEMPLATES, Addressed, MessageOutcome, MessageRequested
from kit.events import sealed
from kit.store.tables import known_person
from kit.store.unit import UnitOfWork
from services.casefile.messages import domain
from services.casefile.messages.domain import Choice, Reason, Recipient, Told
from services.casefile.messages.models import KnownNeed, KnownSafeContact, Message
from services.casefile.people.aliases import all_ids, leads_to
from services.casefile.people.models import Membership, Person

SAME_WITHIN = timedelta(hours=24)
"""The same message about the same thing to the same person is not written twice within this time."""


async def address(unit: UnitOfWork, asked_by: str, told: MessageRequested) -> None:
    """Seal it for the gateway with its one safe address, or tell whoever asked why it can reach nobody safely."""
    whole = await all_ids(unit.session, [told.person_id])
    digest = _digest(asked_by, told, whole)
    now = clock.business_now()
    new = {
        "id": told.message_id,
        "person_id": told.person_id,
        "template": told.template,
        "asked_by": asked_by,
        "about_id": told.about_id,
        "digest": digest,
        "state": "failed",
        "requested_at": told.requested_at,
        "addressed_at": now,
    }
    row = await unit.session.scalar(insert(Message).values(new).on_conflict_do_nothing().returning(Message))
    if row is None:
        return
    person, homes = await _standing(unit, told.person_id, whole)
    chosen = await _chosen(unit, told, digest, person, whole, homes)
    unit.accessed(f"message/{row.id}", sorted(whole), outcome="refused" if isinstance(chosen, Reason) else "done")
    if isinstance(chosen, Reason):
        row.reason = chosen
        outcome = MessageOutcome(
            message_id=row.id,
            person_id=told.person_id,
            template=told.template,
            asked_by=asked_by,
            about_id=told.about_id,
            state="failed",
            reason=chosen,
            changed_at=now,
        )
        unit.emit("casefile.message.failed", outcome, aggregate_id=row.id, sequence=2)
        return
    row.state, row.way, row.plain = "addressed", chosen.route.way, chosen.plain
    codes = {each.code: each.value for each in told.codes}
    title, text = PLAIN.words({}) if chosen.plain else TEMPLATES[told.template].words(codes)
    addressed = Addressed(
        message_id=row.id,
        person_id=told.person_id,
        household_ids=tuple(sorted(homes)),
        template=told.template,
        asked_by=asked_by,
        about_id=told.about_id,
        way=chosen.route.way,
        to=chosen.route.to,
        subject=title,
        text=text,
        plain=chosen.plain,
        useless_after=told.useless_after,
        addressed_at=now,
    )
    sealed.seal(unit, "gateway", "casefile.message.addressed", addressed, aggregate_id=row.id, sequence=2)


async def _chosen(
    unit: UnitOfWork,
    told: MessageRequested,
    digest: bytes,
    person: Person | None,
    whole: Collection[UUID],
    homes: Collection[UUID],
) -> Choice | Reason:
    template = TEMPLATES.get(told.template)
    if template is None:
        return Reason.UNKNOWN_TEMPLATE
    try:
        template.check({each.code: each.value for each in told.codes})
    except ValueError:
        # An asker of another version: what we cannot put in words we do not send.
        return Reason.UNKNOWN_TEMPLATE
    if person is None:
        return Reason.UNKNOWN_PERSON
    if domain.too_late(told.useless_after, clock.business_now()):
        return Reason.TOO_LATE
    before = exists().where(
        Message.digest == digest,
        Message.id != told.message_id,
        Message.state == "addressed",
        Message.addressed_at > clock.business_now() - SAME_WITHIN,
    )
    if await unit.session.scalar(select(before)):
        return Reason.DUPLICATE
    return domain.choose(await _recipient(unit, person, whole, homes), template, clock.today())


async def recipient_of(unit: UnitOfWork, person_id: UUID) -> Recipient | Reason:
    """Somebody as the rules of safe ways see them; `UNKNOWN_PERSON` for nobody of ours."""
    whole = await all_ids(unit.session, [person_id])
    person, homes = await _standing(unit, person_id, whole)
    return Reason.UNKNOWN_PERSON if person is None else await _recipient(unit, person, whole, homes)


async def _standing(
    unit: UnitOfWork, person_id: UUID, whole: Collection[UUID]
) -> tuple[Person | None, frozenset[UUID]]:
    """The row that stands for them, locked so that two messages at once are one after the other; their households."""
    top = (await leads_to(unit.session, [person_id])).get(person_id, [person_id])[-1]
    person = await unit.session.scalar(select(Person).where(Person.id == top).with_for_update())
    homes = await unit.session.scalars(
        select(Membership.household_id).where(Membership.person_id.in_(whole), Membership.until.is_(None))
    )
    return person, frozenset(homes)


async def _recipient(unit: UnitOfWork, person: Person, whole: Collection[UUID], homes: Collection[UUID]) -> Recipient:
    together = await unit.session.scalars(
        select(Membership.person_id).where(
            Membership.household_id.in_(homes), Membership.until.is_(None), Membership.person_id.not_in(whole)
        )
    )
    housemates = set(together)
    kept_apart: set[UUID] = set()
    for pairs in await unit.session.scalars(select(known_person.c.separated_from).where(known_person.c.id.in_(whole))):
        kept_apart |= set(pairs)
    theirs = await unit.session.scalars(
        select(Person.contacts).where(Person.id.in_(await all_ids(unit.session, housemates | kept_apart)))
    )
    abuse = exists().where(or_(KnownNeed.person_id.in_(whole), KnownNeed.household_id.in_(homes)))
    said = (
        await unit.session.scalars(
            select(KnownSafeContact)
            .where(KnownSafeContact.person_id.in_(whole))
            .order_by(KnownSafeContact.told_at.desc(), KnownSafeContact.id.desc())
            .limit(1)
        )
    ).one_or_none()
    return Recipient(
        names=person.names,
        contacts=person.contacts,
        addresses=person.addresses,
        born=person.date_of_birth,
        introduced=person.introduced,
        guarded=person.restricted or bool(kept_apart) or bool(await unit.session.scalar(select(abuse))),
        told=Told(frozenset(said.ways), frozenset(said.never)) if said else Told(),
        others_use={str(each["value"]) for contacts in theirs for each in contacts},
        lives_with_others=bool(housemates),
    )


def _digest(asked_by: str, told: MessageRequested, whole: Collection[UUID]) -> bytes:
    """What makes two messages the same: whom, what, about what, which codes."""
    codes = sorted((each.code, each.value) for each in told.codes)
    person = min(whole, default=told.person_id)
    return hashlib.sha256(
        json.dumps([asked_by, told.template, str(person), str(told.about_id), codes]).encode()
    ).digest()
