"""Rules of the directory, pure: what makes an entry good, how fresh it is, which needs it meets, when it is open."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from kit.contracts.codes import NeedDomain
from kit.errors import FieldError

FRESH_FOR = timedelta(days=182)
"""An entry nobody has confirmed for six months is shown as not confirmed."""
MOST_LOST = 0.3
"""A feed that would take away more than this share of what it gave is held: it is more likely broken than right."""
FEW = 10
"""Below this many, losing entries is ordinary."""
SHOWN = ("active", "temporarily closed")
"""Statuses of services that lists show; the others are still found under their address."""

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NAMES: Mapping[NeedDomain, str] = {
    NeedDomain.HOUSING: "Housing and homelessness",
    NeedDomain.MONEY: "Money, debt and benefits",
    NeedDomain.FOOD_AND_FUEL: "Food and fuel",
    NeedDomain.WORK_AND_SKILLS: "Work and skills",
    NeedDomain.HEALTH: "Health and care",
    NeedDomain.MENTAL_HEALTH: "Mental health",
    NeedDomain.DRUGS_AND_ALCOHOL: "Drugs and alcohol",
    NeedDomain.DOMESTIC_ABUSE: "Domestic and sexual abuse",
    NeedDomain.FAMILY_AND_CHILDREN: "Family and children",
    NeedDomain.COMMUNITY_SAFETY: "Crime and community safety",
    NeedDomain.LONELINESS: "Company and community",
    NeedDomain.IMMIGRATION: "Immigration and settling",
}
NEEDS_TAXONOMY = uuid5(NAMESPACE_URL, "urn:newstart:taxonomy:needs")


def need_term(need: NeedDomain) -> UUID:
    """The id of the term of our own taxonomy that stands for a need."""
    return uuid5(NAMESPACE_URL, f"urn:newstart:taxonomy:needs:{need}")


TERMS: Mapping[UUID, NeedDomain] = {need_term(need): need for need in NeedDomain}


def need_name(need: NeedDomain) -> str:
    """How people read it."""
    return _NAMES[need]


class Hours(NamedTuple):
    """A weekly opening."""

    id: UUID
    days: tuple[str, ...]
    opens_at: time | None
    closes_at: time | None
    valid_from: date | None
    valid_to: date | None


def needs_of(term_ids: Iterable[UUID]) -> list[NeedDomain]:
    """The needs that an entry's terms name, in the order of the twelve."""
    named = {TERMS[term] for term in term_ids if term in TERMS}
    return [need for need in NeedDomain if need in named]


def hours_of(schedules: Sequence[Mapping[str, Any]]) -> list[Hours]:
    """The weekly openings; others stay in the document for people to read."""
    found = []
    for each in schedules:
        if each.get("freq") == "WEEKLY" and each.get("byday"):
            days = tuple(day for day in _DAYS if day in {part[-2:] for part in each["byday"].split(",")})
            found.append(
                Hours(
                    UUID(each["id"]),
                    days,
                    _time(each.get("opens_at")),
                    _time(each.get("closes_at")),
                    _date(each.get("valid_from")),
                    _date(each.get("valid_to")),
                )
            )
    return found


def _time(text: str | None) -> time | None:
    return time.fromisoformat(text[:5]) if text else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def weekday(day: date) -> str:
    """MO to SU."""
    return _DAYS[day.weekday()]


def is_fresh(confirmed_on: date | None, today: date) -> bool:
    """Whether somebody confirmed it within six months."""
    return confirmed_on is not None and today - confirmed_on <= FRESH_FOR


def faults(entry: Mapping[str, Any], today: date) -> list[FieldError]:
    """What is wrong with an entry that reads well: field by field, by the rule it breaks."""
    found = []
    least, most = entry.get("minimum_age"), entry.get("maximum_age")
    if least is not None and most is not None and least > most:
        found.append(FieldError("/maximum_age", "Nobody is that young and that old", "ages-in-order"))
    assured = _date(entry.get("assured_date"))
    if assured is not None and assured > today:
        found.append(FieldError("/assured_date", "It cannot have been checked in the future", "not-in-the-future"))
    for place, each in enumerate(entry.get("schedules", ())):
        begins, ends = _date(each.get("valid_from")), _date(each.get("valid_to"))
        if begins and ends and begins > ends:
            found.append(FieldError(f"/schedules/{place}/valid_to", "It ends before it begins", "dates-in-order"))
    for place, each in enumerate(entry.get("service_at_locations", ())):
        where = each.get("location") or {}
        if (where.get("latitude") is None) != (where.get("longitude") is None):
            pointer = f"/service_at_locations/{place}/location"
            found.append(FieldError(pointer, "A point has a latitude and a longitude", "whole-point"))
    for name in ("schedules", "service_at_locations"):
        ids = [each["id"] for each in entry.get(name, ())]
        if len(ids) != len(set(ids)):
            found.append(FieldError(f"/{name}", "Two of them have the same id", "one-id-each"))
    return found


def digest(entry: Mapping[str, Any]) -> str:
    """Of an entry as its source tells it: the same again changes nothing."""
    return hashlib.sha256(json.dumps(entry, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def holds_back(known: int, gone: int) -> bool:
    """Whether a load that would end `gone` of a feed's `known` entries is held for a person to look at."""
    return known >= FEW and gone > known * MOST_LOST
