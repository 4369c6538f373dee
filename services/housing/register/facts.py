"""What a household said of itself and what else is known, as the facts that the scheme asks for. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.housing.bedroomneed import domain as bedrooms
from services.housing.bedroomneed.domain import Member, Need, Place, RuleSet, Sex

ESTABLISHED: Final = ("homeless_duty", "decant")
"""Facts that other parts of housing establish, by their events."""
LEARNED: Final = frozenset({*ESTABLISHED, "medical"})
"""Facts of the scheme that no applicant says."""
_GROWN: Final = 55


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is to live there, as the rules see them; `born` None: a child who is expected."""

    born: date | None
    expected_on: date | None
    sex: Sex
    place: Place
    couple: str | None = None
    own_room: str | None = None


def bedroom_need(rules: RuleSet, people: Sequence[Person], extra: Sequence[str], on: date) -> Need:
    """What these people need on that day."""
    return bedrooms.need(rules, _members(rules, people, on), extra)


def _members(rules: RuleSet, people: Sequence[Person], on: date) -> list[Member]:
    found = []
    for each in people:
        if each.born is not None:
            age = max(0, bedrooms.age_on(each.born, on))
            found.append(Member(age, each.sex, each.place, each.couple, each.own_room))
        elif each.expected_on is not None and bedrooms.counts_unborn(rules, each.expected_on, on):
            found.append(Member(0, Sex.OTHER))
    return found


def recheck_on(rules: RuleSet, people: Sequence[Person], on: date) -> date | None:
    """The next day on which the need may be another: a birthday that the rules name, or a child that counts."""
    born = [each.born for each in people if each.born is not None]
    days = [bedrooms.next_birthday_that_counts(rules, born, on)]
    days += [bedrooms.unborn_counts_from(rules, each.expected_on) for each in people if each.expected_on is not None]
    # The scheme itself names two ages.
    days += [bedrooms.birthday(each.born, age) for each in people if each.born for age in (18, _GROWN)]
    return min((day for day in days if day is not None and day > on), default=None)


def facts_of(
    said: Mapping[str, Any],
    learned: Mapping[str, Mapping[str, Any]],
    people: Sequence[Person],
    bedrooms_needed: int | None,
    on: date,
) -> dict[str, Any]:
    """All facts by the scheme's names; None where it was asked and nobody knows.

    `said` are the applicant's answers, `learned` what others have established: that counts above what was said.
    """
    known = {name: entry["value"] for name, entry in learned.items()}
    now = said.get("bedrooms_now")
    lacking = max(0, bedrooms_needed - now) if bedrooms_needed is not None and now is not None else None
    ages = [bedrooms.age_on(each.born, on) for each in people if each.born is not None]
    grown = [
        bedrooms.age_on(each.born, on)
        for each in people
        if each.born is not None and each.place in {Place.APPLICANT, Place.PARTNER}
    ]
    applicant = next(
        (bedrooms.age_on(each.born, on) for each in people if each.place is Place.APPLICANT and each.born), None
    )
    found: dict[str, Any] = {
        "eligible": said.get("eligible"),
        "applicant_age": applicant,
        "everybody_55": bool(ages) and min(ages) >= _GROWN and bool(grown),
        "years_resident": _years(said.get("resident_since"), on),
        "residence_exception": said.get("residence_exception") or "none",
        "income_year_pence": said.get("income_year_pence"),
        "capital_pence": said.get("capital_pence"),
        "owned_within_5_years": said.get("owned_within_5_years"),
        "other_register": said.get("other_register"),
        "arrears_weeks": said.get("arrears_weeks"),
        "agreement_kept_months": said.get("agreement_kept_months"),
        "arrears_from_benefit_delay": said.get("arrears_from_benefit_delay"),
        "tenancy_fraud": said.get("tenancy_fraud", False),
        "antisocial_order": said.get("antisocial_order", False),
        "years_since_intentional": _years(said.get("intentionally_homeless_on"), on),
        "fleeing_abuse": said.get("residence_exception") == "fleeing_violence",
        "armed_forces": bool(said.get("armed_forces")),
        "hazard": said.get("hazard") or "none",
        "hardship": bool(said.get("hardship")),
        "tenure": said.get("tenure"),
        "fosters": bool(said.get("fosters")),
        "care_leaver": bool(said.get("care_leaver")),
        "homeless_duty": "homeless" if said.get("homeless") else "none",
        "decant": "none",
        "medical": "no_medical",
        **known,
        "bedrooms_needed": bedrooms_needed,
        "rooms_lacking": lacking,
        "rooms_spare": max(0, now - bedrooms_needed) if bedrooms_needed is not None and now is not None else None,
    }
    found["urgent_need"] = (
        found["medical"] in {"a_medical", "b_medical"} or found["hazard"] == "category_1" or (lacking or 0) >= 2
    )
    return found


def _years(since: str | None, on: date) -> int | None:
    """Whole years since an ISO day; None where nobody said."""
    return None if since is None else bedrooms.age_on(date.fromisoformat(since), on)
