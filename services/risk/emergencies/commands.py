"""Writes of emergency lists: count, write, look a second time, sign, hand over, withdraw."""

import hashlib
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import insert, select, update

from kit import clock
from kit.contracts.codes import SignalKind
from kit.contracts.risk import EmergencyState
from kit.errors import Conflict
from kit.ids import new_id
from kit.store import jobs
from kit.store.jobs import Progress, Step
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.risk.emergencies import domain, finding
from services.risk.emergencies.catalogue import templates
from services.risk.emergencies.domain import Criteria, Kind, Standing, Verdict
from services.risk.emergencies.models import EmergencyHome, EmergencyList
from services.risk.emergencies.rows import checked, load, numbers_of, sample
from services.risk.emergencies.shapes import (
    EmergencyCounts,
    EmergencyPreview,
    NewEmergency,
    NewSecondLook,
    NewSignature,
    NewWithdrawal,
)
from services.risk.linkage.visibility import NOT_FOR_A_LIST
from services.risk.observatory.nearness import RULES
from services.risk.signals import commands as signals
from services.risk.signals import whose

HAND_OVER: Final = "emergencies.hand_over"
_HOMES_A_STEP: Final = 50
_ROWS_AT_ONCE: Final = 1_000


async def preview(unit: UnitOfWork, asked: EmergencyPreview) -> EmergencyCounts:
    """How many homes the criteria find: rounded, and nothing small."""
    criteria = asked.criteria or templates()[asked.kind].criteria
    found = await finding.find(unit, criteria, "emergency/preview")
    counts = found.counts()

    def near(count: int) -> int:
        return RULES.rounding * round(count / RULES.rounding)

    small = any(0 < counts[name] < RULES.threshold for name in ("listed", "known", "unknown"))
    shown = {name: None if small else near(counts[name]) for name in ("listed", "known", "unknown")}
    uncertain = counts["uncertain"]
    return EmergencyCounts(
        kind=asked.kind,
        criteria=criteria.as_data(),
        sentence=domain.sentence(criteria),
        homes=shown["listed"],
        known=shown["known"],
        unknown=shown["unknown"],
        uncertain=None if small or 0 < uncertain < RULES.threshold else near(uncertain),
        ages_known=near(counts["ages_known"]),
        population=near(counts["homes"]),
        hidden_sources=list(found.sources.hidden),
        threshold=RULES.threshold,
        rounding=RULES.rounding,
    )


async def write(unit: UnitOfWork, new: NewEmergency) -> EmergencyList:
    """Write a list: who is on it stands from now on, and a sample of it is drawn."""
    domain.check_days(new.starts_on, new.ends_on, clock.today())
    criteria = new.criteria or templates()[new.kind].criteria
    list_id = new_id()
    found = await finding.find(unit, criteria, f"emergency/{list_id}")
    row = EmergencyList(
        id=list_id,
        version=1,
        kind=new.kind,
        title=new.title,
        forecast=new.forecast,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        criteria=criteria.as_data(),
        standing=Standing.DRAFTED,
        counts=found.counts(),
        hidden=list(found.sources.hidden),
        author=unit.cause.actor,
        created_at=clock.business_now(),
    )
    unit.session.add(row)
    await unit.session.flush()
    # By digests with the list's own id: nobody can choose who is looked at, and doing it again draws the same.
    drawn = sorted(found.homes, key=lambda home: _order_in_draw(list_id, home.household))
    places = {home.household: place for place, home in enumerate(drawn[: domain.SAMPLE])}
    homes = [
        {
            "list_id": list_id,
            "household": home.household,
            "known": home.known,
            "certain": home.certain,
            "groups": list(home.groups),
            "place": places.get(home.household),
            "state": "waiting",
        }
        for home in found.homes
    ]
    for start in range(0, len(homes), _ROWS_AT_ONCE):
        await unit.session.execute(insert(EmergencyHome), homes[start : start + _ROWS_AT_ONCE])
    unit.accessed(f"emergency/{list_id}")
    return row


def _order_in_draw(list_id: UUID, household: UUID) -> int:
    """Where a home stands in the draw."""
    return int.from_bytes(hashlib.sha256(list_id.bytes + household.bytes).digest()[:8], "big")


async def check(unit: UnitOfWork, list_id: UUID, expected: int, told: NewSecondLook) -> EmergencyList:
    """A second person's verdict on every home of the sample. Who was found wrong is called by nobody."""
    row = await load(unit, list_id, for_change=True)
    check_version(row.version, expected)
    domain.check_second_look(Standing(row.standing), author=row.author, checker=unit.cause.actor)
    homes = await sample(unit, list_id)
    verdicts = {str(each.household): each.verdict for each in told.verdicts}
    domain.judged([str(each.household) for each in homes], verdicts)
    for home in homes:
        verdict = verdicts[str(home.household)]
        home.verdict = verdict
        if verdict is Verdict.WRONG:
            home.state, home.why = "passed", "found_wrong"
    row.standing, row.checked_by, row.checked_at = Standing.CHECKED, unit.cause.actor, clock.business_now()
    row.check_note = told.note
    row.version += 1
    await unit.session.flush()
    unit.accessed(f"emergency/{list_id}")
    return row


