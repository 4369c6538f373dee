"""Which plans a caller may reach, which of their entries, and how they are loaded."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, column, func, literal, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import Part, about_household, about_person, in_its_part
from services.casefile.people.models import Household
from services.casefile.plans import domain
from services.casefile.plans.models import Action, Agreement, Goal, Plan

COMPARTMENTS = (Part.ABUSE, Part.SAFEGUARDING, Part.DRUGS_AND_ALCOHOL, Part.IMMIGRATION, Part.CRIME)


async def visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """The one rule of who may see which plan: the inside of the household's file, and the person it is of."""
    inside = await about_household(unit, Plan.household_id, Part.INSIDE)
    return and_(inside, await about_person(unit, Plan.person_id, Part.FRONT))


async def entry_visible_to(unit: UnitOfWork, part: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """As a condition on goals or actions joined to a plan that is visible: the part that the entry is in."""
    parts = (Part.INSIDE, *COMPARTMENTS)
    return await in_its_part(unit, Plan.household_id, {each: part == each for each in parts})


async def parts_of(unit: UnitOfWork, household_ids: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    """The parts of each household's file that the caller may read, among those that a plan has entries in."""
    values = literal([each.value for each in COMPARTMENTS], ARRAY(Text))
    listed = func.unnest(values).table_valued(column("part", Text), name="parts").render_derived()
    part = listed.c.part
    rule = await in_its_part(unit, Household.id, {each: part == each.value for each in COMPARTMENTS})
    found: dict[UUID, set[str]] = {each: {Part.INSIDE.value} for each in household_ids}
    query = select(Household.id, part).join(listed, true()).where(Household.id.in_(household_ids), rule)
    for id_, seen in await unit.session.execute(query):
        found[id_].add(seen)
    return {id_: frozenset(parts) for id_, parts in found.items()}


async def load(unit: UnitOfWork, plan_id: UUID, *, for_change: bool = False) -> Plan:
    """The row, locked if it is to change; `NotFound` also when it may not be shown."""
    query = select(Plan).where(Plan.id == plan_id, await visible_to(unit))
    if for_change:
        query = query.with_for_update(of=Plan)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such plan")
    return row


@dataclass(frozen=True, slots=True)
class Entries:
    """A plan's goals and actions, in the order they were set."""

    goals: list[Goal]
    actions: list[Action]

    def of_parts(self, parts: Collection[str]) -> "Entries":
        """Those of some parts."""
        return Entries(
            [each for each in self.goals if each.part in parts], [each for each in self.actions if each.part in parts]
        )

    def sealed_from(self, parts: Collection[str]) -> frozenset[str]:
        """The ids of those in other parts now, wherever they were when they were agreed."""
        goals = (str(each.id) for each in self.goals if each.part not in parts)
        return frozenset(goals).union(str(each.id) for each in self.actions if each.part not in parts)


async def entries(unit: UnitOfWork, plan_ids: Collection[UUID]) -> dict[UUID, Entries]:
    """All of each plan."""
    found = {each: Entries([], []) for each in plan_ids}
    for goal in await unit.session.scalars(select(Goal).where(Goal.plan_id.in_(plan_ids)).order_by(Goal.number)):
        found[goal.plan_id].goals.append(goal)
    for action in await unit.session.scalars(
        select(Action).where(Action.plan_id.in_(plan_ids)).order_by(Action.number)
    ):
        found[action.plan_id].actions.append(action)
    return found


async def agreements(unit: UnitOfWork, plan_ids: Collection[UUID]) -> dict[UUID, Agreement]:
    """The version of each plan that was agreed last."""
    last = and_(Plan.id == Agreement.plan_id, Plan.agreed_number == Agreement.number)
    query = select(Agreement).join(Plan, last).where(Plan.id.in_(plan_ids))
    return {each.plan_id: each for each in await unit.session.scalars(query)}


def content_of(all_: Entries) -> dict[str, list[dict[str, Any]]]:
    """What agreeing means: every goal and action that was not let go, without how far it is."""
    return {
        "goals": [
            {"id": str(each.id), "part": each.part, **_said(each, domain.GOAL_FIELDS)}
            for each in all_.goals
            if each.state != domain.GoalStatus.DROPPED
        ],
        "actions": [
            {"id": str(each.id), "part": each.part, **_said(each, domain.ACTION_FIELDS)}
            for each in all_.actions
            if each.state != domain.ActionStatus.DROPPED
        ],
    }


def readable(content: domain.Content, parts: Collection[str], sealed: Collection[str]) -> domain.Content:
    """A version as far as these parts may be read: what is sealed now is sealed in every version."""
    return {
        kind: [each for each in listed if each["part"] in parts and each["id"] not in sealed]
        for kind, listed in content.items()
    }


def _said(row: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value.isoformat() if isinstance(value, date) else value
