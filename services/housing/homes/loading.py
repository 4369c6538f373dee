"""A file of homes, row by row: new ones are recorded, known ones changed, faulty ones left out."""

from collections.abc import Sequence
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import select

from kit import clock
from kit.errors import FieldError, Invalid
from kit.store.unit import UnitOfWork
from services.housing.homes import commands
from services.housing.homes.domain import HomeState
from services.housing.homes.models import Home
from services.housing.homes.shapes import DETAILS, NewHome, columns
from services.housing.loads.domain import Line, Taken, errors_of

COLUMNS: Final = tuple(NewHome.model_fields)
REQUIRED: Final = ("uprn", "address", "postcode", "kind", "bedrooms", "landlord", "rent_regime")
_TWICE: Final = FieldError("/uprn", "An earlier row of this file has this UPRN.", "uprn-twice")
_GONE: Final = FieldError("/state", "A load does not change the state of a home that is known.", "state-stays")


async def take(unit: UnitOfWork, lines: Sequence[Line]) -> Taken:
    """Take some rows. A known home (by UPRN) keeps its state: lettings and placements stand on it."""
    taken = Taken()
    read: dict[str, tuple[Line, NewHome]] = {}
    for line in lines:
        new = _read(line, taken)
        if new is None:
            continue
        if new.uprn in read:
            taken.refuse(line.number, _TWICE)
            continue
        read[new.uprn] = (line, new)
    known = await _known(unit, list(read))
    fresh: list[NewHome] = []
    for uprn, (line, new) in read.items():
        if uprn in known:
            _change(unit, known[uprn], line, new, taken)
        else:
            fresh.append(new)
    await commands.record_many(unit, fresh)
    taken.created += len(fresh)
    return taken


def _read(line: Line, taken: Taken) -> NewHome | None:
    row: dict[str, Any] = dict(line.row)
    # Spreadsheets drop a UPRN's leading zeros, or never had them: the gazetteer's number is the same.
    if isinstance(row.get("uprn"), str) and row["uprn"].isascii() and row["uprn"].isdecimal():
        row["uprn"] = row["uprn"].lstrip("0") or "0"
    try:
        new = NewHome.model_validate(row)
        commands.check_days(new)
    except ValidationError as error:
        taken.refuse(line.number, *errors_of(error))
    except Invalid as error:
        taken.refuse(line.number, *error.errors)
    else:
        return new
    return None


async def _known(unit: UnitOfWork, uprns: Sequence[str]) -> dict[str, Home]:
    query = select(Home).where(Home.uprn.in_(uprns), Home.state != HomeState.DEMOLISHED)
    # In one order, so that two loads at once are one after the other.
    found = await unit.session.scalars(query.order_by(Home.id).with_for_update())
    return {each.uprn: each for each in found}


def _change(unit: UnitOfWork, row: Home, line: Line, new: NewHome, taken: Taken) -> None:
    if "state" in line.row and new.state != row.state:
        taken.refuse(line.number, _GONE)
        return
    said = columns(new)
    # What the file does not say stays as it is.
    names = [name for name in DETAILS if name in line.row]
    differs = {name: said[name] for name in names if getattr(row, name) != said[name]}
    if not differs:
        taken.unchanged += 1
        return
    for name, value in differs.items():
        setattr(row, name, value)
    row.version, row.changed_at = row.version + 1, clock.business_now()
    taken.changed += 1