async def sign(unit: UnitOfWork, list_id: UUID, expected: int, told: NewSignature) -> EmergencyList:
    """A named person's yes: from now on outreach gets the list, home by home."""
    row = await load(unit, list_id, for_change=True)
    check_version(row.version, expected)
    domain.check_signature(
        Standing(row.standing),
        await checked(unit, row),
        author=row.author,
        signer=unit.cause.actor,
        listed=(await numbers_of(unit, row))["listed"],
    )
    domain.check_days(row.starts_on, row.ends_on, clock.today())
    row.standing, row.signed_by, row.signed_as = Standing.SIGNED, unit.cause.actor, told.signed_as
    row.signed_at = clock.business_now()
    row.job_id = await jobs.start(unit, HAND_OVER, {"list_id": str(row.id)})
    row.version += 1
    await unit.session.flush()
    await _announce(unit, row)
    unit.accessed(f"emergency/{list_id}")
    return row


async def withdraw(unit: UnitOfWork, list_id: UUID, told: NewWithdrawal) -> EmergencyList:
    """Stop it. No version is asked for: a stop is never too late."""
    row = await load(unit, list_id, for_change=True)
    if row.standing == Standing.WITHDRAWN:
        raise Conflict("This list is withdrawn already")
    row.standing, row.withdrawn_by, row.withdrawn_because = Standing.WITHDRAWN, unit.cause.actor, told.reason
    row.version += 1
    await unit.session.execute(
        update(EmergencyHome)
        .where(EmergencyHome.list_id == list_id, EmergencyHome.state == "waiting")
        .values(state="passed", why="withdrawn")
    )
    await unit.session.flush()
    if row.signed_at is not None:
        await _announce(unit, row)
    unit.accessed(f"emergency/{list_id}")
    return row


async def _announce(unit: UnitOfWork, row: EmergencyList) -> None:
    assert row.signed_at is not None
    numbers = await numbers_of(unit, row)
    state = EmergencyState(
        emergency_id=row.id,
        kind=row.kind,
        households=numbers["homes"],
        known=numbers["known"],
        listed=numbers["listed"],
        standing=row.standing,
        signed_by=row.signed_by or "",
        signed_at=row.signed_at,
    )
    unit.emit("risk.emergency.signed", state, aggregate_id=row.id, sequence=row.version)


async def hand_over(unit: UnitOfWork, step: Step) -> Progress:
    """A job: each home of a signed list calls for a check on whoever lives there, some a step."""
    list_id = UUID(step.parameters["list_id"])
    row = await unit.session.get(EmergencyList, list_id, with_for_update=True, populate_existing=True)
    if row is None or row.standing == Standing.WITHDRAWN:
        return Progress(0, None, "The list was withdrawn: nobody more is called for")
    query = select(EmergencyHome).where(EmergencyHome.list_id == list_id, EmergencyHome.state == "waiting")
    homes = (await unit.session.scalars(query.order_by(EmergencyHome.household).limit(_HOMES_A_STEP))).all()
    await _call(unit, row, homes)
    if homes:
        # No numbers: beside those of the list they would say how many of it were kept back since.
        return Progress(0, None, "The homes of the list are being passed on", True)
    row.standing, row.handed_over_at = Standing.HANDED_OVER, clock.business_now()
    row.version += 1
    return Progress(0, None, "All homes of the list are with outreach")


async def _call(unit: UnitOfWork, row: EmergencyList, homes: Sequence[EmergencyHome]) -> None:
    if not homes:
        return
    households = [home.household for home in homes]
    barred = await finding.still_kept_back(unit, households)
    there = await finding.faces(unit, households, Criteria.model_validate(row.criteria))
    known = await whose.known(unit, {face.resident for each in there.values() for face in each})
    listed = []
    for home in homes:
        faces = there.get(home.household)
        if home.household in barred:
            home.state, home.why = "passed", NOT_FOR_A_LIST
        elif not faces:
            home.state, home.why = "passed", "no_source_for_contact"
        else:
            # Who is why the home is listed, above all if casefile knows them: then a safe way is known too.
            face = min(faces, key=lambda each: (not each.aged, each.resident not in known))
            home.state = "called"
            listed.append(signals.Listed(home.household, face.resident, face.source))
    await unit.session.flush()
    await signals.call_listed(
        unit, row.id, row.id, listed, known, kind=SignalKind.EMERGENCY, offer=domain.OFFERS[Kind(row.kind)]
    )
