"""Reads of emergency lists: counts and states; homes by pseudonym to those who look a second time."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from kit.contracts.codes import SignalKind
from kit.store.unit import UnitOfWork
from services.risk.emergencies import domain
from services.risk.emergencies.domain import Criteria, Kind, Verdict
from services.risk.emergencies.models import EmergencyHome, EmergencyList
from services.risk.emergencies.rows import checked, load, numbers_of, sample
from services.risk.emergencies.shapes import EmergencyView, SampleHome, SecondLook
from services.risk.facts.models import Home
from services.risk.linkage.visibility import homes_kept_back
from services.risk.signals.models import Signal


async def view(unit: UnitOfWork, list_id: UUID) -> EmergencyView:
    """One list, put on record as read."""
    unit.accessed(f"emergency/{list_id}")
    return await shown(unit, await load(unit, list_id))


async def lists(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> list[EmergencyView]:
    """Emergency lists, the newest first."""
    query = select(EmergencyList).order_by(EmergencyList.id.desc()).limit(most)
    if place is not None:
        query = query.where(EmergencyList.id < UUID(place[0]))
    unit.accessed("emergencies")
    return [await shown(unit, each) for each in (await unit.session.scalars(query)).all()]


async def shown(unit: UnitOfWork, row: EmergencyList) -> EmergencyView:
    """A list as it is shown."""
    criteria, numbers = Criteria.model_validate(row.criteria), await numbers_of(unit, row)
    told = await checked(unit, row)
    check = None
    if told is not None and row.checked_by is not None and row.checked_at is not None:
        check = SecondLook(
            looked_at=told.looked_at,
            wrong=told.wrong,
            unsure=told.unsure,
            right_between=told.right_between,
            passes=told.passes,
            checked_by=row.checked_by,
            checked_at=row.checked_at,
            note=row.check_note,
        )
    names = (
        *("id", "version", "title", "forecast", "starts_on", "ends_on", "criteria", "author", "created_at"),
        *("signed_by", "signed_as", "signed_at", "job_id", "handed_over_at", "withdrawn_because"),
    )
    plain: dict[str, Any] = {name: getattr(row, name) for name in names}
    return EmergencyView(
        **plain,
        counts=numbers,
        kind=Kind(row.kind),
        standing=domain.Standing(row.standing).value,
        sentence=domain.sentence(criteria),
        words=domain.of_counts(
            numbers["listed"], numbers["known"], numbers["uncertain"], numbers["ages_known"], numbers["homes"]
        ),
        hidden_sources=row.hidden,
        check=check,
        states=await _states(unit, row.id),
    )


async def _states(unit: UnitOfWork, list_id: UUID) -> dict[str, int]:
    sealed = sorted(await homes_kept_back(unit))
    homes = await unit.session.execute(
        select(EmergencyHome.state, func.count())
        .where(EmergencyHome.list_id == list_id, EmergencyHome.household.not_in(sealed))
        .group_by(EmergencyHome.state)
    )
    found = {state: count for state, count in homes if state != "called"}
    called = await unit.session.execute(
        select(Signal.state, func.count())
        .where(Signal.kind == SignalKind.EMERGENCY, Signal.cohort_id == list_id, Signal.household.not_in(sealed))
        .group_by(Signal.state)
    )
    return found | {row[0]: row[1] for row in called}


async def sampled(unit: UnitOfWork, list_id: UUID) -> list[SampleHome]:
    """The homes to look at a second time, put on record as read."""
    row = await load(unit, list_id)
    criteria = Criteria.model_validate(row.criteria)
    drawn = await sample(unit, list_id)
    homes = await unit.session.scalars(select(Home).where(Home.household.in_([each.household for each in drawn])))
    there = {each.household: each for each in homes}
    unit.accessed(f"emergency/{list_id}/sample")
    found = []
    for each in drawn:
        home = there.get(each.household)
        because = [domain.group_words(criteria.any_of[place]) for place in each.groups]
        found.append(
            SampleHome(
                household=each.household,
                ward=home.ward if home else None,
                adults=home.adults if home else 0,
                children=home.children if home else 0,
                known=each.known,
                certain=each.certain,
                because=because,
                verdict=Verdict(each.verdict) if each.verdict else None,
            )
        )
    return found
