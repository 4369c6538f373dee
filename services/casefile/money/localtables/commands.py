"""Writes of tables: load one for a day, or correct it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from kit import clock
from kit.errors import NotFound, invalid
from kit.store.unit import UnitOfWork
from kit.web.preconditions import PreconditionRequired, check_version
from services.casefile.money.localtables import domain
from services.casefile.money.localtables.models import LocalTable


async def load(
    unit: UnitOfWork,
    key: tuple[domain.Kind, str, date],
    expected: int | None,
    until: date | None,
    source: str,
    figures: Mapping[str, Any],
) -> LocalTable:
    """Put a table in (no version yet), or correct that day's. Checks already done keep what they counted with."""
    kind, area, effective_from = key
    domain.check(kind, figures)
    if until is not None and until < effective_from:
        raise invalid("/effective_until", "It cannot end before it begins.", "dates-in-order")
    row = await unit.session.get(LocalTable, key, with_for_update=True)
    if row is None:
        if expected:
            raise NotFound("There is no such table")
        row = LocalTable(kind=kind, area=area, effective_from=effective_from, version=0)
        unit.session.add(row)
    elif expected is None:
        raise PreconditionRequired('Send If-Match with the ETag you were given, e.g. If-Match: "3"')
    else:
        check_version(row.version, expected)
    row.version += 1
    row.effective_until, row.source, row.figures = until, source, dict(figures)
    row.loaded_by, row.loaded_at = unit.cause.actor, clock.business_now()
    await unit.session.flush()
    unit.accessed(f"money_table/{kind}/{area}/{effective_from.isoformat()}")
    return row
