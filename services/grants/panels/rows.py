"""How panels are loaded, told of and who may see whom in a pool."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from kit import clock
from kit.contracts.grants import panels as contracts
from kit.errors import NotFound
from kit.store import access
from kit.store.unit import Cause, UnitOfWork
from services.grants.panels.domain import DrawState, Standing
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


async def announce(unit: UnitOfWork, row: ResidentPanel, what: str) -> None:
    """A new version of the panel, told to whoever may hear of it."""
    row.version, row.changed_at = row.version + 1, clock.business_now()
    await unit.session.flush()
    count = select(func.count()).select_from(PanelSeat).where(PanelSeat.panel_id == row.id)
    count = count.where(PanelSeat.standing == Standing.MEMBER)
    drawn = [each for each in await draws_of(unit, row.id) if each.state == DrawState.DRAWN]
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
