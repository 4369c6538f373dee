"""Packages made and read, and the tables of all members together."""

from collections.abc import Sequence
from datetime import date
from itertools import product
from typing import Any

from sqlalchemy import func, select, text, tuple_, update

from kit import clock
from kit.errors import NotFound, invalid
from kit.store.unit import UnitOfWork
from services.risk.observatory import asking, releases
from services.risk.observatory.federation import line, packages
from services.risk.observatory.federation.packages import FIRST, FORMAT, Disclosure, Package, PackedTable, categories
from services.risk.observatory.federation.receiving import content
from services.risk.observatory.federation.shapes import (
    NewPackage,
    PackageView,
    RefusalView,
    RegionRow,
    RegionTable,
    TableName,
)
from services.risk.observatory.models import ObservatoryMember, ObservatoryPackage, ObservatoryRefusal
from services.risk.observatory.nearness import RULES

_COLUMNS = ("area", "sequence", "direction", "month", "digest", "signed", "settled_at", "made_at")


async def make(unit: UnitOfWork, new: NewPackage) -> PackageView:
    """Sign the next package: of our own borough's ledger, or of our members' sums. It waits to be sent."""
    area, above, key = line.own_area(), line.above(), line.key()
    for number, each in enumerate(new.tables):
        if any(categories(code) is None for code in each.by) or len(set(each.by)) != len(each.by):
            raise invalid(f"/tables/{number}/by", "A dimension of the closed list of packages, each once", "dimension")
    await unit.session.execute(text("select pg_advisory_xact_lock(hashtext('risk.observatory.send'))"))
    tables = [await (_of_members if new.of_members else _of_our_own)(unit, new.month, each) for each in new.tables]
    last = (
        await unit.session.scalars(
            select(ObservatoryPackage)
            .where(ObservatoryPackage.area == area, ObservatoryPackage.direction == "sent")
            .order_by(ObservatoryPackage.sequence.desc())
            .limit(1)
        )
    ).one_or_none()
    package = Package(
        format=FORMAT,
        area=area,
        above=above,
        sequence=last.sequence + 1 if last else 1,
        previous=last.digest if last else FIRST,
        month=new.month,
        disclosure=Disclosure(threshold=RULES.threshold, rounding=RULES.rounding),
        tables=tuple(tables),
    )
    signed = packages.sign(package, key)
    row = ObservatoryPackage(
        area=area,
        sequence=package.sequence,
        direction="sent",
        digest=packages.digest(signed),
        signed=signed,
        month=date.fromisoformat(f"{new.month}-01"),
        settled_at=None,
        made_at=clock.now(),
    )
    unit.session.add(row)
    await unit.session.flush()
    unit.accessed(f"observatory/package/{area}/{package.sequence}")
    return _view(row)


async def _of_our_own(unit: UnitOfWork, month: str, wanted: TableName) -> PackedTable:
    row = await releases.release(unit, month)
    snapshot = await releases.ready(unit, row)
    dims = tuple(sorted(wanted.by))
    universe, _ = snapshot.universe(wanted.count)
    for each in dims:
        if universe.categories.get(each) != categories(each):
            raise invalid("/tables", f"{each} is not counted so in this month", "dimension")
    told = await asking.told_of(unit, row, snapshot, wanted.count, dims)
    counts = told.values.get(dims) or [None] * universe.size(dims)
    # A nought that a setting lets be shown is still none of another area's business.
    kept = tuple(each if each is not None and each >= RULES.threshold else None for each in counts)
    return PackedTable(count=_counted(wanted.count), dimensions=dims, counts=kept)


async def _of_members(unit: UnitOfWork, month: str, wanted: TableName) -> PackedTable:
    name = _name(wanted)
    _, parts = await _parts(unit, month, name)
    sums = packages.summed(list(parts.values()), RULES)
    dims = tuple(sorted(wanted.by))
    places = len(list(product(*(categories(each) or () for each in dims))))
    return PackedTable(count=_counted(wanted.count), dimensions=dims, counts=tuple(sums or [None] * places))


def _counted(word: str) -> Any:
    return word


def _name(wanted: TableName) -> str:
    return f"{wanted.count} by {', '.join(sorted(wanted.by))}" if wanted.by else wanted.count


