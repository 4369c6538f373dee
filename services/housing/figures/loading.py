"""Dated tables that a council loads: caps, benchmarks, Local Housing Allowance, London Living Rent by ward."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import select, tuple_

from kit import clock
from kit.errors import FieldError, Invalid, NotFound, invalid
from kit.store.unit import UnitOfWork
from kit.web.preconditions import PreconditionRequired, check_version
from services.housing.figures.models import RentTable
from services.housing.figures.tables import Table, Tables

Kind = Literal["rent_cap", "london_affordable_rent", "london_living_rent", "lha", "rent_uplift", "home_loss"]
_SIZES: Final = ("0", "1", "2", "3", "4", "5", "6")
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "rent_cap": _SIZES,
    "london_affordable_rent": _SIZES,
    "london_living_rent": ("2",),
    "lha": ("shared", "1", "2", "3", "4"),
    "rent_uplift": ("percent",),
    "home_loss": ("tenant", "owner_least", "owner_most", "owner_percent", "least_months"),
}
"""Which figures each kind has. Amounts are pence; `percent` is in hundredths of a per cent."""
_RISING: Final = frozenset({"rent_cap", "london_affordable_rent", "lha"})
_HUNDREDTHS: Final = frozenset({"rent_uplift"})


class NewTable(BaseModel):
    """Its figures, and where they are from."""

    model_config = ConfigDict(extra="forbid")

    source: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=300)]
    effective_until: date | None = Field(None, description="Its last day; left out: until the next table")
    figures: dict[str, Annotated[int, Field(ge=-10_000, le=100_000_000, strict=True)]] = Field(
        description="Whole pence by size; of a rent uplift hundredths of a per cent: 480 is 4.8%"
    )


class RentTableView(BaseModel):
    """A dated table: one that comes with the program, or one that somebody loaded (it has a version)."""

    kind: str
    area: str
    effective_from: date
    effective_until: date | None
    source: str
    from_memory: bool = Field(description="Nobody has read these figures in the source named")
    loaded: bool
    version: int | None = None
    figures: dict[str, str] = Field(description="Amounts in pence, everything else a plain number")


def check(kind: Kind, figures: Mapping[str, int]) -> None:
    """All faults of a table at once."""
    names = NAMES[kind]
    faults = [
        FieldError(f"/figures/{each}", f"Known are {', '.join(names)}.", "known-figure")
        for each in sorted(set(figures) - set(names))
    ]
    faults += [FieldError(f"/figures/{each}", "Asked for.", "figure") for each in names if each not in figures]
    if not faults and kind not in _HUNDREDTHS and any(value < 0 for value in figures.values()):
        faults.append(FieldError("/figures", "No amount is below nothing.", "figure"))
    if not faults and kind in _RISING:
        ladder = [figures[each] for each in names]
        if ladder != sorted(ladder):
            faults.append(FieldError("/figures", "More rooms never have a lower figure.", "rates-in-order"))
    if faults:
        raise Invalid("This table is not complete", *faults)


async def load(
    unit: UnitOfWork, kind: Kind, area: str, effective_from: date, expected: int | None, new: NewTable
) -> RentTable:
    """Put a table in (no version yet), or correct that day's. Rents already set keep what they were counted with."""
    check(kind, new.figures)
    if new.effective_until is not None and new.effective_until < effective_from:
        raise invalid("/effective_until", "It cannot end before it begins.", "dates-in-order")
    row = await unit.session.get(RentTable, (kind, area, effective_from), with_for_update=True)
    if row is None:
        if expected:
            raise NotFound("There is no such table")
        row = RentTable(kind=kind, area=area, effective_from=effective_from, version=0)
        unit.session.add(row)
    elif expected is None:
        raise PreconditionRequired('Send If-Match with the ETag you were given, e.g. If-Match: "3"')
    else:
        check_version(row.version, expected)
    row.version += 1
    row.effective_until, row.source, row.figures = new.effective_until, new.source, dict(new.figures)
    row.loaded_by, row.loaded_at = unit.cause.actor, clock.business_now()
    await unit.session.flush()
    unit.accessed(f"rent_table/{kind}/{area}/{effective_from.isoformat()}")
    return row


async def tables(unit: UnitOfWork) -> Tables:
    """All tables there are, for the rules to count with."""
    return Tables(tuple(_table(row) for row in await unit.session.scalars(select(RentTable))))


def _table(row: RentTable) -> Table:
    by = Decimal(100) if row.kind in _HUNDREDTHS else Decimal(1)
    return Table(
        row.kind,
        row.area,
        row.effective_from,
        row.source,
        {name: Decimal(value) / by for name, value in row.figures.items()},
        row.effective_until,
        loaded=True,
    )


def view(table: Table, version: int | None = None) -> RentTableView:
    """A table as it is shown."""
    return RentTableView(
        kind=table.kind,
        area=table.area,
        effective_from=table.since,
        effective_until=table.until,
        source=table.source,
        from_memory=table.from_memory,
        loaded=table.loaded,
        version=version,
        figures={name: str(value.normalize() if value % 1 else int(value)) for name, value in table.figures.items()},
    )


async def one(unit: UnitOfWork, kind: Kind, area: str, effective_from: date) -> RentTableView:
    """One that was loaded."""
    row = await unit.session.get(RentTable, (kind, area, effective_from))
    if row is None:
        raise NotFound("There is no such table")
    unit.accessed(f"rent_table/{kind}/{area}/{effective_from.isoformat()}")
    return view(_table(row), row.version)


async def listed(unit: UnitOfWork, after: Sequence[Any] | None, limit: int) -> list[RentTableView]:
    """All of them, those that come with the program first, each group by kind, area and day."""
    group, key = (int(after[0]), tuple(after[1:])) if after is not None else (0, ("", "", ""))
    found: list[RentTableView] = []
    if group == 0:
        came = sorted((each for each in Tables().shipped), key=_key)
        found = [view(each) for each in came if _key(each) > key][:limit]
        key = ("", "", "0001-01-01")
    if len(found) < limit:
        order = (RentTable.kind, RentTable.area, RentTable.effective_from)
        past = tuple_(*order) > tuple_(key[0], key[1], date.fromisoformat(key[2]))
        rows = await unit.session.scalars(select(RentTable).where(past).order_by(*order).limit(limit - len(found)))
        found += [view(_table(row), row.version) for row in rows]
    return found


def _key(table: Table) -> tuple[str, str, str]:
    return table.kind, table.area, table.since.isoformat()


def place_of(shown: RentTableView) -> list[Any]:
    """Where it stands in the list."""
    return [int(shown.loaded), shown.kind, shown.area, shown.effective_from.isoformat()]
