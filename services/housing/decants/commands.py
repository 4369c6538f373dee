"""Writes of decants: record, and take one step at a time. Each step is a line that stays."""

from datetime import date
from typing import assert_never
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError

from kit import clock
from kit.contracts.housing.estates import DecantState
from kit.errors import Conflict, invalid
from kit.ids import new_id
from kit.store import access
from kit.store.unit import UnitOfWork
from services.housing.decants import domain, payments, shapes
from services.housing.decants.domain import LIVE, Move, Right
from services.housing.decants.models import Decant, DecantStep
from services.housing.decants.rows import home_of, load
from services.housing.figures import loading
from services.housing.homes import queries as homes
from services.housing.homes.domain import HomeState
from services.housing.homes.shapes import HomeView
from services.housing.schemes import queries as schemes


async def record(unit: UnitOfWork, new: shapes.NewDecant) -> Decant:
    """A household has to leave. Its right to return counts from now; what is due for the lost home is worked out."""
    today = clock.today()
    if new.lived_since > today:
        raise invalid("/lived_since", "This day has not come yet.", "not-in-future")
    await schemes.check_exists(unit, new.scheme_id, "/scheme_id")
    if new.home_id is not None:
        await homes.home(unit, new.home_id)
    displaced = new.move_by or today
    tables = await loading.tables(unit)
    loss = payments.home_loss(new.tenure, new.move, new.lived_since, displaced, new.value_pence, tables)
    now = clock.business_now()
    row = Decant(
        id=new_id(),
        version=1,
        **new.model_dump(exclude={"value_pence", "household_id"}),
        household_id=new.household_id or await home_of(unit, new.person_id),
        recorded_on=today,
        right=Right.WAITING if domain.has_right(new.tenure) else Right.NONE,
        tried_on=[],
        home_loss_pence=loss.pence,
        home_loss_words=loss.words,
        home_loss_unsure=list(loss.unsure),
        disturbance=[],
        recorded_by=unit.cause.actor,
        recorded_at=now,
        changed_at=now,
    )
    unit.session.add(row)
    try:
        await unit.session.flush()
    except IntegrityError:
        raise Conflict("This household's move for this scheme is recorded already") from None
    _line(unit, row, "recorded", None, today)
    unit.accessed(f"decant/{row.id}", [row.person_id])
    _announce(unit, row, "housing.decant.recorded")
    return row


async def step(unit: UnitOfWork, decant_id: UUID, expected: int, asked: shapes.Step) -> Decant:
    """One step. `Conflict` with what is allowed from here; `Invalid` for days out of order."""
    row = await load(unit, decant_id, expected)
    was, today = Right(row.right), clock.today()
    on = getattr(asked, "on", None)
    if on is not None and on > today:
        raise invalid("/on", "This day has not come yet.", "not-in-future")
    if on is not None and on < row.recorded_on:
        raise invalid("/on", f"It was recorded on {row.recorded_on.isoformat()}.", "order-of-days")
    words, evidence = getattr(asked, "words", None), getattr(asked, "evidence", None)
    match asked:
        case shapes.Moved():
            _move(row, asked)
        case shapes.Offered():
            await _offer(unit, row, asked.home_id)
        case shapes.Refused():
            if was is not Right.OFFERED:
                domain.check_step(was, Right.OFFERED)
                raise Conflict("Nothing is offered to them", state=was.value, allowed=[Right.OFFERED.value])
            _to(row, Right.WAITING)
            row.offered_home_id = None
        case shapes.Returned():
            await _return(unit, row, asked.home_id, asked.on, None)
        case shapes.Waived():
            domain.check_step(was, Right.WAIVED)
            domain.check_waiver(asked.told_on, asked.signed_on, today)
            _to(row, Right.WAIVED)
            row.waived_on, row.offered_home_id, on = asked.signed_on, None, asked.signed_on
        case shapes.Restored():
            _restore(row, asked.words, today)
        case shapes.Tried():
            row.tried_on = sorted({*row.tried_on, asked.on})
        case shapes.LapseAsked():
            domain.check_step(was, Right.LAPSED)
            domain.check_lapse_asked(row.right_until, row.tried_on, today)
            row.lapse_asked_by = unit.cause.actor
        case shapes.Lapsed():
            domain.check_step(was, Right.LAPSED)
            domain.check_another(row.lapse_asked_by, unit.cause.actor)
            domain.check_lapse_asked(row.right_until, row.tried_on, today)
            _to(row, Right.LAPSED)
            row.offered_home_id = None
        case shapes.Disturbance():
            line = {"on": asked.on.isoformat(), "words": asked.words, "pence": asked.pence}
            row.disturbance = [*row.disturbance, line]
        case shapes.HomeLossPaid():
            if row.home_loss_pence == 0 or row.home_loss_paid_on is not None:
                raise Conflict(f"No home loss payment is due: {row.home_loss_words}", allowed=[])
            row.home_loss_paid_on = asked.on
        case _:
            assert_never(asked)
    row.version, row.changed_at = row.version + 1, clock.business_now()
    _line(unit, row, asked.kind, was, on or today, words, evidence)
    returned = Right(row.right) is Right.RETURNED and was is not Right.RETURNED
    _announce(unit, row, "housing.decant.returned" if returned else "housing.decant.changed")
    return row


