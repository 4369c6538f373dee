"""The rules about people, households and relationships. Pure: no database, no framework."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import phonenumbers

from kit.errors import Conflict, FieldError, Invalid, invalid
from services.casefile.people import identifiers
from services.casefile.people.identifiers import PartialDate
from services.casefile.people.names import PersonName

NAME_KINDS: Final = ("current", "known_as", "former", "alias")
CONTACT_KINDS: Final = ("phone", "email")

INVERSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "parent": "child",
        "child": "parent",
        "step_parent": "step_child",
        "step_child": "step_parent",
        "grandparent": "grandchild",
        "grandchild": "grandparent",
        "guardian": "ward",
        "ward": "guardian",
        "foster_carer": "fostered_child",
        "fostered_child": "foster_carer",
        "carer": "cared_for",
        "cared_for": "carer",
        "partner": "partner",
        "former_partner": "former_partner",
        "sibling": "sibling",
        "half_sibling": "half_sibling",
        "relative": "relative",
        "friend": "friend",
    }
)
"""Kinds of relationship, each with how it reads from the other side."""

_MAY_HOLD_PARENTAL_RESPONSIBILITY = frozenset({"parent", "step_parent", "grandparent", "guardian", "relative"})


@dataclass(frozen=True, slots=True)
class Name:
    """A name someone has or had."""

    given: str
    family: str
    kind: str = "current"

    @property
    def searched(self) -> PersonName:
        return PersonName(self.given, self.family)


@dataclass(frozen=True, slots=True)
class Address:
    """Where someone lives or lived, by UPRN where known; `until` is the first day they no longer did."""

    lines: tuple[str, ...] = ()
    postcode: str | None = None
    uprn: str | None = None
    ward: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A phone number (E.164) or e-mail address, and whether it is safe to use."""

    kind: str
    value: str
    safe: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Details:
    """What we know of a person, every value in its normal form."""

    names: tuple[Name, ...]
    date_of_birth: PartialDate | None = None
    nhs_number: str | None = None
    nino: str | None = None
    upn: str | None = None
    addresses: tuple[Address, ...] = ()
    contacts: tuple[Contact, ...] = ()
    languages: tuple[str, ...] = ()
    communication_needs: tuple[str, ...] = field(default=())

    @property
    def phones(self) -> tuple[str, ...]:
        return tuple(each.value for each in self.contacts if each.kind == "phone")


def details(given: Mapping[str, Any], *, today: date) -> Details:
    """Check and normalise what was typed; `Invalid` names each field and the rule it broke, all at once."""
    check = _Checks()
    names = [check(_name, each, f"/names/{i}") for i, each in enumerate(given.get("names") or ())]
    if not names:
        check.refuse("/names", "Give at least one name; one word will do.", "name-required")
    found = Details(
        names=_present(names),
        date_of_birth=check(
            lambda text, at: identifiers.date_of_birth(text, today=today, pointer=at),
            given.get("date_of_birth"),
            "/date_of_birth",
        ),
        nhs_number=check(identifiers.nhs_number, given.get("nhs_number"), "/nhs_number"),
        nino=check(identifiers.national_insurance_number, given.get("nino"), "/nino"),
        upn=check(identifiers.unique_pupil_number, given.get("upn"), "/upn"),
        addresses=tuple(
            _address(each, f"/addresses/{i}", check) for i, each in enumerate(given.get("addresses") or ())
        ),
        contacts=_present(
            check(_contact, each, f"/contacts/{i}") for i, each in enumerate(given.get("contacts") or ())
        ),
        languages=tuple(given.get("languages") or ()),
        communication_needs=tuple(given.get("communication_needs") or ()),
    )
    check.done()
    return found


class _Checks:
    """Runs each check and keeps what it refused, so that the person at the desk mends all at once."""

    def __init__(self) -> None:
        self._refused: list[FieldError] = []

    def __call__(self, rule: Any, value: Any, pointer: str) -> Any:
        if value is None or value == "":
            return None
        try:
            return rule(value, pointer)
        except Invalid as error:
            self._refused.extend(error.errors)
            return None

    def refuse(self, pointer: str, detail: str, rule: str) -> None:
        self._refused.append(FieldError(pointer, detail, rule))

    def done(self) -> None:
        if self._refused:
            raise Invalid("; ".join(f"{each.pointer}: {each.detail}" for each in self._refused), *self._refused)


def _present(values: Any) -> tuple[Any, ...]:
    return tuple(value for value in values if value is not None)


def _name(given: Mapping[str, Any], pointer: str) -> Name:
    name = Name(_line(given.get("given", "")), _line(given.get("family", "")), given.get("kind", "current"))
    if not any(character.isalnum() for character in name.given + name.family):
        raise invalid(pointer, "A name needs a letter in its given name or its family name.", "name-not-empty")
    if name.kind not in NAME_KINDS:
        raise invalid(f"{pointer}/kind", f"One of {', '.join(NAME_KINDS)}.", "name-kind")
    return name


