"""Writes of lettings logs: opened with the tenancy, answered as the work is done, confirmed where a check asks."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from kit import clock
from kit.errors import Conflict, FieldError, Invalid, NotFound
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.housing.homes import queries as homes
from services.housing.lettings import rows
from services.housing.lettings.models import Letting, Offer
from services.housing.placements.models import Placement
from services.housing.register.models import Application, Member
from services.housing.returns.core import checks, figures
from services.housing.returns.core.drafting import Known, Person, draft
from services.housing.returns.core.fields import FIELDS, year_of
from services.housing.returns.core.models import CoreLog


async def open_log(unit: UnitOfWork, letting: Letting) -> None:
    """A tenancy begins, and with it its log, with all that is known already. For tenancies, in the same transaction."""
    home = (await homes.by_ids(unit, [letting.home_id]))[letting.home_id]
    application = await unit.session.get_one(Application, letting.application_id)
    members = (await unit.session.scalars(select(Member).where(Member.application_id == application.id))).all()
    since = home.void_since or date.min
    before = select(func.count()).where(
        Offer.home_id == letting.home_id, Offer.id != letting.offer_id, func.date(Offer.made_at) >= since
    )
    stay = select(Placement.kind).where(
        Placement.household_id == letting.household_id,
        Placement.entered_on <= letting.starts_on,
        func.coalesce(Placement.left_on, letting.starts_on) >= letting.starts_on,
    )
    known = Known(
        starts_on=letting.starts_on,
        kind=letting.kind,
        tenancy=letting.tenancy,
        tenants=len(letting.person_ids),
        weekly_rent_pence=letting.weekly_rent_pence or 0,
        rent=letting.rent or "",
        reference=letting.id.hex[-12:].upper(),
        home=home.model_dump(),
        offers_before=await unit.session.scalar(before) or 0,
        people=[
            Person(each.born, each.sex, each.place, each.relation)
            for each in members
            if each.born is not None and each.born <= letting.starts_on
        ],
        expecting=any(each.expected_on is not None for each in members),
        applied_on=application.applied_on,
        circumstances=application.circumstances,
        learned=application.learned,
        preference=application.preference,
        in_bed_and_breakfast=await unit.session.scalar(stay.limit(1)) == "bed_and_breakfast",
        la=figures.council(),
    )
    unit.session.add(
        CoreLog(
            letting_id=letting.id,
            version=1,
            year=year_of(letting.starts_on),
            answers=draft(known),
            confirmed={},
            changed_by=unit.cause.actor,
            changed_at=clock.business_now(),
        )
    )
    await unit.session.flush()


async def keep(unit: UnitOfWork, letting_id: UUID, expected: int, answers: Mapping[str, Any]) -> CoreLog:
    """Answer some of the log's questions; null takes an answer back. An unfinished log may be kept at any time."""
    row = await _load(unit, letting_id, expected)
    faults = [
        FieldError(f"/answers/{name}", "The lettings log has no such field.", "known-field")
        for name in answers
        if name not in FIELDS
    ]
    faults += [
        FieldError(f"/answers/{field}", each.words, each.check)
        for each in checks.findings(answers, today=clock.today(), council=True)
        if each.check == "kind"
        for field in each.fields
        if field in answers
    ]
    if faults:
        raise Invalid("Some of this is not an answer of the lettings log", *faults)
    merged = {**row.answers, **answers}
    row.answers = {name: value for name, value in merged.items() if value is not None}
    return _changed(unit, row)


async def confirm(unit: UnitOfWork, letting_id: UUID, expected: int, check: str, words: str) -> CoreLog:
    """Somebody looked: what is unusual is right. It stands until one of its values changes."""
    row = await _load(unit, letting_id, expected)
    found = [each for each in await findings(unit, row) if each.check == check and each.severity == "soft"]
    if not found:
        raise Conflict("Nothing of that kind asks to be confirmed", allowed=[])
    row.confirmed = {
        **row.confirmed,
        check: {"seen": found[0].seen, "words": words, "by": unit.cause.actor, "on": clock.today().isoformat()},
    }
    return _changed(unit, row)


async def findings(unit: UnitOfWork, row: CoreLog) -> list[checks.Finding]:
    """What a log does not pass now, what was confirmed left out."""
    letting = await unit.session.get_one(Letting, row.letting_id)
    home = (await homes.by_ids(unit, [letting.home_id]))[letting.home_id]
    found = checks.findings(row.answers, today=clock.today(), council=home.landlord == "council")
    return checks.open_findings(found, row.confirmed)


async def _load(unit: UnitOfWork, letting_id: UUID, expected: int) -> CoreLog:
    await rows.letting(unit, letting_id)
    row = await unit.session.get(CoreLog, letting_id, with_for_update=True)
    if row is None:
        raise NotFound("This tenancy has no lettings log")
    check_version(row.version, expected)
    return row


def _changed(unit: UnitOfWork, row: CoreLog) -> CoreLog:
    row.version, row.changed_by, row.changed_at = row.version + 1, unit.cause.actor, clock.business_now()
    return row
