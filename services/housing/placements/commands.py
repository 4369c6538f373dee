"""Writes of stays in temporary accommodation. Overlaps are refused here in words, and by the database for certain."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from psycopg.errors import ExclusionViolation
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from kit import clock
from kit.errors import Conflict, NotFound, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.housing.placements import clocks, domain, entering, rules
from services.housing.placements.domain import EndReason, Notice, NoticeState
from services.housing.placements.events import state_of
from services.housing.placements.models import Placement, PlacementRate, TemporaryHome
from services.housing.placements.rows import (
    alarms,
    living_together,
    load,
    load_home,
    must_be_sealed,
    notices,
    one_after_the_other,
    people_of,
)
from services.housing.placements.shapes import Change, End, Move, NewPlacement, NewRate, NoticeAnswer


async def place(unit: UnitOfWork, said: NewPlacement) -> Placement:
    """A household enters a temporary home.

    Refused: a day that breaks the order (`Invalid`, naming rule and section), a family in bed and breakfast without a
    word of what else was looked for (`Invalid`), a household that is elsewhere or a home that is taken (`Conflict`).
    """
    home = await _home(unit, said.household_id, said.home_id)
    together = said.person_ids or await living_together(unit, said.household_id)
    people = sorted({said.person_id, *together})
    await entering.check_known(unit, people)
    sealed = said.sealed or home.refuge or await must_be_sealed(unit, people)
    row = _row(
        home,
        household_id=said.household_id,
        person_id=said.person_id,
        person_ids=people,
        case_id=said.case_id,
        duty=said.duty,
        nothing_else=said.nothing_else,
        children=said.children,
        pregnant=said.pregnant,
        young_applicant=said.applicant_16_or_17,
        sealed=sealed,
        agreed_by_parent=said.agreed_by_parent,
        entered_on=said.entered_on,
        left_on=said.left_on,
        end_reason=said.end_reason,
        ended_by=unit.cause.actor if said.left_on else None,
        placed_by=unit.cause.actor,
    )
    cost = home.nightly_cost if said.nightly_cost_pence is None else said.nightly_cost_pence
    return await _enter(unit, row, home, cost, said.nightly_charge_pence)


async def move(unit: UnitOfWork, placement_id: UUID, expected: int, said: Move) -> Placement:
    """They leave one place and enter another on the same day. Returns the new stay; the six weeks go on counting."""
    old = await load(unit, placement_id, for_change=True)
    check_version(old.version, expected)
    domain.check_open(old.status)
    home = await _home(unit, old.household_id, said.home_id)
    if home.id == old.home_id:
        raise invalid("/home_id", "They are there already.", "another-home")
    rates = await unit.session.scalars(
        select(PlacementRate).where(PlacementRate.placement_id == old.id).order_by(PlacementRate.since.desc()).limit(1)
    )
    charged = next((each.nightly_charge for each in rates), 0)
    await _end(unit, old, said.moved_on, EndReason.MOVED)
    row = _row(
        home,
        household_id=old.household_id,
        person_id=old.person_id,
        person_ids=list(old.person_ids),
        case_id=old.case_id,
        duty=said.duty or old.duty,
        nothing_else=said.nothing_else,
        children=old.children,
        pregnant=old.pregnant,
        young_applicant=old.young_applicant,
        sealed=old.sealed or home.refuge,
        agreed_by_parent=old.agreed_by_parent,
        entered_on=said.moved_on,
        placed_by=unit.cause.actor,
        moved_from=old.id,
    )
    cost = home.nightly_cost if said.nightly_cost_pence is None else said.nightly_cost_pence
    charge = charged if said.nightly_charge_pence is None else said.nightly_charge_pence
    return await _enter(unit, row, home, cost, charge)


async def end(unit: UnitOfWork, placement_id: UUID, expected: int, said: End) -> Placement:
    """They left. The day they left is no night of the stay."""
    row = await load(unit, placement_id, for_change=True)
    check_version(row.version, expected)
    domain.check_open(row.status)
    await _end(unit, row, said.left_on, EndReason(said.reason))
    return row


async def end_for_letting(
    unit: UnitOfWork, household_id: UUID, letting_id: UUID, started_on: date
) -> Sequence[Placement]:
    """A tenancy began: the household's stay ends on that very day. Called by lettings, in the letting's transaction.

    Returns the stays that it ended: none where the household was in none, or had left before. A stay that was recorded
    as beginning after that day ends on its first day: no night of it was theirs. `undo_letting` takes it back.
    """
    query = select(Placement).where(Placement.household_id == household_id, Placement.left_on.is_(None))
    rows = (await unit.session.scalars(query.order_by(Placement.entered_on).with_for_update())).all()
    for row in rows:
        row.letting_id = letting_id
        await _end(unit, row, max(started_on, row.entered_on), EndReason.LETTING_STARTED)
        unit.accessed(f"placement/{row.id}", people_of(row))
    return rows


async def undo_letting(unit: UnitOfWork, letting_id: UUID) -> Sequence[Placement]:
    """A letting fell through: the stay that it had ended goes on, if nobody else is in that home or they elsewhere.

    Called by lettings, in the transaction of the fall. Returns the stays that go on again.
    """
    query = select(Placement).where(
        Placement.letting_id == letting_id, Placement.end_reason == EndReason.LETTING_STARTED
    )
    again = []
    for row in (await unit.session.scalars(query.with_for_update())).all():
        try:
            async with unit.session.begin_nested():
                row.left_on = row.end_reason = row.ended_by = row.letting_id = None
                await unit.session.flush()
        except IntegrityError as error:
            if not isinstance(error.orig, ExclusionViolation):
                raise
            await unit.session.refresh(row)
            continue
        await clocks.reckon(unit, row)
        _announce(unit, row, "changed")
        unit.accessed(f"placement/{row.id}", people_of(row))
        again.append(row)
    return again


async def change(unit: UnitOfWork, placement_id: UUID, expected: int, said: Change) -> Placement:
    """What is known of who stays there changed: a child came, an agreement was given, another duty is owed now."""
    row = await load(unit, placement_id, for_change=True)
    check_version(row.version, expected)
    domain.check_open(row.status)
    was_family = row.party.family
    if said.children is not None:
        row.children = said.children
    if said.pregnant is not None:
        row.pregnant = said.pregnant
    if said.nothing_else is not None:
        row.nothing_else = said.nothing_else
    if said.duty is not None:
        row.duty = said.duty
    if row.party.family and not was_family:
        if said.since is None:
            raise invalid("/since", "Since when? The six weeks in bed and breakfast count from then.", "family-since")
        row.family_since = await clocks.family_since(unit, row, max(said.since, row.entered_on))
    if not row.party.family:
        row.family_since = None
    domain.check_suitable(row.bed_and_breakfast, row.party, row.nothing_else)
    if said.sealed is False and await must_be_sealed(unit, row.person_ids):
        raise Conflict("Somebody of them is restricted or kept apart: this stay stays sealed", state="sealed")
    if said.sealed is not None:
        row.sealed = said.sealed
    if said.agreed_by_parent is not None:
        row.agreed_by_parent = said.agreed_by_parent
    await entering.follow_notices(unit, row)
    await clocks.reckon(unit, row)
    _announce(unit, row, "changed")
    return row


async def price(unit: UnitOfWork, placement_id: UUID, expected: int, said: NewRate) -> Placement:
    """Another price from a day on; one that stood from that very day is put right."""
    row = await load(unit, placement_id, for_change=True)
    check_version(row.version, expected)
    if said.since < row.entered_on or (row.left_on is not None and said.since >= row.left_on):
        raise invalid("/since", "A price is of a night of this stay.", "rate-within-stay")
    found = await unit.session.get(PlacementRate, (row.id, said.since))
    if found is None:
        found = PlacementRate(placement_id=row.id, since=said.since)
        unit.session.add(found)
    found.nightly_cost, found.nightly_charge = said.nightly_cost_pence, said.nightly_charge_pence
    _announce(unit, row, "changed")
    return row


async def answer_notice(
    unit: UnitOfWork, placement_id: UUID, notice_id: UUID, expected: int, said: NoticeAnswer
) -> Placement:
    """A notice was sent, or is not needed. Of a sealed stay nothing goes to the bodies around a child."""
    row = await load(unit, placement_id, for_change=True)
    check_version(row.version, expected)
    found = next((each for each in await notices(unit, row.id) if each.id == notice_id), None)
    if found is None:
        raise NotFound("We know of no such notice")
    if said.sent_on is not None:
        domain.check_sending(Notice(found.kind), NoticeState(found.state), row.sealed, row.agreed_by_parent)
        if said.sent_on > clock.today():
            raise invalid("/sent_on", "It cannot have been sent on a day to come.", "sent-on-past")
        found.state, found.sent_on, found.sent_to = NoticeState.SENT, said.sent_on, said.sent_to
        found.sent_by = unit.cause.actor
    else:
        if found.state != NoticeState.DUE:
            raise Conflict(f"This notice is {found.state.replace('_', ' ')}", state=found.state, allowed=[])
        if found.kind == Notice.OUT_OF_AREA:
            raise invalid("/not_needed", "The law asks for this one (Housing Act 1996 s208(2)).", "s208-always")
        found.state, found.why_not, found.sent_by = NoticeState.NOT_NEEDED, said.not_needed, unit.cause.actor
    _announce(unit, row, "changed")
    return row


async def answer_alarm(unit: UnitOfWork, placement_id: UUID, day: int, answer: str) -> Placement:
    """Somebody says, by name, what is done so that the family leaves in time. The alarm may be answered early."""
    row = await load(unit, placement_id, for_change=True)
    found = next((each for each in await alarms(unit, row.id) if each.day == day), None)
    if found is None:
        raise NotFound("This stay has no such alarm")
    found.answer, found.answered_by, found.answered_at = answer, unit.cause.actor, clock.business_now()
    _announce(unit, row, "changed")
    return row


async def ring(unit: UnitOfWork, placement_id: UUID) -> None:
    """An alarm, or the end of six weeks: says so once each, for as long as they are still there."""
    query = select(Placement).where(Placement.id == placement_id).with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        return
    today, now = clock.today(), clock.business_now()
    for each in await alarms(unit, row.id):
        if each.rung_at is None and each.rings_on <= today and clocks.there(row, each.rings_on):
            each.rung_at = now
            row.alarm_day = each.day
            _announce(unit, row, "alarmed")
    if (
        row.past_from is not None
        and row.breached_on is None
        and row.past_from <= today
        and clocks.there(row, row.past_from)
    ):
        row.breached_on = row.past_from
        _announce(unit, row, "breached")
    await unit.session.flush()
    await clocks.set_next(unit, row)


def _announce(unit: UnitOfWork, row: Placement, event: str, *, new: bool = False) -> None:
    """Say what happened to a stay, as its next version."""
    row.changed_at = clock.business_now()
    if not new:
        row.version += 1
    unit.emit(f"housing.placement.{event}", state_of(row), aggregate_id=row.id, sequence=row.version)


# Entering and leaving ----------------------------------------------------------------------------------------------


async def _home(unit: UnitOfWork, household_id: UUID, home_id: UUID) -> TemporaryHome:
    await one_after_the_other(unit, household_id)
    try:
        return await load_home(unit, home_id, for_change=True)
    except NotFound as error:
        raise invalid("/home_id", f"{error.detail}.", "home-known") from error


def _row(home: TemporaryHome, **values: object) -> Placement:
    entered_on = values["entered_on"]
    assert isinstance(entered_on, date)
    rule = rules.on(rules.standing().bed_and_breakfast, entered_on)
    now = clock.business_now()
    return Placement(
        id=new_id(),
        version=1,
        home_id=home.id,
        kind=home.kind,
        bed_and_breakfast=domain.is_bed_and_breakfast(home.as_rules_see_it(), rule.private_homes_count),
        council=home.council,
        out_of_area=home.council != domain.OUR_COUNCIL,
        days_before=0,
        placed_at=now,
        changed_at=now,
        **values,
    )


async def _enter(unit: UnitOfWork, row: Placement, home: TemporaryHome, cost: int, charge: int) -> Placement:
    domain.check_days(row.entered_on, row.left_on, clock.today())
    if row.entered_on < home.since or (home.until is not None and row.entered_on >= home.until):
        raise invalid("/entered_on", "We may not place into this home on that day.", "home-available")
    if len(row.person_ids) > home.sleeps:
        raise invalid("/home_id", f"It sleeps {home.sleeps}; they are {len(row.person_ids)}.", "home-sleeps-them")
    domain.check_suitable(row.bed_and_breakfast, row.party, row.nothing_else)
    await entering.check_case(unit, row)
    await entering.check_free(unit, row)
    if row.party.family:
        row.family_since = await clocks.family_since(unit, row, row.entered_on)
    try:
        async with unit.session.begin_nested():
            unit.session.add(row)
            await unit.session.flush()
    except IntegrityError as error:
        if isinstance(error.orig, ExclusionViolation):
            # Somebody was faster by a moment.
            raise entering.taken("ex_placement_home" in str(error.orig)) from error
        raise
    unit.session.add(PlacementRate(placement_id=row.id, since=row.entered_on, nightly_cost=cost, nightly_charge=charge))
    await entering.follow_notices(unit, row)
    await clocks.reckon(unit, row)
    _announce(unit, row, "started", new=True)
    if row.left_on is not None:
        _announce(unit, row, "ended")
    unit.accessed(f"placement/{row.id}", people_of(row))
    return row


async def _end(unit: UnitOfWork, row: Placement, left_on: date, reason: EndReason) -> None:
    domain.check_days(row.entered_on, left_on, clock.today())
    row.left_on, row.end_reason, row.ended_by = left_on, reason, unit.cause.actor
    if reason is EndReason.RECORDED_BY_MISTAKE:
        for each in await notices(unit, row.id):
            if each.state == NoticeState.DUE:
                each.state, each.why_not = NoticeState.NOT_NEEDED, "recorded by mistake"
    await unit.session.flush()
    await clocks.reckon(unit, row)
    _announce(unit, row, "ended")
