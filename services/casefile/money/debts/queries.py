"""Reads of debts; each goes on record."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.money.breathing.models import BreathingSpace
from services.casefile.money.debts import domain, rows
from services.casefile.money.debts.kinds import KINDS
from services.casefile.money.debts.models import Debt
from services.casefile.money.pounds import pounds
from services.casefile.people.aliases import all_ids


class Stage(BaseModel):
    stage: str
    on: date


class DebtView(BaseModel):
    """A debt as its adviser sees it."""

    id: UUID
    version: int
    person_id: UUID
    household_id: UUID
    kind: str
    creditor: str | None
    reference: str | None
    joint: bool
    disputed: bool
    owed_pence: int
    priority: bool
    at_stake: str | None = Field(description="What not paying can cost")
    law: str | None
    priority_reason: str | None
    stage: str
    stage_on: date
    stages: list[Stage]
    further_stages: list[str] = Field(description="How far this creditor can still go")
    breathing_space: bool = Field(description="A Breathing Space can cover it")
    state: domain.State
    state_reason: str | None
    instalment_pence: int | None
    every: str | None
    first_due_on: date | None
    allowed: list[str]
    words: str

    @classmethod
    def of(cls, row: Debt) -> Self:
        kind = KINDS[row.kind]
        kept = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls(
            **kept,
            at_stake=kind.at_stake,
            law=kind.law,
            further_stages=list(kind.stages[kind.stages.index(row.stage) + 1 :]),
            breathing_space=kind.breathing_space,
            allowed=list(domain.ALLOWED[row.state]),
            words=f"{kind.title}: {pounds(row.owed_pence)}",
        )


class OptionView(BaseModel):
    """A way out to talk through."""

    code: str
    title: str
    fits: domain.Fits
    because: str
    law: str | None


class Options(BaseModel):
    """The ways out, on what is known. Which of them is right is for the adviser and the person."""

    owed_pence: int
    priority_owed_pence: int
    spare_pence: int | None = Field(description="Left over each month by the agreed statement; null without one")
    source: str = Field(description="Where the limits of insolvency are from")
    options: list[OptionView]


async def view(unit: UnitOfWork, debt_id: UUID) -> DebtView:
    """One debt."""
    row = (
        await unit.session.scalars(select(Debt).where(Debt.id == debt_id, await rows.visible_to(unit)))
    ).one_or_none()
    if row is None:
        raise NotFound("We know of no such debt")
    unit.accessed(f"debt/{row.id}", [row.person_id])
    return DebtView.of(row)


async def of_person(unit: UnitOfWork, person_id: UUID, after: Sequence[Any] | None, limit: int) -> list[DebtView]:
    """A person's debts: those that come first, first; `after` is how many were shown."""
    found = await rows.of_person(unit, person_id)
    unit.accessed("debts", [person_id])
    ordered = sorted(
        found,
        key=lambda row: (
            row.state in domain.OVER,
            not row.priority,
            -domain.how_far(row.kind, row.stage),
            -row.owed_pence,
            row.id,
        ),
    )
    start = 0
    if after is not None:
        # A page goes on behind the last debt shown, wherever that stands by now.
        start = next((place + 1 for place, row in enumerate(ordered) if str(row.id) == after[0]), len(ordered))
    return [DebtView.of(row) for row in ordered[start : start + limit]]


def place_of(shown: DebtView) -> list[Any]:
    """Where it stands in the list."""
    return [str(shown.id)]


async def options(unit: UnitOfWork, person_id: UUID, spare_pence: int | None, asked: dict[str, Any]) -> Options:
    """The ways out for a person, by their debts, what is left over, and what was asked today."""
    debts = [row.as_rules_see_it() for row in await rows.of_person(unit, person_id)]
    owed = domain.total(debts)
    today = clock.today()
    known = domain.Circumstances(
        owed_pence=owed,
        spare_pence=spare_pence,
        breathing_space_in_a_year=await _had_breathing_space(unit, person_id, clock.months_after(today, -12)),
        **asked,
    )
    terms = next((each for each in reversed(domain.TERMS) if each.since <= today), None)
    unit.accessed("debt_options", [person_id])
    return Options(
        owed_pence=owed,
        priority_owed_pence=domain.total(each for each in debts if each.priority),
        spare_pence=spare_pence,
        source=terms.source if terms else "No table for this day",
        options=[OptionView.model_validate(each, from_attributes=True) for each in domain.options(known, today)],
    )


async def _had_breathing_space(unit: UnitOfWork, person_id: UUID, since: date) -> bool:
    whole = await all_ids(unit.session, [person_id])
    query = select(BreathingSpace.id).where(
        BreathingSpace.person_id.in_(whole), BreathingSpace.kind == "standard", BreathingSpace.starts_on > since
    )
    return await unit.session.scalar(query.limit(1)) is not None
