"""Reads of the register; each read of a household goes on record with its purpose."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from kit import clock
from kit.store import access
from kit.store.unit import UnitOfWork
from services.housing.bedroomneed import shapes as rooms
from services.housing.register import rows, scheme, states, strangers, waiting, weighing
from services.housing.register.models import Application, BandStay, Decision, Member, Review
from services.housing.register.scheme import Finding
from services.housing.register.shapes import (
    LINE_FIELDS,
    ApplicationLine,
    ApplicationView,
    DecisionView,
    MemberView,
    RegisterReviewView,
    SchemeFinding,
    WaitingTime,
    WaitingTimes,
    WeighedView,
)
from services.housing.register.states import BIDS, Standing
from services.housing.register.weighing import Weighed

_YEARS_COUNTED = 3


@dataclass(frozen=True, slots=True)
class Filters:
    """Which applications a list shows; None does not narrow it."""

    state: Standing | None = None
    band: str | None = None
    household_id: UUID | None = None
    person_id: UUID | None = None
    renew_by: date | None = None
    number: str | None = None


async def application(unit: UnitOfWork, application_id: UUID) -> ApplicationView:
    """One of them, with why it stands where it stands."""
    row = await rows.load(unit, application_id)
    unit.accessed(f"application/{row.id}", row.person_ids)
    return await view(unit, row)


async def view(unit: UnitOfWork, row: Application) -> ApplicationView:
    """An application as it is shown."""
    rules, found = scheme.scheme(), (await rows.members(unit, [row.id]))[row.id]
    proposed = select(Decision.id).where(Decision.application_id == row.id, Decision.state == "proposed")
    same = {name: getattr(row, name) for name in ApplicationView.model_fields if hasattr(Application, name)}
    known = weighing.weigh(row, rows.people(found), clock.today()).facts
    band = rules.bands.get(row.band or "")
    reasons = [rules.reasons[code] for code in row.band_reasons if code in rules.reasons]
    told = [
        SchemeFinding(
            code=each.code,
            words=each.title,
            source=each.source,
            facts={one.fact: known.get(one.fact) for one in each.when},
        )
        for each in reasons
    ]
    more: dict[str, Any] = {
        "band_title": band.title if band else None,
        "band_reasons": told,
        "may_bid": row.state in BIDS and row.band is not None,
        "members": [_member(each) for each in found],
        "duplicates": await rows.duplicates(unit, row),
        "waiting_decisions": list(await unit.session.scalars(proposed.order_by(Decision.proposed_at))),
        "allowed": [each.value for each in states.NEXT[Standing(row.state)]],
    }
    return ApplicationView(**{**same, **more})


def _member(row: Member) -> MemberView:
    same = {name: getattr(row, name) for name in MemberView.model_fields if name != "own_room"}
    return MemberView(**same, own_room=row.own_room is not None)


async def applications(
    unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int
) -> list[ApplicationLine]:
    """Up to `most` after `place`, in the order they were registered."""
    columns = [getattr(Application, name) for name in LINE_FIELDS]
    query = select(*columns, Application.person_ids).where(strangers.visible_to(unit.cause))
    for name in ("state", "band", "household_id", "number"):
        wanted = getattr(filters, name)
        if wanted is not None:
            query = query.where(getattr(Application, name) == wanted)
    if filters.person_id is not None:
        ids = list(await access.same_person(unit, filters.person_id))
        query = query.where(Application.person_ids.overlap(ids))
    if filters.renew_by is not None:
        query = query.where(Application.renew_by <= filters.renew_by, Application.state.in_(list(BIDS)))
    order = (Application.registered_at, Application.id)
    if place is not None:
        query = query.where(tuple_(*order) > (datetime.fromisoformat(place[0]), UUID(place[1])))
    found = (await unit.session.execute(query.order_by(*order).limit(most))).all()
    unit.accessed("applications", {person for row in found for person in row.person_ids})
    return [ApplicationLine.model_validate(row) for row in found]


def place_of(shown: ApplicationLine) -> list[Any]:
    """Where an application stands in the list."""
    return [shown.registered_at.isoformat(), str(shown.id)]


def weighed_view(row: Application, found: Weighed, decision: Decision | None) -> WeighedView:
    """What the scheme said, as it is shown."""
    answer = found.assessment
    band = scheme.scheme().bands.get(answer.band or "")
    return WeighedView(
        qualifies=answer.qualifies,
        unknown=list(answer.unknown),
        against=[_finding(each) for each in answer.against],
        band=answer.band,
        band_title=band.title if band else None,
        reasons=[_finding(each) for each in answer.reasons],
        preference=list(answer.preference),
        need=rooms.view(found.need, row.circumstances.get("bedrooms_now")),
        decision_id=decision.id if decision else None,
    )


def _finding(found: Finding) -> SchemeFinding:
    return SchemeFinding(code=found.code, words=found.words, source=found.source, facts=dict(found.facts))


# Decisions and reviews ------------------------------------------------------------------------------------


async def decision(unit: UnitOfWork, decision_id: UUID) -> DecisionView:
    """One of them, with its letter."""
    row, found = await rows.load_decision(unit, decision_id)
    unit.accessed(f"register_decision/{found.id}", row.person_ids)
    return DecisionView.model_validate(found)


async def decisions(
    unit: UnitOfWork, application_id: UUID | None, state: str | None, place: Sequence[Any] | None, most: int
) -> list[DecisionView]:
    """Decisions, the oldest first: of one application, or of all that wait."""
    query = (
        select(Decision, Application.person_ids)
        .join(Application, Application.id == Decision.application_id)
        .where(strangers.visible_to(unit.cause))
    )
    if application_id is not None:
        query = query.where(Decision.application_id == application_id)
    if state is not None:
        query = query.where(Decision.state == state)
    order = (Decision.proposed_at, Decision.id)
    if place is not None:
        query = query.where(tuple_(*order) > (datetime.fromisoformat(place[0]), UUID(place[1])))
    found = (await unit.session.execute(query.order_by(*order).limit(most))).all()
    unit.accessed("register_decisions", {person for _, people in found for person in people})
    return [DecisionView.model_validate(each) for each, _ in found]


def place_of_decision(shown: DecisionView) -> list[Any]:
    """Where a decision stands in the list."""
    return [shown.proposed_at.isoformat(), str(shown.id)]


async def reviews(
    unit: UnitOfWork, state: str | None, place: Sequence[Any] | None, most: int
) -> list[RegisterReviewView]:
    """Reviews, the one to be decided first on top."""
    query = (
        select(Review, Application.person_ids)
        .join(Decision, Decision.id == Review.decision_id)
        .join(Application, Application.id == Decision.application_id)
        .where(strangers.visible_to(unit.cause))
    )
    if state is not None:
        query = query.where(Review.state == state)
    order = (Review.decide_by, Review.id)
    if place is not None:
        query = query.where(tuple_(*order) > (date.fromisoformat(place[0]), UUID(place[1])))
    found = (await unit.session.execute(query.order_by(*order).limit(most))).all()
    unit.accessed("register_reviews", {person for _, people in found for person in people})
    return [review_view(each) for each, _ in found]


def review_view(row: Review) -> RegisterReviewView:
    """A review with the days that are left."""
    shown = RegisterReviewView.model_validate(row)
    if row.state == "asked":
        shown.days_left = (row.decide_by - clock.today()).days
    return shown


def place_of_review(shown: RegisterReviewView) -> list[Any]:
    """Where a review stands in the list."""
    return [shown.decide_by.isoformat(), str(shown.id)]


# Waiting times --------------------------------------------------------------------------------------------


async def waiting_times(unit: UnitOfWork) -> WaitingTimes:
    """For anyone: how long households wait, by band and size, of everybody who waited. Small groups are hidden."""
    today = clock.today()
    since = clock.months_after(today, -12 * _YEARS_COUNTED)
    query = select(
        Application.band,
        Application.bedrooms_needed,
        Application.state,
        Application.priority_on,
        Application.ended_on,
    ).where(Application.band.is_not(None), Application.priority_on.is_not(None))
    groups: dict[tuple[str, int], tuple[list[waiting.Wait], list[int]]] = defaultdict(lambda: ([], []))
    for row in await unit.session.execute(query):
        if row.ended_on is not None and row.ended_on < since:
            continue
        waits, still = groups[row.band, row.bedrooms_needed or 0]
        days = max(0, ((row.ended_on or today) - row.priority_on).days)
        waits.append(waiting.Wait(days, row.state == Standing.HOUSED))
        if row.state in BIDS:
            still.append(days)
    order = {code: each.order for code, each in scheme.scheme().bands.items()}
    listed = []
    for (band, size), (waits, still) in sorted(
        groups.items(), key=lambda each: (order.get(each[0][0], 99), each[0][1])
    ):
        found = waiting.figures(waits, still)
        listed.append(
            WaitingTime(
                band=band,
                bedrooms=size,
                waiting=found.waiting if found else None,
                housed=found.housed if found else None,
                half_within_days=found.half_within_days if found else None,
                nine_in_ten_within_days=found.nine_in_ten_within_days if found else None,
                longest_still_waiting_days=found.longest_still_waiting_days if found else None,
            )
        )
    return WaitingTimes(on=today, method=_METHOD, groups=listed)


_METHOD = (
    "Kaplan and Meier's estimate from everybody who waited in the last three years, also those who wait still or left"
    " otherwise; counting only those who were housed would make waits look shorter than they are. Null: fewer than ten,"
    " or so many have not been housed yet."
)


async def band_history(unit: UnitOfWork, application_id: UUID) -> list[dict[str, Any]]:
    """In which bands it has been."""
    row = await rows.load(unit, application_id)
    unit.accessed(f"application/{row.id}", row.person_ids)
    query = select(BandStay).where(BandStay.application_id == application_id).order_by(BandStay.number)
    return [
        {name: getattr(each, name) for name in ("band", "since", "priority_on", "reasons", "decided_by", "decided_at")}
        for each in await unit.session.scalars(query)
    ]
