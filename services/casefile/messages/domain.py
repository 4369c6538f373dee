"""How somebody may be reached safely, and in which words. Pure.

Whoever answers learns nothing: a way that others of the household use carries only words that are harmless to them, and
where there is abuse, or somebody must not find somebody, nothing goes by a way the person did not name themselves.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

import phonenumbers

from kit.contracts.messages import Template, Way

ADULT_TO_WRITE_TO: Final = 16
"""Years: nothing goes to a child; whoever looks after them is asked instead."""
LONGEST_LETTER: Final = 7
"""Lines of a letter's address, name and postcode included (GOV.UK Notify)."""
FOR_THE_INTRODUCED: Final = ("outreach.", "objection.")
"""Somebody introduced and not met is written to about an offer and their objection to one, and nothing else."""

_TOLD_AS: Final[Mapping[Way, str]] = MappingProxyType({Way.SMS: "text", Way.EMAIL: "email", Way.LETTER: "letter"})
_MOBILE: Final = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


class Reason(StrEnum):
    """Why nothing was sent."""

    UNKNOWN_PERSON = "unknown_person"
    UNKNOWN_TEMPLATE = "unknown_template"
    CHILD = "child"
    NOT_MET = "not_met"
    NO_ADDRESS = "no_address"
    NO_SAFE_WAY = "no_safe_way"
    WORDS_NOT_SAFE = "words_not_safe"
    TOO_LATE = "too_late"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Told:
    """What the person said last of how to reach them, in the front door's words. Nothing said: both empty."""

    ways: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()

    def allows(self, way: Way, *, only_named: bool) -> bool:
        """Whether this way may be used; `only_named`: silence is a no."""
        word = _TOLD_AS[way]
        if word in self.never:
            return False
        return word in self.ways if self.ways or only_named else True


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom to reach, as the register has them."""

    names: Sequence[Mapping[str, Any]]
    contacts: Sequence[Mapping[str, Any]]
    addresses: Sequence[Mapping[str, Any]]
    born: str | None = None
    introduced: bool = False
    guarded: bool = False
    """There is abuse in the household, somebody must not find them, or the record is restricted."""
    told: Told = field(default_factory=Told)
    others_use: Collection[str] = ()
    """Numbers and e-mail addresses that somebody of the household, or whoever must not find them, has too."""
    lives_with_others: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """One way to reach them: where to, and whether somebody else may read it."""

    way: Way
    to: tuple[str, ...]
    shared: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """The way taken, and whether in words that tell nothing."""

    route: Route
    plain: bool


def choose(person: Recipient, template: Template, today: date) -> Choice | Reason:
    """How this may be told to them, or why not at all."""
    if _is_child(person.born, today):
        return Reason.CHILD
    if person.introduced and not template.name.startswith(FOR_THE_INTRODUCED):
        return Reason.NOT_MET
    known = list(_routes(person))
    if not known:
        return Reason.NO_ADDRESS
    safe = [each for each in known if person.told.allows(each.way, only_named=person.guarded)]
    if person.guarded:
        safe = [each for each in safe if not each.shared or each.way is Way.LETTER]
    if not safe:
        return Reason.NO_SAFE_WAY
    private = [each for each in safe if not each.shared]
    if private and not person.guarded:
        return Choice(private[0], plain=False)
    if template.for_any_eyes and not person.guarded:
        return Choice(safe[0], plain=False)
    if template.plain_instead:
        return Choice((private or safe)[0], plain=True)
    return Reason.WORDS_NOT_SAFE


def by_post(person: Recipient, today: date) -> Route | Reason:
    """Whether a letter with its own words may go by post. Where others live, only if they named letters themselves."""
    refused = _not_to_them(person, today)
    if refused is not None:
        return refused
    found = next((each for each in _routes(person) if each.way is Way.LETTER), None)
    if found is None:
        return Reason.NO_ADDRESS
    if not person.told.allows(Way.LETTER, only_named=person.guarded):
        return Reason.NO_SAFE_WAY
    if found.shared and (person.guarded or not person.told.allows(Way.LETTER, only_named=True)):
        return Reason.WORDS_NOT_SAFE
    return found


def in_private(person: Recipient, today: date) -> Route | Reason:
    """A way that nobody else of the household uses, by text message or e-mail; the quickest of those."""
    refused = _not_to_them(person, today)
    if refused is not None:
        return refused
    known = [each for each in _routes(person) if each.way is not Way.LETTER]
    safe = (each for each in known if not each.shared and person.told.allows(each.way, only_named=person.guarded))
    return next(safe, Reason.NO_SAFE_WAY if known else Reason.NO_ADDRESS)


def _not_to_them(person: Recipient, today: date) -> Reason | None:
    if _is_child(person.born, today):
        return Reason.CHILD
    return Reason.NOT_MET if person.introduced else None


def too_late(useless_after: datetime | None, now: datetime) -> bool:
    """Whether it is of no use any more."""
    return useless_after is not None and now >= useless_after


def _routes(person: Recipient) -> Iterator[Route]:
    """Every way there is, the quickest first. One marked unsafe is none."""
    usable = [each for each in person.contacts if each.get("safe", True)]
    for way, kind in ((Way.SMS, "phone"), (Way.EMAIL, "email")):
        for each in usable:
            value = str(each["value"])
            if each["kind"] == kind and (way is Way.EMAIL or _takes_texts(value)):
                yield Route(way, (value,), value in person.others_use)
    lines = _letter(person)
    if lines:
        yield Route(Way.LETTER, lines, person.lives_with_others)


def _takes_texts(number: str) -> bool:
    # British ones by their beginning (070 is personal numbering, 076 pagers): the library knows no number in the
    # ranges kept for drama, which test and demo people have.
    if number.startswith("+44"):
        return number.startswith("+447") and not number.startswith(("+4470", "+4476"))
    try:
        return phonenumbers.number_type(phonenumbers.parse(number)) in _MOBILE
    except phonenumbers.NumberParseException:
        return False


def _letter(person: Recipient) -> tuple[str, ...]:
    here = next((each for each in person.addresses if not each.get("until")), None)
    if here is None or not here.get("lines") or not here.get("postcode") or not person.names:
        return ()
    name = " ".join(filter(None, (person.names[0].get("given"), person.names[0].get("family"))))
    return (name, *here["lines"][: LONGEST_LETTER - 2], here["postcode"])


def _is_child(born: str | None, today: date) -> bool:
    """Whether they may be under 16, as far as the date of birth is known; unknown is no child."""
    if not born:
        return False
    parts = [int(each) for each in born.split("-")]
    latest = (*parts, *(12, 31)[len(parts) - 1 :])
    return (today.year - latest[0] - ((today.month, today.day) < latest[1:])) < ADULT_TO_WRITE_TO
