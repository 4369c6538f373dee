"""An application before the scheme: its need, its facts, and what the scheme says. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.housing.bedroomneed import domain as bedrooms
from services.housing.bedroomneed.domain import Need
from services.housing.register import facts, scheme
from services.housing.register.facts import Person
from services.housing.register.models import Application
from services.housing.register.scheme import Assessment


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the rules and the scheme say of an application on one day."""

    on: date
    need: Need
    bedrooms: int
    """What counts: an officer's number where one was set, else the rules'."""
    facts: dict[str, Any]
    assessment: Assessment
    recheck_on: date | None

    @property
    def lacking(self) -> int | None:
        lacking: int | None = self.facts["rooms_lacking"]
        return lacking


def weigh(row: Application, people: Sequence[Person], on: date) -> Weighed:
    """Ask the rules and the scheme. `Invalid` where the household cannot be counted."""
    rules = bedrooms.rule_set(row.rules)
    extra = row.learned.get("extra_rooms", {}).get("value", [])
    need = facts.bedroom_need(rules, people, extra, on)
    counted = row.bedrooms_needed if row.need_set_by and row.bedrooms_needed is not None else need.bedrooms
    learned = {name: entry for name, entry in row.learned.items() if name in facts.LEARNED}
    known = facts.facts_of(row.circumstances, learned, people, counted, on)
    waived = row.learned.get("exceptions", {}).get("value", [])
    found = scheme.assess(scheme.scheme(), known, row.officer_reasons, waived, on=on)
    return Weighed(on, need, counted, known, found, facts.recheck_on(rules, people, on))
