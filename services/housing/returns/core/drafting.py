"""What of a lettings log follows from what housing knows: nobody is asked twice, and nothing is guessed. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.housing.returns.core import fields

# Where they lived before, as far as the register's word says it; a council's tenancy may have been fixed or not.
_BEFORE: Final = {
    "private_rent": 3,
    "family_or_friends": 28,
    "temporary_accommodation": 18,
    "supported": 6,
    "owner": 26,
    "shared_ownership": 27,
    "rough_sleeping": 19,
}
_DUTIES: Final = frozenset({"prevention", "relief", "main", "intentional"})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who lives there. `place`: applicant, partner or other."""

    born: date
    sex: str
    place: str
    relation: str


@dataclass(frozen=True, slots=True)
class Known:
    """What the tenancy, the home and the application say."""

    starts_on: date
    kind: str
    tenancy: str
    tenants: int
    weekly_rent_pence: int
    rent: str
    reference: str
    home: Mapping[str, Any]
    offers_before: int
    people: Sequence[Person]
    expecting: bool
    applied_on: date
    circumstances: Mapping[str, Any]
    learned: Mapping[str, Any]
    preference: Sequence[str]
    in_bed_and_breakfast: bool
    la: str


def draft(known: Known) -> dict[str, Any]:
    """The answers that follow; what is not in it is asked."""
    return {
        **_home(known),
        **_tenancy(known),
        **_people(known),
        **_before(known),
        **_preference(known),
        **_how(known),
    }


def _home(known: Known) -> dict[str, Any]:
    home = known.home
    vacancy = fields.VACANCY.get(home["vacancy"] or "")
    first = vacancy in fields.FIRST_LETS
    found = {
        "needstype": 2 if home["needs"] == "supported" else 1,
        "propcode": str(home["uprn"]),
        "uprn": home["uprn"],
        "postcode_full": home["postcode"],
        "la": known.la,
        "unittype_gn": fields.UNIT[home["kind"]],
        "builtype": 2 if home["building"] == "converted" else 1,
        "wchair": 1 if str(home["access"]).startswith("wheelchair") else 2,
        "beds": max(1, home["bedrooms"]),
        "rsnvac": vacancy,
        "first_time_property_let_as_social_housing": None if vacancy is None else int(first),
        "voiddate": _iso(home["void_since"]),
        "mrcdate": None if first else _iso(home["works_done_on"]),
        "offered": known.offers_before,
    }
    return {name: value for name, value in found.items() if value is not None}


def _tenancy(known: Known) -> dict[str, Any]:
    service = int(known.home["service_charge_week_pence"])
    found = {
        "renewal": 0,
        "startdate": known.starts_on.isoformat(),
        "tenancycode": known.reference,
        "startertenancy": 2,
        "tenancy": fields.TENANCY[known.tenancy],
        "joint": 1 if known.tenants > 1 else 2,
        "household_charge": 0,
        "period": 1,
        "brent": known.weekly_rent_pence,
        "scharge": service,
        "pscharge": 0,
        "supcharg": 0,
    }
    rent = fields.RENT_TYPE.get(known.rent)
    return {**found, **({} if rent is None else {"rent_type": rent})}


def _people(known: Known) -> dict[str, Any]:
    order = {"applicant": 0, "partner": 1}
    there = sorted(known.people, key=lambda each: (order.get(each.place, 2), each.born))[: fields.MOST_PEOPLE]
    found: dict[str, Any] = {"hhmemb": len(there), "preg_occ": 1 if known.expecting else 2}
    for n, each in enumerate(there, 1):
        age = _age(each.born, known.starts_on)
        found[f"age{n}"] = age
        found[f"sex{n}"] = fields.SEX.get(each.sex, "X")
        if n > 1:
            child = each.relation in ("child", "son", "daughter") or age < 16
            found[f"relat{n}"] = "P" if each.place == "partner" else "C" if child else "X"
        if age < 16:
            found[f"ecstat{n}"] = 9
    return found


def _before(known: Known) -> dict[str, Any]:
    found: dict[str, Any] = {"waityear": fields.waited(known.applied_on, known.starts_on)}
    since = known.circumstances.get("resident_since")
    if since:
        found["layear"] = fields.waited(date.fromisoformat(since), known.starts_on)
        found |= {"previous_la_known": 1, "prevloc": known.la}
    duty = _learned(known, "homeless_duty")
    found["homeless"] = 11 if duty in _DUTIES else 1
    if known.in_bed_and_breakfast:
        found["prevten"] = 14
    elif (before := _BEFORE.get(known.circumstances.get("tenure") or "")) is not None:
        found["prevten"] = before
    if _learned(known, "decant") in ("permanent", "temporary"):
        found["reason"] = 1
    return found


def _preference(known: Known) -> dict[str, Any]:
    given = [name for name in known.preference if name in fields.PREFERENCES]
    return {"reasonpref": 1 if given else 2, **dict.fromkeys(given, 1)}


def _how(known: Known) -> dict[str, Any]:
    by_choice = known.kind == "choice"
    was_ours = known.circumstances.get("tenure") == "council_tenant"
    return {
        "cbl": int(by_choice),
        "cap": 0,
        "chr": 0,
        "accessible_register": 0,
        "referral_register": 2 if was_ours else 3 if by_choice else 4,
    }


def _learned(known: Known, name: str) -> Any:
    entry = known.learned.get(name)
    return entry["value"] if entry is not None else None


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
