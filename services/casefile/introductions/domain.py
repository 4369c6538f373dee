"""The rules of introductions: when the register certainly has someone, what an objection is remembered by. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from services.casefile.people.domain import Details
from services.casefile.people.names import tokens_of

KEPT_DAYS: Final = 90
"""How long we keep someone nobody met (ownership rule 6)."""


def expires_on(introduced_on: date) -> date:
    """The day they are erased on, at its beginning."""
    return introduced_on + timedelta(days=KEPT_DAYS)


def certainly(told: Details, known: Details) -> bool:
    """Whether the two are certainly one person: then the register has them, and nobody need be introduced.

    Same name, same whole date of birth, and one thing more that both have: the address, a phone, an e-mail address.
    Without a date of birth a father and his son of one name look alike: then the very property and a phone or an
    e-mail address must agree. In doubt they are introduced, which is undone more easily than a wrong link: the one
    is forgotten in 90 days, the other shows somebody's arrears on the record of whom they live with.
    """
    if not set(_named(told)) & set(_named(known)):
        return False
    reached = bool(_reached(told) & _reached(known))
    if told.date_of_birth and known.date_of_birth:
        same_day = born_known(told) and told.date_of_birth == known.date_of_birth
        return same_day and (reached or bool(_homes(told) & _homes(known)))
    return reached and bool(_properties(told) & _properties(known))


@dataclass(frozen=True, slots=True)
class Mark:
    """One text by which a person would be known again. `by_birth`: it holds a date of birth."""

    text: str
    by_birth: bool = False


def marks_of(found: Details) -> list[Mark]:
    """All texts by which this person would be known again: a name, and one thing more."""
    marks = []
    for name in _named(found):
        if born_known(found):
            marks.append(Mark(f"born|{name}|{found.date_of_birth}", by_birth=True))
        further = sorted(_homes(found) | _reached(found))
        marks += [Mark(f"{each}|{name}") for each in further]
    return marks


def is_remembered(by_birth: bool, theirs_known: bool, told: Details) -> bool:
    """Whether a mark that was met again means the same person: of father and son the date of birth tells."""
    return by_birth or not (theirs_known and born_known(told))


def born_known(found: Details) -> bool:
    """Whether we have their whole date of birth."""
    return found.date_of_birth is not None and bool(found.date_of_birth.full)


def _named(found: Details) -> Iterator[str]:
    """First given name and family name, folded: a middle name may be missing on either side."""
    for name in found.names:
        tokens = tokens_of(name.searched)
        if tokens.given and tokens.family:
            yield " ".join((tokens.given[0], *tokens.family))


def _properties(found: Details) -> set[str]:
    return {f"uprn|{each.uprn}" for each in found.addresses if each.uprn and each.until is None}


def _homes(found: Details) -> set[str]:
    postcodes = {f"postcode|{each.postcode}" for each in found.addresses if each.postcode and each.until is None}
    return _properties(found) | postcodes


def _reached(found: Details) -> set[str]:
    return {f"{each.kind}|{each.value.casefold()}" for each in found.contacts}
