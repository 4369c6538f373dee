"""Reads of immigration answers and of the way without recourse. Each one goes on record."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from kit.errors import NotFound
from kit.events.sealed import open_at_rest
from kit.store import access
from kit.store.unit import UnitOfWork
from services.triage.immigration import domain
from services.triage.immigration.domain import State, Status, TurnsOn
from services.triage.immigration.models import ImmigrationAnswer, NoRecourseRoute
from services.triage.immigration.rows import visible_to
from services.triage.immigration.shapes import AnswerView, RouteView
from services.triage.known.knowing import true

_WITHOUT = frozenset({Status.LEAVE_WITHOUT_RECOURSE, Status.NO_LEAVE, Status.ASYLUM_SEEKER})


async def answer_for(unit: UnitOfWork, person_id: UUID, turns_on: TurnsOn) -> AnswerView:
    """What they answered last for this very decision; `NotFound` where it was never asked for it.

    An answer given for one decision is not shown for another: then it is asked, with the reason why.
    """
    query = (
        select(ImmigrationAnswer)
        .where(
            ImmigrationAnswer.person_id.in_(await access.same_person(unit, person_id)),
            ImmigrationAnswer.turns_on == turns_on,
            true(unit.cause, ImmigrationAnswer.person_id.expression, ImmigrationAnswer.blind_by.expression),
        )
        .order_by(ImmigrationAnswer.asked_at.desc(), ImmigrationAnswer.id.desc())
        .limit(1)
    )
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("It was not asked for this decision")
    record = f"immigration_answer/{row.id}"
    said = json.loads(open_at_rest(unit, record, row.sealed))
    unit.accessed(record, [row.person_id])
    return AnswerView.model_validate(
        {
            "id": row.id,
            "person_id": row.person_id,
            "turns_on": row.turns_on,
            **said,
            "no_recourse": Status(said["status"]) in _WITHOUT,
            "asked_by": row.asked_by,
            "asked_at": row.asked_at,
        }
    )


def view_of(row: NoRecourseRoute) -> RouteView:
    """As whoever works on it sees it; what was told to the Home Office is a number here."""
    assessment, advice = row.assessment or {}, row.advice or {}
    return RouteView.model_validate(
        {
            **{
                name: getattr(row, name)
                for name in (
                    "id",
                    "version",
                    "contact_id",
                    "person_id",
                    "state",
                    "close_reason",
                    "opened_by",
                    "opened_at",
                )
            },
            "assessment": assessment.get("kind"),
            "assessment_result": assessment.get("result"),
            "destitution": [each["kind"] for each in row.destitution],
            "advice_organisation_id": advice.get("organisation_id"),
            "missing": list(domain.missing(row.as_rules_see_it())),
            "home_office_records": len(row.home_office),
        }
    )


async def route(unit: UnitOfWork, route_id: UUID) -> RouteView:
    """One of them."""
    query = select(NoRecourseRoute).where(NoRecourseRoute.id == route_id, visible_to(unit.cause))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such way")
    unit.accessed(f"no_recourse_route/{row.id}", [row.person_id])
    return view_of(row)


async def routes(unit: UnitOfWork, state: State | None, place: Sequence[Any] | None, most: int) -> Sequence[RouteView]:
    """Up to `most` after `place`, the oldest first."""
    query = select(NoRecourseRoute).where(visible_to(unit.cause))
    if state is not None:
        query = query.where(NoRecourseRoute.state == state)
    order = (NoRecourseRoute.opened_at, NoRecourseRoute.id)
    if place is not None:
        query = query.where(tuple_(*order) > (datetime.fromisoformat(place[0]), UUID(place[1])))
    rows = (await unit.session.scalars(query.order_by(*order).limit(most))).all()
    unit.accessed("no_recourse_routes", {row.person_id for row in rows})
    return [view_of(row) for row in rows]


def place_of(shown: RouteView) -> list[Any]:
    """Where one stands in the list."""
    return [shown.opened_at.isoformat(), str(shown.id)]
