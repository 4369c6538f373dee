"""Writes of measures: closing a quarter, unit costs, baselines."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, text

from kit import clock
from kit.errors import Conflict, NotFound, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import PreconditionRequired, check_version
from services.risk.measures import counting
from services.risk.measures.definitions import definitions
from services.risk.measures.domain import By, Groups, Quarter
from services.risk.measures.figures import CARE, Counted, Near, count, digest, figures, told_apart
from services.risk.measures.models import BaselineRow, BoardPack, UnitCostRow
from services.risk.measures.savings import Baseline, Cash, UnitCost, check_cost
from services.risk.measures.shapes import NewBaseline, NewCost, NewPack
from services.risk.observatory.commands import answer
from services.risk.observatory.disclosure import Place, Shown, Table, protect, sketch_of
from services.risk.observatory.nearness import Population

ARRIVES_WITHIN: Final = timedelta(seconds=5)
"""What was told so shortly before the closing may still be on its way: it does not count, so that a recount agrees."""

_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext('risk.measures'))")


async def close(unit: UnitOfWork, new: NewPack) -> BoardPack:
    """Close a quarter that is over: its figures are made now, from everything told so far, and stay as they are.

    Raises `Conflict` where it is closed already, `Invalid` for no quarter or one that is not over.
    """
    quarter = Quarter(new.quarter)
    if clock.today() < quarter.after:
        raise invalid("/quarter", f"It is closed once it is over, from {quarter.after.isoformat()}.", "quarter-over")
    await unit.session.execute(_ONE_AT_A_TIME)
    if await unit.session.get(BoardPack, quarter.first_day) is not None:
        raise Conflict("This quarter is closed: its figures stay as they are", allowed=[])
    until = clock.now() - ARRIVES_WITHIN
    counted, groups = await _counted(unit, quarter, until)
    wards = await counting.wards(unit)
    near = await _near(unit, quarter, counted, sorted(wards), groups)
    costs, baselines = await counting.costs(unit), await counting.baselines(unit, quarter.first_day)
    content = figures(counted, quarter, wards, groups, near, costs, baselines)
    row = BoardPack(
        first_day=quarter.first_day,
        id=new_id(),
        content=content,
        sha256=digest(content),
        near={code: [list(place) for place in places] for code, places in near.items()},
        read_until=until,
        closed_by=unit.cause.actor,
        closed_as=new.closed_as,
        closed_at=clock.business_now(),
    )
    unit.session.add(row)
    await unit.session.flush()
    unit.accessed(f"board_pack/{row.first_day}")
    return row


async def count_again(unit: UnitOfWork, row: BoardPack) -> dict[str, Any]:
    """A closed quarter's figures anew, from the log as it stood when it was closed; nothing is kept of it.

    Wards' names, costs and baselines are those that the pack itself states.
    """
    quarter = Quarter(row.first_day)
    counted, groups = await _counted(unit, quarter, row.read_until)
    costs, baselines = _as_stated(row.content)
    near: Near = {code: [(place[0], place[1]) for place in places] for code, places in row.near.items()}
    made = figures(counted, quarter, row.content["wards"], groups, near, costs, baselines)
    unit.accessed(f"board_pack/{row.first_day}")
    return made


def _as_stated(content: Mapping[str, Any]) -> tuple[list[UnitCost], dict[str, Baseline]]:
    costs: list[UnitCost] = []
    baselines: dict[str, Baseline] = {}
    for each in content["savings"]:
        unit_cost = each["unit_cost_pence"]
        costs.append(
            UnitCost(
                each["code"],
                each["measure"],
                each["title"],
                unit_cost["low"],
                unit_cost["central"],
                unit_cost["high"],
                date.fromisoformat(each["dated"]),
                each["source"],
                Cash(each["cash"]),
                each["falls_on"],
            )
        )
        if each["baseline"]:
            baselines[each["measure"]] = Baseline(each["measure"], **each["baseline"])
    return costs, baselines


async def _counted(unit: UnitOfWork, quarter: Quarter, until: datetime) -> tuple[list[Counted], dict[str, Groups]]:
    counted = count(await counting.log(unit, until), quarter)
    items = [item for each in counted for item in each.items]
    return counted, await counting.groups(unit, quarter, items)


async def _near(
    unit: UnitOfWork,
    quarter: Quarter,
    counted: Sequence[Counted],
    wards: Sequence[str],
    groups: Mapping[str, Groups],
) -> dict[str, list[tuple[int | None, int | None]]]:
    """What of the tables by ward lies near to what the observatory showed before; and they go into its log."""
    bits = await counting.bits(unit, [item for each in counted for item in each.items])
    populations = []
    for each in counted:
        if By.WARD in each.definition.bys and each.items:
            found = told_apart(each, By.WARD, quarter, wards, groups)
            sketches: dict[Place, bytes] = {
                (row, column): sketch_of({bits[whose] for whose in found.cells.get((row, column), ())})
                for row in range(len(found.rows))
                for column in range(len(found.columns))
            }
            populations.append(
                Population(each.definition.code, Table(found.rows, found.columns, found.numbers), sketches)
            )
    if not populations:
        return {}

    bare = {each.name: set(protect(each.table, CARE).hidden) for each in populations}

    def nearby(shown: Mapping[str, Shown]) -> dict[str, Any]:
        found = {name: [place for place in each.hidden if place not in bare[name]] for name, each in shown.items()}
        return {"near": {name: [list(place) for place in places] for name, places in found.items() if places}}

    question = {"quarter": quarter.first_day.isoformat(), "by": By.WARD.value}
    told = await answer(unit, "measures", digest({"measures": question}), question, populations, nearby, CARE)
    return {code: [(place[0], place[1]) for place in places] for code, places in told.answer["near"].items()}


def _check_seen(version: int, expected: int | None) -> None:
    if expected is None:
        raise PreconditionRequired("There is one already: send If-Match with the ETag that you read")
    check_version(version, expected)


async def keep_cost(unit: UnitOfWork, code: str, expected: int | None, new: NewCost) -> UnitCostRow:
    """A unit cost, new or in the place of the one that was read; quarters closed before keep theirs."""
    definition = definitions().get(new.measure)
    if definition is None:
        raise invalid("/measure", "There is no such measure.", "known-measure")
    cost = UnitCost(
        code, new.measure, new.title, new.low_pence, new.central_pence, new.high_pence, new.dated, new.source,
        new.cash, new.falls_on,
    )  # fmt: skip
    check_cost(cost, gain_of_residents=definition.gain == "residents", today=clock.today())
    if definition.saves is None:
        raise invalid("/measure", "Neither more of this nor less of it is a saving.", "measure-that-saves")
    row = await unit.session.get(UnitCostRow, code, with_for_update=True)
    if row is None:
        row = UnitCostRow(code=code, version=0)
        unit.session.add(row)
    else:
        _check_seen(row.version, expected)
    for name, value in new.model_dump().items():
        setattr(row, name, value)
    row.version, row.given_by, row.given_at = row.version + 1, unit.cause.actor, clock.business_now()
    await unit.session.flush()
    unit.accessed(f"unit_cost/{code}")
    return row


async def state_baseline(
    unit: UnitOfWork, measure: str, first_day: date, expected: int | None, new: NewBaseline
) -> BaselineRow:
    """How many there would have been, stated before the quarter is closed. `Conflict` afterwards."""
    definition = definitions().get(measure)
    if definition is None:
        raise NotFound("There is no such measure")
    if definition.saves is None:
        raise invalid("/measure", "Neither more of this nor less of it is a saving.", "measure-that-saves")
    quarter = Quarter(first_day)
    await unit.session.execute(_ONE_AT_A_TIME)
    if await unit.session.scalar(select(BoardPack.id).where(BoardPack.first_day == quarter.first_day)):
        raise Conflict("This quarter is closed: a baseline is stated before", allowed=[])
    row = await unit.session.get(BaselineRow, (measure, first_day), with_for_update=True)
    if row is None:
        row = BaselineRow(measure=measure, first_day=first_day, version=0)
        unit.session.add(row)
    else:
        _check_seen(row.version, expected)
    row.count, row.source = new.count, new.source
    row.version, row.stated_by, row.stated_at = row.version + 1, unit.cause.actor, clock.business_now()
    await unit.session.flush()
    unit.accessed(f"measure_baseline/{measure}")
    return row
