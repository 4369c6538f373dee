"""The case bundle: a case's whole file as whoever prints it may see it, section by section, or some of it left out.

Each section asks its own capability, under the caller's own rights: a print shows nothing that the screen would not.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Literal
from uuid import UUID

from pydantic import Field

from kit.errors import NotFound
from kit.paper.printing import printed
from kit.paper.sheet import Sheet
from kit.store.unit import UnitOfWork
from services.casefile.cases import queries as cases
from services.casefile.papers import sections
from services.casefile.papers.ground import Ground
from services.casefile.papers.orders import PrintOrder, stamp_of
from services.casefile.people import queries as people
from services.casefile.plans import queries as plan_reads

Part = Literal["people", "case", "plans", "warnings", "notes", "tasks", "letters", "timeline"]


class BundleOrder(PrintOrder):
    """What to leave out: whole sections, or single records by their ids."""

    leave_out: list[Part] = Field(default_factory=list, max_length=20)
    without: list[UUID] = Field(
        default_factory=list, max_length=500, description="Ids of people, notes, plans and so on"
    )


Section = Callable[[Ground], Awaitable[None]]
SECTIONS: Final[Mapping[Part, Section]] = {
    "people": sections.people,
    "case": sections.case,
    "plans": sections.plans,
    "warnings": sections.warnings,
    "notes": sections.notes,
    "tasks": sections.tasks,
    "letters": sections.letters,
    "timeline": sections.timeline,
}


async def bundle(unit: UnitOfWork, case_id: UUID, order: BundleOrder) -> bytes:
    """The case's file as one paper. `NotFound` for a case that the caller may not look inside."""
    case = await cases.view(unit, case_id)
    if not case.inside:
        raise NotFound("We know of no such case")
    paper = Sheet("Case file", stamp_of(unit, order), reference=f"Case {case.id.hex[-8:].upper()}", large=order.large)
    ground = Ground(unit, paper, case, frozenset(order.without))
    for part, section in SECTIONS.items():
        if part not in order.leave_out:
            await section(ground)
    unit.accessed(f"case/{case.id}", sorted(ground.names))
    return await printed(paper)


async def plan(unit: UnitOfWork, plan_id: UUID, order: PrintOrder) -> bytes:
    """One plan as a paper to hand over and talk about, as far as the caller may read it."""
    found = await plan_reads.plan(unit, plan_id)
    names = await people.views_of(unit, [found.person_id])
    name = " ".join((names[0].names[0].given, names[0].names[0].family)) if names and names[0].names else ""
    paper = Sheet(
        f"Plan of {name}" if name else "Plan",
        stamp_of(unit, order),
        reference=f"Plan {found.id.hex[-8:].upper()}",
        large=order.large,
    )
    paper.heading("What we do together")
    sections.one_plan(paper, found)
    return await printed(paper)
