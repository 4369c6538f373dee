"""The law as we hold it, for anyone to read: the same data that decides."""

from datetime import date

from pydantic import BaseModel, Field

from services.housing.homelessness.law.clocks import LAW
from services.housing.homelessness.law.machine import MACHINE


class StepOfLaw(BaseModel):
    """One step the law gives."""

    code: str
    title: str
    section: str
    since: date
    until: date | None
    from_positions: list[str]
    to_position: str
    starts: list[str]
    ends: dict[str, str] = Field(description="Duty to the reason it ends with")
    conditions: list[str] = Field(description="In words, each with its section")
    holds_from: str = Field(description="made: the day it was decided; notified: the day they were told in writing")
    second_officer: bool
    by_clock: bool = Field(description="It happens by itself on a day; nobody is asked")
    review: str | None


class PositionOfLaw(BaseModel):
    """Where an application can stand."""

    code: str
    title: str
    section: str
    duty: str | None


class DutyOfLaw(BaseModel):
    """What can be owed."""

    code: str
    title: str
    section: str
    words: str
    clock: str | None


class ClockOfLaw(BaseModel):
    """A length of time, from the day it holds."""

    code: str
    section: str
    since: date
    days: int | None
    working_days: int | None
    weeks: int | None


class HomelessnessLawView(BaseModel):
    """All of it."""

    positions: list[PositionOfLaw]
    duties: list[DutyOfLaw]
    steps: list[StepOfLaw]
    clocks: list[ClockOfLaw]


def law_view() -> HomelessnessLawView:
    """The machine and the clocks as they were read."""
    return HomelessnessLawView(
        positions=[
            PositionOfLaw(code=each.code, title=each.title, section=each.section, duty=each.duty)
            for each in MACHINE.positions.values()
        ],
        duties=[
            DutyOfLaw(code=each.code, title=each.title, section=each.section, words=each.words, clock=each.clock)
            for each in MACHINE.duties.values()
        ],
        steps=[
            StepOfLaw(
                code=each.code,
                title=each.title,
                section=each.section,
                since=each.since,
                until=each.until,
                from_positions=list(each.from_),
                to_position=each.to,
                starts=list(each.starts),
                ends=dict(each.ends),
                conditions=[f"{MACHINE.guards[code].words} ({MACHINE.guards[code].section})" for code in each.guards],
                holds_from=each.effect,
                second_officer=each.second,
                by_clock=each.clock,
                review=each.review,
            )
            for each in MACHINE.transitions.values()
        ],
        clocks=[
            *(
                ClockOfLaw(
                    code=each.code,
                    section=each.section,
                    since=each.since,
                    days=each.days or None,
                    working_days=each.working_days or None,
                    weeks=None,
                )
                for each in LAW.clocks
            ),
            *(
                ClockOfLaw(
                    code=each.code,
                    section=each.section,
                    since=each.since,
                    days=None,
                    working_days=None,
                    weeks=each.weeks,
                )
                for each in LAW.reviews
            ),
        ],
    )
