"""How people really type names and dates that they heard, half remember or copied: errors for the search to survive.

Nothing here is taken from the search; what becomes of one word is in `misspellings.py`. An error that leaves the word
as it was is tried again.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from benchmarks.invented_people import Invented
from benchmarks.misspellings import keyboard_slip, misread, respelt, short_form


@dataclass(frozen=True, slots=True)
class Typed:
    """What the officer typed: words, and a date as SearchQuery takes it ("" for none)."""

    name: str
    born: str


@dataclass(frozen=True, slots=True)
class _Draft:
    given: tuple[str, ...]
    family: tuple[str, ...]
    born: str
    swapped: bool = False


def _slipped(word: str, error: Callable[[str, random.Random], str], rng: random.Random) -> str:
    for _ in range(8):
        out = error(word, rng)
        if out != word.lower():
            return out
    return keyboard_slip(word, rng)


def _spoil_one(draft: _Draft, error: Callable[[str, random.Random], str], rng: random.Random) -> _Draft:
    """The error falls on the first given name or on the family name, alike often."""
    if rng.random() < 0.5:
        return replace(draft, given=(_slipped(draft.given[0], error, rng), *draft.given[1:]))
    i = rng.randrange(len(draft.family))
    family = list(draft.family)
    family[i] = _slipped(family[i], error, rng)
    return replace(draft, family=tuple(family))


def _wrong_digit(born: date, rng: random.Random) -> str:
    """One digit of the date is another, and it is still a date."""
    text = born.isoformat()
    while True:
        i = rng.choice([i for i, c in enumerate(text) if c != "-"])
        changed = text[:i] + rng.choice("0123456789") + text[i + 1 :]
        if changed == text:
            continue
        try:
            if 1900 <= date.fromisoformat(changed).year <= 2026:
                return changed
        except ValueError:
            continue


def _exchanged(born: date, rng: random.Random) -> str | None:
    if born.day > 12 or born.day == born.month:
        return None
    return f"{born.year}-{born.day:02d}-{born.month:02d}"


def _draft(person: Invented, rng: random.Random) -> _Draft:
    """What most people type: first and family name; one in four types all given names."""
    given = person.given if rng.random() < 0.25 else person.given[:1]
    family = person.family
    if person.former_family and rng.random() < 0.3:
        family = person.former_family
    return _Draft(given, (family,), person.born.isoformat())


def _middle(person: Invented, draft: _Draft, rng: random.Random) -> _Draft | None:
    """The middle name is the one they are called by, or it is left out of a full name with a slip elsewhere."""
    if len(person.given) < 2:
        return None
    if rng.random() < 0.3:
        return replace(draft, given=person.given[1:2])
    return _spoil_one(replace(draft, given=person.given[:1]), keyboard_slip, rng)


def _joined(person: Invented, draft: _Draft, rng: random.Random) -> _Draft | None:
    """Two words written as one, one of a double name left out, a hyphen become a space."""
    if "-" in draft.family[0]:
        first, second = draft.family[0].split("-")
        return replace(draft, family=rng.choice(((first,), (second,), (first + second,), (first, second))))
    if len(person.given) > 1:
        return replace(draft, given=("".join(person.given[:2]),))
    return None


def _nickname(draft: _Draft, rng: random.Random) -> _Draft | None:
    form = short_form(draft.given[0], rng)
    return replace(draft, given=(form,)) if form else None


KINDS: dict[str, str] = {
    "typing slip": "one slip of the keys in one name, whole date",
    "two slips": "a slip in given and in family name, whole date",
    "misread": "a letter taken for another of its shape, whole date",
    "spelling": "spelt by ear or across alphabets, whole date",
    "nickname": "short form for given name, whole date",
    "swapped names": "family name first, and a slip, whole date",
    "middle names": "middle name left out and a slip, or used as first name, whole date",
    "double names": "hyphenated or two given names joined, halved or split, whole date",
    "slip + day and month exchanged": "typing slip; day for month",
    "slip + wrong digit": "typing slip; one digit of the date wrong",
    "slip + year": "typing slip; only the year of birth",
    "slip + year and month": "typing slip; only year and month of birth",
    "slip + day and month": "typing slip; birthday without the year",
    "spelling + year": "spelt by ear; only the year of birth",
    "nickname + year and month": "short form; only year and month of birth",
    "slip + spelling": "slip in one, spelt by ear in the other, whole date",
    "initial + slip": "given name only as an initial, slip in the family name, whole date",
    "two slips + wrong digit": "a slip in both names; one digit of the date wrong",
    "both spellings + year": "both names spelt by ear; only the year of birth",
    "nickname + slip + year": "short form, slip in the family name; only the year of birth",
    "swapped + spelling + day and month": "family name first, one name spelt by ear; birthday without the year",
}
"""What `spoilt` can do to a query; all count alike in the recall that is wanted."""


def spoilt(kind: str, person: Invented, rng: random.Random) -> Typed | None:
    """What someone looking for this person types, with this kind of error; None where it cannot happen to them."""
    draft: _Draft | None = _ERRORS[kind](person, _draft(person, rng), rng)
    if draft is None:
        return None
    born = draft.born
    if "wrong digit" in kind:
        born = _wrong_digit(person.born, rng)
    elif kind.endswith("+ year"):
        born = born[:4]
    elif kind.endswith("+ year and month"):
        born = born[:7]
    elif kind.endswith("+ day and month"):
        born = f"--{born[5:]}"
    words = (*draft.family, *draft.given) if draft.swapped else (*draft.given, *draft.family)
    return Typed(" ".join(words).replace("-", " " if rng.random() < 0.3 else "-").lower(), born)


_Error = Callable[[Invented, _Draft, random.Random], _Draft | None]
_Misspelling = Callable[[str, random.Random], str]


def _one(error: _Misspelling) -> _Error:
    return lambda person, draft, rng: _spoil_one(draft, error, rng)


def _both(given: _Misspelling, family: _Misspelling) -> _Error:
    def error(person: Invented, draft: _Draft, rng: random.Random) -> _Draft:
        names = (_slipped(draft.given[0], given, rng), *draft.given[1:])
        return replace(draft, given=names, family=(_slipped(draft.family[0], family, rng),))

    return error


def _swapped(misspelling: _Misspelling) -> _Error:
    return lambda person, draft, rng: replace(_spoil_one(draft, misspelling, rng), swapped=True)


def _short(person: Invented, draft: _Draft, rng: random.Random) -> _Draft | None:
    return _nickname(draft, rng)


def _short_and_slip(person: Invented, draft: _Draft, rng: random.Random) -> _Draft | None:
    short = _nickname(draft, rng)
    return replace(short, family=(_slipped(short.family[0], keyboard_slip, rng),)) if short else None


def _initial(person: Invented, draft: _Draft, rng: random.Random) -> _Draft:
    return replace(draft, given=(draft.given[0][0],), family=(_slipped(draft.family[0], keyboard_slip, rng),))


def _day_for_month(person: Invented, draft: _Draft, rng: random.Random) -> _Draft | None:
    exchanged = _exchanged(person.born, rng)
    return replace(_spoil_one(draft, keyboard_slip, rng), born=exchanged) if exchanged else None


_ERRORS: dict[str, _Error] = {
    "typing slip": _one(keyboard_slip),
    "two slips": _both(keyboard_slip, keyboard_slip),
    "misread": _one(misread),
    "spelling": _one(respelt),
    "nickname": _short,
    "swapped names": _swapped(keyboard_slip),
    "middle names": _middle,
    "double names": _joined,
    "slip + day and month exchanged": _day_for_month,
    "slip + wrong digit": _one(keyboard_slip),
    "slip + year": _one(keyboard_slip),
    "slip + year and month": _one(keyboard_slip),
    "slip + day and month": _one(keyboard_slip),
    "spelling + year": _one(respelt),
    "nickname + year and month": _short,
    "slip + spelling": _both(respelt, keyboard_slip),
    "initial + slip": _initial,
    "two slips + wrong digit": _both(keyboard_slip, keyboard_slip),
    "both spellings + year": _both(respelt, respelt),
    "nickname + slip + year": _short_and_slip,
    "swapped + spelling + day and month": _swapped(respelt),
}
