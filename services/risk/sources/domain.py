"""What a data product is, when its feed stands still, and what a purpose may see of it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, StringConstraints, model_validator

from kit.contracts.purposes import PURPOSES
from kit.errors import Conflict, DomainError, Forbidden
from services.risk.sources.kinds import KINDS, Kind, Sensitivity

IDENTITY: Final = "identity"
"""What a field feeds that says who somebody is: it goes to the vault and is no fact."""

PLACE: Final = "place"
"""What a field feeds that says where an address lies: about no person, and no fact."""

CONTACT_PURPOSES: Final = frozenset({"outreach"})
"""Purposes that choose whom to contact: delicate facts never serve them, whatever a gateway says (spec risk 8)."""

_PLAIN: Final = {
    Sensitivity.SOCIAL_CARE: "social care",
    Sensitivity.HEALTH: "health",
    Sensitivity.ABUSE: "abuse",
    Sensitivity.POLICE: "crime",
}
# Who may hear that somebody is named as a perpetrator: nobody who works with the household in general.
_DANGER: Final = frozenset({"domestic_abuse", "safeguarding"})
_COUNTING: Final = frozenset(code for code, each in PURPOSES.items() if each.reach == "aggregate") | {"data_linkage"}

SourceCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,63}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]


class FeedStopped(Conflict):
    """The source may not supply data today."""

    slug = "feed-stopped"
    title = "This source may not supply data today"


class WrongColumns(DomainError):
    """A file is not the extract it is sent as; nothing of it was stored."""

    slug = "wrong-columns"
    title = "These are not the columns of this source"
    status = 422


class BeyondPurpose(Forbidden):
    """Facts were asked for that the stated purpose does not cover."""

    slug = "beyond-purpose"
    title = "The purpose does not cover this"


class Cadence(StrEnum):
    """How often a source supplies data."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    TERMLY = "termly"
    EVENT = "event"


class Extract(StrEnum):
    """What a source's file holds: all that the source has on that day, or only what is new or changed."""

    FULL = "full"
    DELTA = "delta"


class Gateway(BaseModel):
    """A legal power that lets facts supplied for one thing serve others."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Line
    purposes: frozenset[str]

    @model_validator(mode="after")
    def _known(self) -> Gateway:
        if unknown := self.purposes - PURPOSES.keys():
            raise ValueError(f"{self.title}: unknown purposes {sorted(unknown)}")
        return self


class FieldGroup(BaseModel):
    """Columns that feed the same things under the same gateways."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    names: tuple[Line, ...] = Field(min_length=1, max_length=100)
    feeds: tuple[str, ...] = Field(min_length=1, max_length=40, description="`identity`, `place`, or kinds of facts")
    gateways: tuple[str, ...] = Field(min_length=1, max_length=20)
    purposes: tuple[str, ...] | None = Field(None, description="Narrower than what the gateways cover, if set")

    @model_validator(mode="after")
    def _known(self) -> FieldGroup:
        if unknown := [each for each in self.feeds if each not in {IDENTITY, PLACE} and each not in KINDS]:
            raise ValueError(f"unknown kinds of facts: {', '.join(unknown)}")
        if unknown := [each for each in self.purposes or () if each not in PURPOSES]:
            raise ValueError(f"unknown purposes: {', '.join(unknown)}")
        return self

    def covers(self, gateways: Mapping[str, Gateway]) -> frozenset[str]:
        """The purposes these columns may serve."""
        allowed = frozenset(purpose for code in self.gateways for purpose in gateways[code].purposes)
        return allowed if self.purposes is None else allowed & frozenset(self.purposes)


def check_extract(extract: Extract, fields: Iterable[FieldGroup]) -> None:
    """Raises ValueError for a full extract that names nobody: nobody could be missed in it."""
    if extract is Extract.FULL and not any(IDENTITY in group.feeds for group in fields):
        raise ValueError("only a source that says who its records are about can send full extracts")


