"""A file of applications from the register before ours: one object a line, each a new application or one we have.

Each is weighed by the scheme as any other; `verified` says that its papers were checked where it comes from, so what
the scheme gives it stands at once, in the name of who loads it.
"""

import json
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select

from kit.errors import DomainError, FieldError
from kit.store.unit import UnitOfWork
from services.housing.loads.domain import Line, Taken, errors_of
from services.housing.register import commands, following
from services.housing.register.decisions import commands as decisions
from services.housing.register.models import Application
from services.housing.register.shapes import NewApplication, Reference
from services.housing.register.states import BIDS
from services.housing.register.strangers import NOBODY

_TWICE: Final = FieldError("/source_reference", "An earlier row of this file has this reference.", "reference-twice")


class ApplicationRow(NewApplication):
    """A row: an application with the reference it had."""

    source_reference: Reference
    verified: bool = False


async def take(unit: UnitOfWork, lines: Sequence[Line]) -> Taken:
    """Take some rows. An application that is here already is left as it is: it has been worked on since."""
    taken, read = Taken(), dict[str, tuple[Line, ApplicationRow]]()
    for line in lines:
        try:
            new = ApplicationRow.model_validate_json(json.dumps(line.row))
        except ValidationError as error:
            taken.refuse(line.number, *errors_of(error))
            continue
        if new.source_reference in read:
            taken.refuse(line.number, _TWICE)
        else:
            read[new.source_reference] = (line, new)
    theirs = (Application.source_reference.in_(list(read)), Application.blind_by.is_(None))
    query = select(Application.source_reference).where(*theirs)
    known = set(await unit.session.scalars(query))
    homes = {new.household_id for _, new in read.values()}
    here = select(Application.household_id).where(
        Application.household_id.in_(list(homes)), Application.state.in_(list(BIDS))
    )
    active = set(await unit.session.scalars(here))
    fresh = [each for reference, each in read.items() if reference not in known]
    taken.unchanged += len(read) - len(fresh)
    # Each is saved where it is ready: a flush before every look would write it five times over.
    with unit.session.no_autoflush:
        await _take_fresh(unit, fresh, active, taken)
    return taken


async def _take_fresh(
    unit: UnitOfWork, fresh: Sequence[tuple[Line, ApplicationRow]], active: set[UUID], taken: Taken
) -> None:
    for line, new in fresh:
        if new.verified and new.household_id in active:
            taken.refuse(line.number, FieldError("/household_id", "It has an active application.", "one-active"))
            continue
        try:
            row, found = await commands.prepare(unit, new, NOBODY)
        except DomainError as error:
            taken.refuse(line.number, *(error.errors or (FieldError("/", error.detail, error.slug),)))
            continue
        decisions.tell(unit, row, "housing.application.registered")
        taken.people |= set(row.person_ids)
        if new.verified:
            await following.follow(unit, row, found, row.applied_on, weighed_by_officer=True)
            active.add(row.household_id)
        taken.created += 1
