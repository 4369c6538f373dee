"""A letter as it lies in the envelope."""

from uuid import UUID

from kit import clock
from kit.paper import sheet
from kit.paper.printing import printed
from kit.paper.sheet import Sheet
from kit.store.unit import UnitOfWork
from services.casefile.papers.letters import commands, domain, rows
from services.casefile.papers.letters.domain import How, State
from services.casefile.papers.orders import PrintOrder, stamp_of

_FOR_THEM = "For its reader only"


async def letter(unit: UnitOfWork, letter_id: UUID, order: PrintOrder) -> bytes:
    """The PDF. What was not safe when it was written, or is not any more, has no address printed on it: `Conflict`."""
    row = await rows.load(unit, letter_id)
    domain.check_step(State(row.state), "print")
    paper = Sheet(
        row.title,
        stamp_of(unit, order),
        reference=row.id.hex[-8:].upper(),
        marking=_FOR_THEM,
        large=order.large,
        said=False,
    )
    if row.how == How.POST:
        paper.address(await commands.address(unit, row.person_id))
    paper.text(sheet.day(row.written_at.astimezone(clock.LONDON).date()))
    for each in row.paragraphs:
        paper.text(each)
    unit.accessed(f"letter/{row.id}", [row.person_id])
    return await printed(paper)
