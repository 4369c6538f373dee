"""What an emergency list is: criteria as data, a second look at a sample, a named person's signature. Pure.

Only what may serve an emergency (Civil Contingencies Act) and is ordinary chooses who stands on it: facts of abuse,
social care, health and crime never feed a generalist's list, and a list tells nobody why a home is on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import sqrt
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kit.contracts.risk import WardCode
from kit.errors import Conflict, FieldError, Forbidden, Invalid, invalid

PURPOSE: Final = "emergency_response"
"""The purpose that decides what may choose who is called, whoever writes the list."""

SAMPLE: Final = 20
MOST_WRONG: Final = 0.2
"""A larger share of the sample judged wrong, and the list is written anew."""
LONGEST: Final = timedelta(days=28)
MOST_AHEAD: Final = timedelta(days=14)

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^\x00]*$")]
Few = Annotated[int, Field(ge=0, le=30)]


class Kind(StrEnum):
    """What is forecast."""

    COLD = "cold"
    HEAT = "heat"
    OUTBREAK = "outbreak"


OFFERS: Final[Mapping[Kind, str]] = {
    Kind.COLD: "cold_check",
    Kind.HEAT: "heat_check",
    Kind.OUTBREAK: "outbreak_check",
}
"""What outreach offers."""


class Form(BaseModel):
    """Refuses what it does not know: a slip in a criterion must not pass for one."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Group(Form):
    """Homes of which everything said here is so."""

    aged_at_least: Annotated[int, Field(ge=50, le=110)] | None = None
    aged_under: Annotated[int, Field(ge=1, le=12)] | None = None
    adults_at_most: Few | None = None
    adults_at_least: Few | None = None
    children_at_least: Few | None = None
    tenures: tuple[Literal["owned", "council", "other_social", "private"], ...] = Field((), max_length=4)

    @model_validator(mode="after")
    def _says_something(self) -> Group:
        if self.aged_at_least is None and self.aged_under is None and not self.tenures:
            raise ValueError("a group says an age or a tenure: how many live somewhere is not enough to call")
        return self

    @property
    def ages(self) -> tuple[tuple[str, int], ...]:
        """The ages it asks for."""
        told = (("aged_at_least", self.aged_at_least), ("aged_under", self.aged_under))
        return tuple((name, years) for name, years in told if years is not None)


class Criteria(Form):
    """Homes that are of any of the groups, in these wards if any are named."""

    any_of: tuple[Group, ...] = Field(min_length=1, max_length=8)
    wards: tuple[WardCode, ...] = Field((), max_length=60)

    def as_data(self) -> dict[str, Any]:
        """As it is stored and shown."""
        return self.model_dump(mode="json", exclude_none=True)


class Template(Form):
    """Criteria as delivered, heard by the residents' data panel before any emergency."""

    kind: Kind
    title: Line
    why: Line
    criteria: Criteria


def check_days(starts_on: date, ends_on: date, today: date) -> None:
    """Raises unless the emergency is near and short: a standing list is a cohort's, with the panel's word."""
    if ends_on < starts_on:
        raise invalid("/ends_on", "It ends on the day it begins at the earliest", "order-of-days")
    if ends_on < today or starts_on > today + MOST_AHEAD:
        raise invalid("/starts_on", "It is forecast for the coming fortnight, or goes on today", "near")
    if ends_on - starts_on > LONGEST:
        raise invalid("/ends_on", f"At most {LONGEST.days} days; what lasts is a cohort's list", "short")


class Standing(StrEnum):
    """Drafted, checked by another, signed (and on its way), handed over whole, or withdrawn."""

    DRAFTED = "drafted"
    CHECKED = "checked"
    SIGNED = "signed"
    HANDED_OVER = "handed_over"
    WITHDRAWN = "withdrawn"


