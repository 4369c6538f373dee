"""Writes of panels before their draw: what they are, who may be drawn."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from kit import clock, lottery
from kit.contracts.grants import panels as contracts
from kit.errors import Conflict, NotFound
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.grants.panels import domain, rows
from services.grants.panels.domain import DrawState, NewVolunteer, PanelState, Plan, Standing
from services.grants.panels.models import PanelSeat, PanelVolunteer, ResidentPanel
from services.grants.panels.sortition.question import MOST_PEOPLE
from services.grants.rounds import commands as rounds


async def make(unit: UnitOfWork, plan: Plan) -> ResidentPanel:
    """A panel that gathers volunteers."""
    if plan.round_id is not None:
        await rounds.load(unit, plan.round_id)
    now = clock.business_now()
    row = ResidentPanel(
        id=new_id(), version=0, state=PanelState.GATHERING, made_by=unit.cause.actor, made_at=now, changed_at=now,
        **_columns(plan),
    )  # fmt: skip
    unit.session.add(row)
    await announce(unit, row, "changed")
    return row


async def change(unit: UnitOfWork, panel_id: UUID, expected: int, plan: Plan) -> ResidentPanel:
    """Another plan, as long as no draw was asked for."""
    row = await rows.load(unit, panel_id, for_change=True)
    domain.check_gathering(PanelState(row.state))
    check_version(row.version, expected)
    if plan.round_id is not None:
        await rounds.load(unit, plan.round_id)
    for name, value in _columns(plan).items():
        setattr(row, name, value)
    await announce(unit, row, "changed")
    return row


async def end(unit: UnitOfWork, panel_id: UUID, expected: int) -> ResidentPanel:
    """It has done its work: everyone stands down."""
    row = await rows.load(unit, panel_id, for_change=True)
    state = domain.move(PanelState(row.state), PanelState.ENDED)
    check_version(row.version, expected)
    row.state = state
    now = clock.business_now()
    for standing in Standing:
        for seat, _ in await rows.seated(unit, row.id, standing):
            seat.until = now
    await announce(unit, row, "changed")
    return row


async def gather(unit: UnitOfWork, panel_id: UUID, new: Sequence[NewVolunteer]) -> list[PanelVolunteer]:
    """Volunteers into the pool, each with a random token.

    `Conflict` once a draw was asked for, or for more than can be drawn.
    """
    panel = await rows.load(unit, panel_id, for_change=True)
    domain.check_gathering(PanelState(panel.state))
    count = select(func.count()).where(PanelVolunteer.panel_id == panel.id)
    if (await unit.session.scalar(count) or 0) + len(new) > MOST_PEOPLE:
        raise Conflict(f"A pool holds at most {MOST_PEOPLE:,} people", allowed=[])
    now = clock.business_now()
    found = [
        PanelVolunteer(
            id=new_id(),
            panel_id=panel.id,
            token=lottery.new_token(),
            person_id=each.person_id,
            name=each.name,
            email=each.email,
            phone=each.phone,
            uprn=each.uprn,
            features=dict(each.features),
            consented_at=now,
            joined_at=now,
        )
        for each in new
    ]
    unit.session.add_all(found)
    unit.accessed(f"panel/{panel.id}/pool", {each.person_id for each in new if each.person_id})
    return found


async def withdraw(unit: UnitOfWork, panel_id: UUID, volunteer_id: UUID) -> PanelVolunteer:
    """They take their name back: no draw from now on has them, and what they told us but the token goes.

    While a draw is on its list stands. Somebody who sits leaves as a member first.
    """
    panel = await rows.load(unit, panel_id, for_change=True)
    row = await volunteer(unit, panel_id, volunteer_id)
    if panel.state == PanelState.DRAWING:
        raise Conflict("A draw is on: its list stands until it is drawn", state=panel.state, allowed=[PanelState.DRAWN])
    sitting = [each.id for _, each in await rows.seated(unit, panel.id, Standing.MEMBER)]
    if row.id in sitting:
        raise Conflict("They sit on the panel: replace them", state=panel.state, allowed=["replacements"])
    if row.withdrawn_at is None:
        row.withdrawn_at = clock.business_now()
        for seat, other in await rows.seated(unit, panel.id, Standing.RESERVE):
            if other.id == row.id:
                seat.until, seat.why_left = row.withdrawn_at, "withdrew"
        row.name, row.email, row.phone, row.uprn, row.features = "withdrawn", None, None, None, {}
    unit.accessed(f"panel/{panel.id}/pool", [row.person_id] if row.person_id else [])
    return row


async def volunteer(unit: UnitOfWork, panel_id: UUID, volunteer_id: UUID) -> PanelVolunteer:
    """One of a pool; `NotFound` also for one who is hidden from the caller."""
    query = select(PanelVolunteer).where(
        PanelVolunteer.id == volunteer_id, PanelVolunteer.panel_id == panel_id, rows.visible_to(unit.cause)
    )
    row = (await unit.session.scalars(query.with_for_update())).one_or_none()
    if row is None:
        raise NotFound("There is no such volunteer")
    return row


def _columns(plan: Plan) -> dict[str, Any]:
    return {
        "kind": plan.kind, "title": plan.title, "summary": plan.summary, "round_id": plan.round_id, "size": plan.size,
        "one_per_home": plan.one_per_home, "quotas": [dict(each) for each in plan.quotas], "reserves": plan.reserves,
        "dropout": dict(plan.dropout),
    }  # fmt: skip


async def announce(unit: UnitOfWork, row: ResidentPanel, what: str) -> None:
    """A new version of the panel, told to whoever may hear of it."""
    row.version, row.changed_at = row.version + 1, clock.business_now()
    await unit.session.flush()
    count = select(func.count()).select_from(PanelSeat).where(PanelSeat.panel_id == row.id)
    count = count.where(PanelSeat.standing == Standing.MEMBER)
    drawn = [each for each in await rows.draws_of(unit, row.id) if each.state == DrawState.DRAWN]
    whole = [each for each in drawn if not each.leaving]
    stands = whole[-1] if whole else None
    pool = (
        select(func.count())
        .select_from(PanelVolunteer)
        .where(PanelVolunteer.panel_id == row.id, PanelVolunteer.withdrawn_at.is_(None))
    )
    state = contracts.PanelState.model_validate(
        {
            "panel_id": row.id,
            "kind": row.kind,
            "state": row.state,
            "round_id": row.round_id,
            "size": row.size,
            "members": await unit.session.scalar(count.where(PanelSeat.until.is_(None))),
            "replaced": await unit.session.scalar(
                count.where(PanelSeat.until.is_not(None), PanelSeat.draw_id.in_([each.id for each in drawn]))
            ),
            "pool": await unit.session.scalar(pool),
            "draw_id": stands.id if stands else None,
            "draws": len(drawn),
            "smallest_of_thousand": (stands.certificate or {}).get("smallest_of_list") if stands else None,
            "commitment": (stands.file or {})["draw"]["commitment"] if stands else None,
            "drawn_at": stands.drawn_at if stands else None,
            "changed_at": row.changed_at,
        }
    )
    unit.emit(f"grants.panel.{what}", state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"panel/{row.id}")