def _address(given: Mapping[str, Any], pointer: str, check: _Checks) -> Address:
    since, until = day(given.get("since")), day(given.get("until"))
    if since and until and until < since:
        check.refuse(f"{pointer}/until", "An address cannot end before it begins.", "dates-in-order")
    return Address(
        lines=tuple(filter(None, map(_line, given.get("lines") or ()))),
        postcode=check(identifiers.postcode, given.get("postcode"), f"{pointer}/postcode"),
        uprn=check(identifiers.unique_property_reference, given.get("uprn"), f"{pointer}/uprn"),
        ward=given.get("ward"),
        since=since,
        until=until,
    )


def day(value: date | str | None) -> date | None:
    """A date, also one stored as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _contact(given: Mapping[str, Any], pointer: str) -> Contact:
    kind, value = given.get("kind"), _line(given.get("value", ""))
    if kind == "phone":
        value = phone(value, f"{pointer}/value")
    elif kind == "email":
        if value.count("@") != 1 or value.startswith("@") or value.endswith("@") or " " in value:
            raise invalid(f"{pointer}/value", "An e-mail address has one @ between two parts.", "email-form")
    else:
        raise invalid(f"{pointer}/kind", f"One of {', '.join(CONTACT_KINDS)}.", "contact-kind")
    return Contact(kind, value, bool(given.get("safe", True)), given.get("note", ""))


_PLAIN_BRITISH = re.compile(r"(?:0|\+44)([12378][0-9]{9})")


def phone(typed: str, pointer: str) -> str:
    """A phone number as E.164, read as a British one unless it says otherwise."""
    if plain := _PLAIN_BRITISH.fullmatch(typed):
        # Nearly all of an import's numbers look like this, and the library takes 100 us for each.
        return f"+44{plain[1]}"
    try:
        number = phonenumbers.parse(typed, "GB")
    except phonenumbers.NumberParseException:
        raise invalid(pointer, "This is not a phone number.", "phone-form") from None
    if not phonenumbers.is_possible_number(number):
        raise invalid(pointer, "A phone number of this length does not exist.", "phone-length")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _line(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Place:
    """Where someone belongs: `until` is the first day they no longer do."""

    household_id: UUID
    since: date
    until: date | None


def homes_on(places: Iterable[Place], on: date) -> list[UUID]:
    """The households someone belonged to on a day, the newest first; before we met them, the first they had.

    A place that ended on the day it began was a slip: it counts only where there is no other.
    """
    known = sorted(places, key=lambda each: (-each.since.toordinal(), each.household_id))
    real = [each for each in known if each.until != each.since] or known
    there = [each for each in real if each.since <= on and (each.until is None or on < each.until)]
    if not there and real:
        first = real[-1].since
        there = [each for each in real if each.since == first]
    return [each.household_id for each in there]


def initials(names: Sequence[Mapping[str, Any]]) -> str:
    """What a search shows of a name: its initials, e.g. "A. Y."."""
    words = f"{names[0]['given']} {names[0]['family']}".split() if names else []
    return " ".join(f"{word[0].upper()}." for word in words)


def is_child(born: str | None, today: date) -> bool:
    """Whether somebody born then (YYYY, YYYY-MM or YYYY-MM-DD) is certainly under 18 today."""
    if born is None:
        return False
    year, month, day_ = (*map(int, born.split("-")), 1, 1)[:3]
    # Compared as numbers: a birthday on 29 February has no date in most years.
    return (year + 18, month, day_) > (today.year, today.month, today.day)


def check_relationship(kind: str, *, parental_responsibility: bool) -> None:
    """Whether such a relationship can be recorded. Children Act 1989 s2-4A say who can hold responsibility."""
    if kind not in INVERSES:
        raise invalid("/kind", f"One of {', '.join(sorted(INVERSES))}.", "relationship-kind")
    if parental_responsibility and kind not in _MAY_HOLD_PARENTAL_RESPONSIBILITY:
        raise invalid(
            "/parental_responsibility", f"A {kind.replace('_', ' ')} does not hold it for the other.", "responsibility"
        )


def check_merge(mine: Mapping[str, str | None], survivors: Mapping[str, str | None], reason: str) -> None:
    """Two people whose numbers differ are merged only with a reason that says why the numbers do."""
    differing = [kind for kind, value in mine.items() if value and survivors.get(kind) and survivors[kind] != value]
    if differing and len(reason.strip()) < 10:
        words = " and ".join(kind.replace("_", " ") for kind in differing)
        raise Conflict(
            f"Their {words} differ: two people share no number. Merge them only with a reason that explains it",
            conflicting=differing,
        )
