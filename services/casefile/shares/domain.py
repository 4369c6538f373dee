"""The rules of shares: which words may open a page, how long, what can be done with one. Pure."""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from kit.chosen_word import normal
from kit.errors import Conflict, FieldError, Invalid

SHORTEST_WORD: Final = 5
LONGEST_WORD: Final = 64
MOST_DAYS: Final = 14
_TOO_COMMON: Final = frozenset(
    "password passwort letmein welcome welcome1 qwerty qwertz qwertyuiop asdfgh asdfghjkl zxcvbn iloveyou secret "
    "newstart council housing abcde abcdef abcdefgh hello helloworld love mummy daddy family friend england london "
    "football arsenal chelsea christmas summer winter sunday monday tuesday wednesday thursday friday saturday "
    "january february april august september october november december address postcode birthday telephone".split()
)
# What somebody who lives with them knows, or can find out, opens nothing.
_WORDS: Final = {
    "date-of-birth": "Not a date, nor anything of a date of birth: others know it.",
    "postcode": "Not a postcode, nor anything of an address: others know it.",
    "phone": "Not a phone number: others know it.",
    "number": "Not a number that stands on their papers: others know it.",
    "name": "Not a name of theirs or of somebody they live with.",
}
_POSTCODE: Final = re.compile(r"[a-z]{1,2}[0-9][a-z0-9]?[0-9][a-z]{2}")
_MONTHS: Final = frozenset(
    name
    for month in range(1, 13)
    for full in [date(2000, month, 1).strftime("%B").casefold()]
    for name in (full, full[:3])
)


class Shows(StrEnum):
    """What a page may show."""

    PLAN = "plan"
    LOOKED = "looked"


class Standing(StrEnum):
    """Where a share stands."""

    READY = "ready"
    OPENED = "opened"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


def standing(*, opened: bool, withdrawn: bool, until: datetime, now: datetime) -> Standing:
    """Where it stands now; both times are business time."""
    if withdrawn:
        return Standing.WITHDRAWN
    if opened:
        return Standing.OPENED
    return Standing.EXPIRED if until <= now else Standing.READY


def allowed_from(state: Standing) -> list[str]:
    """What can be done with a share from here."""
    return {Standing.READY: ["address", "withdraw"], Standing.OPENED: ["withdraw"]}.get(state, [])


def check_step(state: Standing, step: str) -> None:
    """`Conflict` with what is allowed from here, when `step` is not."""
    if step not in allowed_from(state):
        raise Conflict(
            f"A share that is {state} cannot be taken through {step!r}", state=state, allowed=allowed_from(state)
        )


def check_word(
    word: str,
    *,
    births: Iterable[str],
    names: Collection[str],
    places: Collection[str],
    phones: Collection[str],
    numbers: Collection[str],
) -> None:
    """`Invalid` naming the rule, for a word that somebody near them knows or guesses.

    `births`: dates of birth, whole or in part; `names`, `places` (lines and postcodes), `phones`, `numbers` (NHS,
    National Insurance and so on) of them and of those they live with.
    """
    plain = normal(word)
    if len(plain) > LONGEST_WORD or len(plain) < SHORTEST_WORD:
        raise _refused("length", f"Between {SHORTEST_WORD} and {LONGEST_WORD} letters or digits.")
    digits = "".join(filter(str.isdigit, plain))
    if any(_of_birth(plain, each) for each in births) or _is_a_date(plain):
        raise _refused("date-of-birth")
    if _POSTCODE.fullmatch(plain) or _among(plain, places):
        raise _refused("postcode")
    if len(digits) >= 6 and any(_tail(digits) == _tail(_digits(each)) for each in phones):
        raise _refused("phone")
    if _among(plain, numbers):
        raise _refused("number")
    if plain.isdigit():
        # Whosever it may be, a row of digits is a phone, a date or a number first of all.
        raise _refused("not-only-digits", "A word, not only digits: it must not be a date, a phone or a card's number.")
    if _among(plain, names):
        raise _refused("name")
    letters = "".join(filter(str.isalpha, plain))
    if letters in _TOO_COMMON or plain in _TOO_COMMON or len(set(plain)) < 3:
        raise _refused("too-easy", "Too easy to guess: two words together are hard to guess and easy to keep.")


def _refused(rule: str, detail: str | None = None) -> Invalid:
    # Never the word itself: it would stand in a log, or on a screen that somebody else can see.
    words = detail or _WORDS[rule]
    return Invalid(words, FieldError("/word", words, rule))


def _among(plain: str, known: Collection[str]) -> bool:
    """Whether the word is made of something known, whatever stands around it."""
    parts = {normal(part) for each in known for part in (each, each.lstrip("0123456789 "), *each.split())}
    return any(_made_of(plain, part) for part in parts if len(part) >= 3)


def _made_of(plain: str, part: str) -> bool:
    if plain == part:
        return True
    # Amina1997 is Amina; "aminal" is not.
    left = plain.replace(part, "", 1)
    return part in plain and (left.isdigit() or len(left) < 3) and len(part) >= 4


def _of_birth(plain: str, born: str) -> bool:
    """Whether it is a date of birth, in whatever order and with or without the century."""
    parts = born.split("-")
    digits = "".join(filter(str.isdigit, plain))
    year = parts[0]
    if plain in (year, year[2:]):
        return True
    if len(parts) < 3:
        return bool(digits) and digits == "".join(parts)
    _, month, day = parts
    months = {month, month.lstrip("0")}
    days = {day, day.lstrip("0")}
    said = {
        "".join(order)
        for y in (year, year[2:], "")
        for m in months
        for d in days
        for order in ((d, m, y), (m, d, y), (y, m, d))
    }
    if any(each in digits for each in said if len(each) >= 6):
        return True
    if digits in said and len(digits) >= 3 and len(plain) - len(digits) < 3:
        return True
    name = date(2000, int(month), 1).strftime("%B").casefold()
    worded = {f"{d}{m}{y}" for d in days for m in (name, name[:3]) for y in (year, year[2:], "")}
    worded |= {f"{m}{d}{y}" for d in days for m in (name, name[:3]) for y in (year, year[2:], "")}
    return plain in worded or plain in {f"{m}{y}" for m in (name, name[:3]) for y in (year, year[2:])}


def _is_a_date(plain: str) -> bool:
    """Whether it is any whole date: of a child, a wedding or a death somebody near them knows."""
    if plain.isdigit() and len(plain) in (6, 8):
        orders: Sequence[tuple[int, int, int]] = (
            ((4, 2, 2), (0, 2, 2), (2, 2, 4)) if len(plain) == 8 else ((0, 2, 2), (2, 2, 2), (0, 2, 4))
        )
        return any(_fits(plain, order) for order in orders)
    bare = "".join(filter(str.isalpha, plain))
    return bare in _MONTHS and bool(re.fullmatch(r"[0-9]{0,2}(st|nd|rd|th)?[a-z]+[0-9]{1,6}", plain))


def _fits(plain: str, order: tuple[int, int, int]) -> bool:
    first, second = int(plain[order[0] : order[0] + 2]), int(plain[order[1] : order[1] + 2])
    return (1 <= first <= 31 and 1 <= second <= 12) or (1 <= first <= 12 and 1 <= second <= 31)


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _tail(digits: str) -> str:
    """The number without what stands before it in one spelling and not in another."""
    return digits[-9:]
