"""Writes of letters: write one, say that it went, take it back."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from kit import clock
from kit.errors import Conflict, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.messages import safe_ways
from services.casefile.messages.domain import Reason
from services.casefile.papers.letters import domain, rows
from services.casefile.papers.letters.domain import How, State
from services.casefile.papers.letters.models import Letter


async def write(
    unit: UnitOfWork, person_id: UUID, template: str, fields: Mapping[str, str], own_words: str, how: How
) -> Letter:
    """A letter from a template. `Conflict` when it is to go by post and no post is safe for them."""
    await rows.check_person(unit, person_id)
    found = domain.template(template)
    paragraphs = found.written(fields, own_words)
    if how is How.POST:
        await address(unit, person_id)
    row = Letter(
        id=new_id(),
        version=1,
        person_id=person_id,
        template=found.code,
        title=found.title,
        paragraphs=paragraphs,
        how=how,
        state=State.WRITTEN,
        written_by=unit.cause.actor,
        written_at=clock.business_now(),
    )
    unit.session.add(row)
    unit.accessed(f"letter/{row.id}", [person_id])
    return row


async def send(unit: UnitOfWork, letter_id: UUID, expected: int, on: date) -> Letter:
    """It was posted or handed over. What was safe when it was written may not be so any more: asked again."""
    row = await _step(unit, letter_id, expected, "send")
    if on > clock.today() or on < row.written_at.astimezone(clock.LONDON).date():
        raise invalid("/sent_on", "Between the day it was written and today.", "sent-on")
    if row.how == How.POST:
        await address(unit, row.person_id)
    row.state, row.sent_on, row.settled_by, row.version = State.SENT, on, unit.cause.actor, row.version + 1
    return row


async def withdraw(unit: UnitOfWork, letter_id: UUID, expected: int) -> Letter:
    """It will not be sent; its words stay on file."""
    row = await _step(unit, letter_id, expected, "withdraw")
    row.state, row.settled_by, row.version = State.WITHDRAWN, unit.cause.actor, row.version + 1
    return row


async def address(unit: UnitOfWork, person_id: UUID) -> tuple[str, ...]:
    """The lines of their address, name first; `Conflict` saying why a letter by post is not safe."""
    found = await safe_ways.by_post(unit, person_id)
    if isinstance(found, Reason):
        raise Conflict(
            "A letter by post is not safe for them: hand it over instead", reason=found.value, allowed=[How.BY_HAND]
        )
    return found


async def _step(unit: UnitOfWork, letter_id: UUID, expected: int, step: str) -> Letter:
    row = await rows.load(unit, letter_id, for_change=True)
    check_version(row.version, expected, rows.shown(row).model_dump(mode="json"))
    domain.check_step(State(row.state), step)
    unit.accessed(f"letter/{row.id}", [row.person_id])
    return row