class Verdict(StrEnum):
    """What somebody found who looked a second time."""

    RIGHT = "right"
    WRONG = "wrong"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Checked:
    """What the second look came to."""

    looked_at: int
    wrong: int
    unsure: int

    @property
    def right_between(self) -> tuple[float, float]:
        """The share of the whole list that is right, between (95%, Wilson; who is unsure counts as wrong at worst)."""
        low, _ = _wilson(self.looked_at - self.wrong - self.unsure, self.looked_at)
        _, high = _wilson(self.looked_at - self.wrong, self.looked_at)
        return low, high

    @property
    def passes(self) -> bool:
        """Whether few enough were wrong."""
        return self.wrong <= MOST_WRONG * self.looked_at


def _wilson(found: int, of: int) -> tuple[float, float]:
    if of == 0:
        return 0.0, 1.0
    z, share = 1.959963984540054, found / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    reach = z / (1 + z * z / of) * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def judged(sample: Sequence[str], verdicts: Mapping[str, Verdict]) -> Checked:
    """The verdicts, if they are of the whole sample and of nothing else."""
    missing, strange = set(sample) - set(verdicts), set(verdicts) - set(sample)
    if missing or strange:
        said = f"{len(missing)} homes of the sample have no verdict, {len(strange)} verdicts are of no home of it"
        raise Invalid(said, FieldError("/verdicts", said, "whole-sample"))
    told = list(verdicts.values())
    return Checked(len(told), told.count(Verdict.WRONG), told.count(Verdict.UNSURE))


def check_second_look(standing: Standing, *, author: str, checker: str) -> None:
    """Raises unless a second person looks at a draft."""
    if standing is not Standing.DRAFTED:
        raise Conflict("This list was checked already", state=standing.value, allowed=[])
    if author == checker:
        raise Forbidden("Another person than its author looks at the list a second time")


def check_signature(standing: Standing, checked: Checked | None, *, author: str, signer: str, listed: int) -> None:
    """Raises unless a checked list is signed by somebody else than its author."""
    if standing is Standing.DRAFTED or checked is None:
        raise Conflict("Nobody has looked at a sample of this list yet", state=standing.value, allowed=["checks"])
    if standing is not Standing.CHECKED:
        raise Conflict(f"This list is {standing.value} already", state=standing.value, allowed=[])
    if author == signer:
        raise Forbidden("Another person than its author signs the list")
    if not checked.passes:
        raise Conflict(
            f"{checked.wrong} of {checked.looked_at} homes of the sample were wrong: write the criteria anew",
            state=standing.value,
            allowed=["withdrawals"],
        )
    if listed == 0:
        raise Conflict("Nobody is on this list", state=standing.value, allowed=["withdrawals"])


# Words ------------------------------------------------------------------------------------------------------------


def sentence(criteria: Criteria) -> str:
    """The criteria in plain English."""
    said = "; or ".join(group_words(each) for each in criteria.any_of)
    where = f", in the wards {', '.join(criteria.wards)}" if criteria.wards else ""
    return f"Homes with {said}{where}"


def group_words(group: Group) -> str:
    """One group in plain English."""
    parts = []
    if group.aged_at_least is not None:
        parts.append(f"somebody aged {group.aged_at_least} or more")
    if group.aged_under is not None:
        parts.append(f"a child under {group.aged_under}")
    if group.adults_at_most is not None:
        parts.append("one adult alone" if group.adults_at_most == 1 else f"at most {group.adults_at_most} adults")
    if group.adults_at_least is not None:
        parts.append(f"at least {group.adults_at_least} adults")
    if group.children_at_least is not None:
        parts.append(f"at least {group.children_at_least} children")
    if group.tenures:
        parts.append(f"tenure {' or '.join(each.replace('_', ' ') for each in group.tenures)}")
    return " and ".join(parts)


def of_counts(listed: int, known: int, uncertain: int, ages_known: int, homes: int) -> str:
    """The counts in a sentence, with what they can't tell."""
    return (
        f"{listed:,} homes: {known:,} known to services and {listed - known:,} not. {uncertain:,} of them are on it"
        f" only by a link that is not certain. Ages may be known for this use in {ages_known:,} of {homes:,} homes:"
        " in the others nobody is found by age, whoever lives there."
    )