def _move(row: Decant, asked: shapes.Moved) -> None:
    if row.moved_on is not None:
        raise Conflict(f"They moved out on {row.moved_on.isoformat()}", allowed=[])
    row.moved_on, row.moved_to_home_id = asked.on, asked.to_home_id


def _to(row: Decant, to: Right) -> None:
    domain.check_step(Right(row.right), to)
    row.right = to


def _restore(row: Decant, words: str | None, today: date) -> None:
    now = Right(row.right)
    if now is Right.WAIVED:
        domain.check_waiver_withdrawn(row.waived_on, today, words)
        row.waived_on = None
    elif now is Right.LAPSED:
        if not words:
            raise invalid("/words", "Say why the right is put right.", "reason")
        row.lapse_asked_by = None
    else:
        raise Conflict(f"A right that is {now} needs no restoring", state=now.value, allowed=[])
    _to(row, Right.WAITING)


async def _home_of_scheme(unit: UnitOfWork, row: Decant, home_id: UUID) -> HomeView:
    home = await homes.home(unit, home_id)
    if home.scheme_id != row.scheme_id:
        raise invalid("/home_id", "This home is not one of the scheme they left for.", "home-of-the-scheme")
    return home


async def _offer(unit: UnitOfWork, row: Decant, home_id: UUID) -> None:
    _to(row, Right.OFFERED)
    home = await _home_of_scheme(unit, row, home_id)
    if home.state is not HomeState.AVAILABLE:
        raise Conflict(f"This home is {home.state}", state=home.state.value, allowed=[HomeState.AVAILABLE.value])
    row.offered_home_id = home.id
    try:
        await unit.session.flush()
    except IntegrityError:
        raise Conflict("This home is offered to another household that returns", allowed=["refused"]) from None


async def _return(unit: UnitOfWork, row: Decant, home_id: UUID, on: date, letting_id: UUID | None) -> None:
    await _home_of_scheme(unit, row, home_id)
    _to(row, Right.RETURNED)
    row.returned_home_id, row.returned_on, row.offered_home_id, row.letting_id = home_id, on, None, letting_id


def _line(
    unit: UnitOfWork,
    row: Decant,
    kind: str,
    was: Right | None,
    on: date,
    words: str | None = None,
    evidence: str | None = None,
) -> None:
    unit.session.add(
        DecantStep(
            id=new_id(),
            decant_id=row.id,
            kind=kind,
            was=was,
            became=row.right,
            happened_on=on,
            words=words,
            evidence=evidence,
            done_by=unit.cause.actor,
            done_at=row.changed_at,
        )
    )


def _announce(unit: UnitOfWork, row: Decant, event: str) -> None:
    state = DecantState(
        decant_id=row.id,
        scheme_id=row.scheme_id,
        person_id=row.person_id,
        household_id=row.household_id,
        move=Move(row.move).value,
        right=row.right,
        bedrooms_needed=row.bedrooms_needed,
        recorded_on=row.recorded_on,
        moved_on=row.moved_on,
        returned_on=row.returned_on,
        changed_at=row.changed_at,
    )
    unit.emit(event, state, aggregate_id=row.id, sequence=row.version)


async def follow_letting(
    unit: UnitOfWork, person_id: UUID, household_id: UUID | None, home_id: UUID, letting_id: UUID, starts_on: date
) -> None:
    """A letting began. In a home of the scheme they left for, their right is used. For `housing.lettings`."""
    home = (await homes.by_ids(unit, [home_id])).get(home_id)
    if home is None or home.scheme_id is None:
        return
    theirs: ColumnElement[bool] = Decant.person_id.in_(await access.same_person(unit, person_id))
    if household_id is not None:
        theirs = theirs | (Decant.household_id == household_id)
    query = select(Decant).where(Decant.scheme_id == home.scheme_id, Decant.right.in_(sorted(LIVE)), theirs)
    for row in (await unit.session.scalars(query.order_by(Decant.id).with_for_update())).all():
        was = Right(row.right)
        await _return(unit, row, home_id, starts_on, letting_id)
        row.version, row.changed_at = row.version + 1, clock.business_now()
        _line(unit, row, "returned", was, starts_on)
        _announce(unit, row, "housing.decant.returned")


async def undo_letting(unit: UnitOfWork, letting_id: UUID) -> None:
    """The letting did not come about: the right waits again. For `housing.lettings`."""
    query = select(Decant).where(Decant.letting_id == letting_id, Decant.right == Right.RETURNED).with_for_update()
    for row in (await unit.session.scalars(query)).all():
        row.right, row.returned_home_id, row.returned_on, row.letting_id = Right.WAITING, None, None, None
        row.version, row.changed_at = row.version + 1, clock.business_now()
        _line(unit, row, "letting_undone", Right.RETURNED, clock.today())
        _announce(unit, row, "housing.decant.changed")
