"""Reads of panels. What is public names tokens alone; who stands behind them is for those who run the panel."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from kit import lottery, lottery_verifier
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.grants.panels import rows
from services.grants.panels.asking import question_for
from services.grants.panels.domain import DrawState, PanelState, Standing
from services.grants.panels.models import PanelDraw, PanelVolunteer, ResidentPanel
from services.grants.panels.shapes import (
    ChanceView,
    DrawView,
    Members,
    MemberView,
    PanelView,
    Question,
    QuotaShape,
    VolunteerForAudit,
    VolunteerView,
)


async def panel(unit: UnitOfWork, panel_id: UUID) -> PanelView:
    """One of them."""
    return PanelView.model_validate(await rows.load(unit, panel_id))


async def panels(
    unit: UnitOfWork, place: Sequence[Any] | None, most: int, state: PanelState | None
) -> Sequence[PanelView]:
    """Up to `most` after `place`, the newest first."""
    order = (ResidentPanel.made_at, ResidentPanel.id)
    query = select(ResidentPanel).order_by(*(each.desc() for each in order)).limit(most)
    if state is not None:
        query = query.where(ResidentPanel.state == state)
    if place is not None:
        query = query.where(tuple_(*order) < (datetime.fromisoformat(place[0]), UUID(place[1])))
    return [PanelView.model_validate(row) for row in (await unit.session.scalars(query)).all()]


def place_of(view: PanelView) -> list[Any]:
    """Where the list goes on."""
    return [view.made_at.isoformat(), str(view.id)]


async def pool(unit: UnitOfWork, panel_id: UUID, place: Sequence[Any] | None, most: int) -> Sequence[VolunteerView]:
    """Volunteers by token: an order that says nothing of anyone."""
    await rows.load(unit, panel_id)
    query = select(PanelVolunteer).where(PanelVolunteer.panel_id == panel_id, rows.visible_to(unit.cause))
    if place is not None:
        query = query.where(PanelVolunteer.token > place[0])
    found = (await unit.session.scalars(query.order_by(PanelVolunteer.token).limit(most))).all()
    unit.accessed(f"panel/{panel_id}/pool", {row.person_id for row in found if row.person_id})
    return [VolunteerView.model_validate(row) for row in found]


def place_of_volunteer(view: VolunteerView) -> list[Any]:
    """Where the list goes on."""
    return [view.token]


async def members(unit: UnitOfWork, panel_id: UUID) -> Members:
    """Who sits and who stands by, but for those who are hidden from the caller."""
    await rows.load(unit, panel_id)
    seen = set(
        await unit.session.scalars(
            select(PanelVolunteer.id).where(PanelVolunteer.panel_id == panel_id, rows.visible_to(unit.cause))
        )
    )
    found: dict[Standing, list[MemberView]] = {}
    people: set[UUID] = set()
    for standing in Standing:
        seated = [each for each in await rows.seated(unit, panel_id, standing) if each[1].id in seen]
        people |= {volunteer.person_id for _, volunteer in seated if volunteer.person_id}
        found[standing] = [
            MemberView(**VolunteerView.model_validate(volunteer).model_dump(), since=seat.since, draw_id=seat.draw_id)
            for seat, volunteer in seated
        ]
    unit.accessed(f"panel/{panel_id}/members", people)
    return Members(members=found[Standing.MEMBER], reserves=found[Standing.RESERVE])


def shown(row: PanelDraw) -> DrawView:
    """A draw as anyone may see it."""
    view = DrawView.model_validate(row)
    if row.file is not None:
        view.commitment = row.file["draw"]["commitment"]
        view.seed = row.file["draw"].get("seed")
        if row.state == DrawState.DRAWN:
            view.group = lottery_verifier.group_taken(row.file)
            view.taken = lottery.group_taken(row.file)
    return view


async def draws(unit: UnitOfWork, panel_id: UUID) -> list[DrawView]:
    """All of a panel's draws, those that were drawn again too."""
    await rows.load(unit, panel_id)
    return [shown(row) for row in await rows.draws_of(unit, panel_id)]


async def draw(unit: UnitOfWork, panel_id: UUID, draw_id: UUID) -> DrawView:
    """One of them."""
    return shown(await rows.load_draw(unit, panel_id, draw_id))


async def proof(unit: UnitOfWork, panel_id: UUID, draw_id: UUID) -> bytes:
    """The file that `lottery_verifier.py` reads, in the one way in which it is written."""
    row = await rows.load_draw(unit, panel_id, draw_id)
    if row.file is None:
        raise NotFound("The panels to draw from are not published yet")
    return lottery_verifier.written(row.file)


async def chance(unit: UnitOfWork, panel_id: UUID, draw_id: UUID, token: str) -> ChanceView:
    """Whoever has a token sees what its chance was, and whether it was drawn."""
    row = await rows.load_draw(unit, panel_id, draw_id)
    known = select(PanelVolunteer.id).where(PanelVolunteer.panel_id == panel_id, PanelVolunteer.token == token)
    if row.file is None or await unit.session.scalar(known) is None:
        raise NotFound("No such token, or its panels are not published yet")
    groups = row.file["groups"]
    taken = token in lottery.group_taken(row.file) if row.state == DrawState.DRAWN else None
    return ChanceView(token=token, of=len(groups), stands_in=sum(token in group for group in groups), taken=taken)


async def question(unit: UnitOfWork, panel_id: UUID, draw_id: UUID) -> Question:
    """What was asked, for an auditor who works it all out again.

    Of somebody who withdrew since nothing is left to give.
    """
    panel_row = await rows.load(unit, panel_id)
    row = await rows.load_draw(unit, panel_id, draw_id)
    asked = await question_for(unit, panel_row, row)
    unit.accessed(f"panel/{panel_id}/pool")
    return Question(
        question_sha256=row.question_sha256,
        salt=row.salt,
        size=asked.size,
        one_per_home=asked.apart,
        quotas=[QuotaShape.model_validate(each) for each in row.quotas],
        pool=[
            VolunteerForAudit(token=each.token, features=dict(each.features), home=each.home)
            for each in asked.volunteers
        ],
        spent=row.spent,
    )
