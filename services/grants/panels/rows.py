"""How panels are loaded, told of and who may see whom in a pool."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from kit.errors import NotFound
from kit.store import access
from kit.store.unit import Cause, UnitOfWork
from services.grants.panels.domain import Standing
from services.grants.panels.models import PanelDraw, PanelSeat, PanelVolunteer, ResidentPanel


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which volunteer.

    Whoever is hidden from a caller is drawn like anyone, unseen by them.
    """
    person = PanelVolunteer.person_id
    return or_(person.is_(None), ~access.kept_back(cause, person.expression))


async def load(unit: UnitOfWork, panel_id: UUID, *, for_change: bool = False) -> ResidentPanel:
    """The panel; locked if it is to change."""
    query = select(ResidentPanel).where(ResidentPanel.id == panel_id)
    row = (await unit.session.scalars(query.with_for_update() if for_change else query)).one_or_none()
    if row is None:
        raise NotFound("There is no such panel")
    return row


async def load_draw(unit: UnitOfWork, panel_id: UUID, draw_id: UUID, *, for_change: bool = False) -> PanelDraw:
    """One of a panel's draws; locked if it is to change."""
    query = select(PanelDraw).where(PanelDraw.id == draw_id, PanelDraw.panel_id == panel_id)
    row = (await unit.session.scalars(query.with_for_update() if for_change else query)).one_or_none()
    if row is None:
        raise NotFound("There is no such draw of this panel")
    return row


async def draws_of(unit: UnitOfWork, panel_id: UUID) -> Sequence[PanelDraw]:
    """All draws of a panel, the first one first."""
    query = select(PanelDraw).where(PanelDraw.panel_id == panel_id).order_by(PanelDraw.number)
    return (await unit.session.scalars(query)).all()


async def pool_of(unit: UnitOfWork, panel_id: UUID) -> Sequence[PanelVolunteer]:
    """Everyone who can be drawn, whoever asks: a draw leaves out nobody."""
    query = select(PanelVolunteer).where(PanelVolunteer.panel_id == panel_id, PanelVolunteer.withdrawn_at.is_(None))
    return (await unit.session.scalars(query.order_by(PanelVolunteer.token))).all()


async def seated(unit: UnitOfWork, panel_id: UUID, standing: Standing) -> Sequence[tuple[PanelSeat, PanelVolunteer]]:
    """Who sits, or stands by, now; reserves in the order they are asked."""
    query = (
        select(PanelSeat, PanelVolunteer)
        .join(PanelVolunteer, PanelVolunteer.id == PanelSeat.volunteer_id)
        .where(PanelSeat.panel_id == panel_id, PanelSeat.until.is_(None), PanelSeat.standing == standing)
        .order_by(PanelSeat.place, PanelVolunteer.token)
    )
    return [(seat, volunteer) for seat, volunteer in (await unit.session.execute(query)).all()]