async def _parts(
    unit: UnitOfWork, month: str, name: str
) -> tuple[list[ObservatoryMember], dict[str, PackedTable | None]]:
    """Each member's newest version of a table of a month; None where it is not here."""
    members = list(
        await unit.session.scalars(
            select(ObservatoryMember).where(~ObservatoryMember.suspended).order_by(ObservatoryMember.area)
        )
    )
    found: dict[str, PackedTable | None] = {each.area: None for each in members}
    rows = await unit.session.scalars(
        select(ObservatoryPackage)
        .where(
            ObservatoryPackage.direction == "received",
            ObservatoryPackage.month == date.fromisoformat(f"{month}-01"),
            ObservatoryPackage.area.in_(list(found)),
        )
        .order_by(ObservatoryPackage.sequence)
    )
    for row in rows:
        for table in content(row.signed).tables:
            if table.name == name:
                found[row.area] = table
    return members, found


async def region(unit: UnitOfWork, month: str, name: str) -> RegionTable:
    """A table of all members together. `NotFound` when no member has sent it."""
    members, parts = await _parts(unit, month, name)
    tables = [each for each in parts.values() if each is not None]
    if not tables:
        raise NotFound("No member has sent that table of that month")
    sums = packages.summed(list(parts.values()), RULES)
    dims = tables[0].dimensions
    rows = []
    for place, chosen in enumerate(product(*(categories(each) or () for each in dims))):
        shown = {area: table.counts[place] if table else None for area, table in parts.items()}
        count = sums[place] if sums else None
        rows.append(RegionRow(at=dict(zip(dims, chosen, strict=True)), count=count, members=shown))
    unit.accessed("observatory/region")
    return RegionTable(
        name=name,
        month=month,
        members=[each.area for each in members],
        missing=[area for area, table in parts.items() if table is None],
        rows=rows,
        threshold=RULES.threshold,
    )


async def packages_of(unit: UnitOfWork, area: str | None, place: Sequence[Any] | None, most: int) -> list[PackageView]:
    """Packages by area and number."""
    key = (ObservatoryPackage.area, ObservatoryPackage.sequence, ObservatoryPackage.direction)
    query = select(ObservatoryPackage).order_by(*key).limit(most)
    if area is not None:
        query = query.where(ObservatoryPackage.area == area)
    if place:
        query = query.where(tuple_(*key) > tuple_(*place))
    return [_view(each) for each in await unit.session.scalars(query)]


async def refusals(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> list[RefusalView]:
    """Refused packages, the newest first."""
    from uuid import UUID

    query = select(ObservatoryRefusal).order_by(ObservatoryRefusal.id.desc()).limit(most)
    if place:
        query = query.where(ObservatoryRefusal.id < UUID(place[0]))
    return [RefusalView.model_validate(each) for each in await unit.session.scalars(query)]


async def waiting(unit: UnitOfWork, from_: int = 1, most: int = 20) -> list[tuple[int, str]]:
    """Packages of ours that nobody has acknowledged, in order."""
    rows = await unit.session.execute(
        select(ObservatoryPackage.sequence, ObservatoryPackage.signed)
        .where(
            ObservatoryPackage.direction == "sent",
            ObservatoryPackage.settled_at.is_(None),
            ObservatoryPackage.sequence >= from_,
        )
        .order_by(ObservatoryPackage.sequence)
        .limit(most)
    )
    return [(sequence, signed) for sequence, signed in rows]


async def answered(unit: UnitOfWork, have: int, wants: Sequence[int]) -> None:
    """What the observatory above says it has is settled; what it wants goes out again."""
    sent = ObservatoryPackage.direction == "sent"
    await unit.session.execute(
        update(ObservatoryPackage)
        .where(sent, ObservatoryPackage.sequence <= have, ObservatoryPackage.settled_at.is_(None))
        .values(settled_at=func.clock_timestamp())
    )
    await unit.session.execute(
        update(ObservatoryPackage)
        .where(sent, ObservatoryPackage.sequence > have, ObservatoryPackage.settled_at.is_not(None))
        .values(settled_at=None)
    )


def _view(row: ObservatoryPackage) -> PackageView:
    return PackageView(**{name: getattr(row, name) for name in _COLUMNS})
