"""The reads of a household at a glance: those of its parts, in one transaction. Each part goes on record as itself."""

from typing import Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import text

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.cases import queries as cases
from services.casefile.cases.queries import CaseView
from services.casefile.households import queries as households
from services.casefile.households.queries import HouseholdView
from services.casefile.notes import queries as notes
from services.casefile.notes.shapes import NoteView
from services.casefile.people import queries as people
from services.casefile.people.queries import PersonView
from services.casefile.plans import queries as plans
from services.casefile.plans.shapes import PlanView
from services.casefile.tasks import queries as tasks
from services.casefile.tasks.domain import State as TaskState
from services.casefile.tasks.queries import TaskView
from services.casefile.timeline import queries as timeline
from services.casefile.timeline.queries import EntryView
from services.casefile.warnings import queries as warnings
from services.casefile.warnings.domain import State as WarningState
from services.casefile.warnings.queries import WarningView

_CASES, _WARNINGS, _PLANS, _TASKS, _ENTRIES, _NOTES = 20, 50, 5, 10, 30, 5


class Brief(BaseModel):
    """A household in brief. Each list is the first page of the list of its own name, under the same rights."""

    household: HouseholdView
    people: list[PersonView] = Field(description="Past members included, in the order they came")
    cases: list[CaseView] = Field(description="The newest first")
    warnings: list[WarningView] = Field(description="Those that stand")


class Glance(Brief):
    """A household at a glance: in brief, and the first page of what its page opens with."""

    plans: list[PlanView] = Field(description="The newest first")
    tasks: list[TaskView] = Field(description="Open ones of the open case, those due first")
    timeline: list[EntryView] | None = Field(
        description="The newest first; null: the inside of the file is not for you"
    )
    notes: list[NoteView] = Field(description="Pinned ones first, then the latest")


# Each part asks for one household, and one is like another. PostgreSQL cannot know that: it would plan the rules of
# need to know anew for every page, which takes it longer than to follow them.
_PLANNED_ONCE: Final = text("set local plan_cache_mode = force_generic_plan")


async def brief(unit: UnitOfWork, household_id: UUID) -> Brief:
    """Who they are, their cases, what to watch out for. `NotFound` for a household they may not know of."""
    await unit.session.execute(_PLANNED_ONCE)
    return Brief(
        household=await households.view(unit, household_id),
        people=await people.of_household(unit, household_id),
        cases=(await cases.listed(unit, cases.Filters(household_id=household_id), None, _CASES))[:_CASES],
        warnings=list(
            await warnings.warnings(
                unit, warnings.Filters(household_id=household_id, state=WarningState.STANDING), None, _WARNINGS
            )
        ),
    )


async def glance(unit: UnitOfWork, household_id: UUID) -> Glance:
    """All of it, put on record part by part. `NotFound` for a household they may not know of."""
    front = await brief(unit, household_id)
    opened = next((each for each in front.cases if each.state == "open" and each.inside), None)
    return Glance(
        **dict(front),
        plans=(await plans.plans(unit, plans.Filters(household_id=household_id), None, _PLANS))[:_PLANS],
        tasks=list(await tasks.tasks(unit, tasks.Filters(case_id=opened.id, state=TaskState.OPEN), None, _TASKS))
        if opened is not None
        else [],
        timeline=await _story(unit, household_id),
        notes=(await notes.of_household(unit, household_id, notes.Filters(), None, _NOTES))[:_NOTES],
    )


async def _story(unit: UnitOfWork, household_id: UUID) -> list[EntryView] | None:
    try:
        return await timeline.page(unit, household_id, timeline.Filters(), None, _ENTRIES)
    except NotFound:
        return None