class Agreed(BaseModel):
    """A sharing agreement that names a product, as the board left it (casefile's register)."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    code: str
    in_force: bool
    starts_on: date
    ends_on: date | None

    def stands(self, today: date) -> bool:
        """Whether data may flow under it on this day; `ends_on` is the first day it no longer does."""
        return self.in_force and self.starts_on <= today and (self.ends_on is None or today < self.ends_on)


class Product(BaseModel):
    """A data product: one dataset that one owner supplies for one purpose."""

    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)

    code: SourceCode
    title: Line
    owner: Line
    purpose: Line
    gateway: str = Field(description="The legal power it is supplied under")
    cadence: Cadence
    keep_months: int = Field(ge=1, le=1200)
    contact: bool = Field(False, description="May its phone, e-mail and address be used to offer help?")
    extract: Extract = Field(Extract.DELTA, description="Full: what a file no longer has ended by its day")
    may_lose: int = Field(
        10, ge=0, le=100, description="Percent of its records that a full extract may lack before a person is asked"
    )
    agreed_from: date
    agreed_to: date | None = Field(None, description="The first day the agreement no longer stands")
    fields: tuple[FieldGroup, ...] = Field(min_length=1, max_length=60)
    paused: bool = False
    pause_reason: str | None = None
    # Not of the register: what the board agreed, joined when it is read (standing.py).
    _agreements: tuple[Agreed, ...] = PrivateAttr(())

    def under(self, agreements: Iterable[Agreed]) -> Product:
        """This product under the agreements that name it. With none of them it rests on the register alone."""
        found = self.model_copy()
        found._agreements = tuple(agreements)
        return found

    @model_validator(mode="after")
    def _names_whom_it_lacks(self) -> Product:
        check_extract(self.extract, self.fields)
        return self

    @property
    def feeds(self) -> frozenset[str]:
        """The kinds of facts it brings."""
        return frozenset(kind for group in self.fields for kind in group.feeds if kind not in {IDENTITY, PLACE})

    def stopped(self, today: date) -> str | None:
        """Why its feed stands still on this day, in plain words; None while it runs."""
        if self.paused:
            return f"{self.title} is paused: {self.pause_reason or 'no reason given'}"
        if today < self.agreed_from:
            return f"The agreement for {self.title} begins on {_day(self.agreed_from)}"
        if self.agreed_to is not None and today >= self.agreed_to:
            return f"The agreement for {self.title} ended on {_day(self.agreed_to)}"
        if self._agreements and not any(each.stands(today) for each in self._agreements):
            named = ", ".join(sorted(each.code for each in self._agreements))
            return f"No agreement for {self.title} stands today: {named} lapsed, was suspended or has not begun"
        return None

    def must_run(self, today: date) -> None:
        """Raises `FeedStopped` when its agreement lapsed or it is paused."""
        if reason := self.stopped(today):
            raise FeedStopped(f"{reason}. Nothing was stored")

    def covers(self, kind: str, gateways: Mapping[str, Gateway]) -> frozenset[str]:
        """The purposes that the gateways of the columns behind a kind cover."""
        found: frozenset[str] = frozenset()
        for group in self.fields:
            if kind in group.feeds:
                found |= group.covers(gateways)
        return found


@dataclass(frozen=True, slots=True)
class Hidden:
    """Something a purpose does not see, and why. Without `source` it is hidden wherever it comes from."""

    kind: str
    source: str | None
    value: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one purpose may see today: pairs of source and kind, less some values; and what is hidden, with reasons.

    Use `where` in SQL or `admits` in Python, so that no reader forgets the values.
    """

    purpose: str
    pairs: frozenset[tuple[str, str]]
    hidden_values: frozenset[tuple[str, str]]
    hidden: tuple[Hidden, ...]

    CONDITION: ClassVar[str] = (
        "({fact}.source || ' ' || {fact}.kind = any(cast(:covered as text[]))"
        " and not ({fact}.kind || ' ' || coalesce({fact}.value, '') = any(cast(:hidden_values as text[]))))"
    )

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds that at least one source may show."""
        return frozenset(kind for _, kind in self.pairs)

    @property
    def sources(self) -> frozenset[str]:
        """The sources that may show at least one kind."""
        return frozenset(source for source, _ in self.pairs)

    def admits(self, source: str, kind: str, value: str | None = None) -> bool:
        """Whether a fact may be used."""
        return (source, kind) in self.pairs and (kind, value or "") not in self.hidden_values

    def where(self, fact: str = "fact") -> str:
        """A condition on the table (or alias) `fact`; its values are `parameters`."""
        return self.CONDITION.format(fact=fact)

    @property
    def parameters(self) -> dict[str, list[str]]:
        """The values that `where` names: `covered`, `hidden_values`."""
        return {
            "covered": sorted(f"{source} {kind}" for source, kind in self.pairs),
            "hidden_values": sorted(f"{kind} {value}" for kind, value in self.hidden_values),
        }

    def refuse_beyond(self, kinds: Iterable[str]) -> None:
        """Raises `BeyondPurpose` naming the kinds that this purpose sees from no source, and why."""
        beyond = sorted(set(kinds) - self.kinds)
        if beyond:
            said = {each.kind: each.reason for each in reversed(self.hidden) if each.value is None}
            reasons = "; ".join(f"{kind}: {said.get(kind, 'no source supplies it')}" for kind in beyond)
            raise BeyondPurpose(f"{PURPOSES[self.purpose].title} does not cover this. {reasons}", kinds=beyond)


def coverage(
    purpose: str, products: Collection[Product], gateways: Mapping[str, Gateway], today: date, *, contact: bool = False
) -> Coverage:
    """What a purpose may see on a day. `contact`: it chooses whom to contact, whatever the purpose is called."""
    contact = contact or purpose in CONTACT_PURPOSES
    pairs: set[tuple[str, str]] = set()
    hidden: list[Hidden] = []
    for product in sorted(products, key=lambda each: each.code):
        stopped = product.stopped(today)
        for code in sorted(product.feeds):
            reason = _never(KINDS[code], purpose, contact) or stopped
            if reason is None and purpose not in product.covers(code, gateways):
                reason = f"{product.title} was not supplied for this: no legal gateway of it covers this purpose"
            if reason is None:
                pairs.add((product.code, code))
            else:
                hidden.append(Hidden(code, product.code, None, reason))
    shown = {kind for _, kind in pairs}
    values = [each for code in sorted(shown) for each in _values(KINDS[code], purpose, contact)]
    hidden_values = frozenset((each.kind, each.value or "") for each in values)
    return Coverage(purpose, frozenset(pairs), hidden_values, (*hidden, *values))


def _never(kind: Kind, purpose: str, contact: bool) -> str | None:
    if contact and kind.sensitivity is not Sensitivity.ORDINARY:
        return f"Facts about {_PLAIN[kind.sensitivity]} never choose whom to contact"
    if purpose not in kind.serves:
        return f"Facts of this kind ({kind.title}) do not serve this purpose"
    return None


def _values(kind: Kind, purpose: str, contact: bool) -> Iterable[Hidden]:
    if kind.code == "domestic_abuse.incident" and purpose not in _DANGER | _COUNTING:
        yield Hidden(kind.code, None, "perpetrator", "Who is named as a perpetrator is for abuse specialists only")
    for value, sensitivity in sorted(kind.delicate.items()):
        abuse = sensitivity in {Sensitivity.ABUSE, Sensitivity.POLICE}
        if contact or (abuse and purpose not in _DANGER | _COUNTING):
            yield Hidden(kind.code, None, value, f"Facts about {_PLAIN[sensitivity]} are not for this purpose")


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
