"""The rules of separation: whom it bars, and what it takes to lift one. Pure, but for the slow digest of a word.

The point is Domestic Abuse Act 2021 s57 and the practice around it: whoever flees is found through the people who work
with the other one, through the children, through a shared file. So the bar is drawn around the separated person: who
works with them, whoever they are, is told of the protected person what a stranger would be told.
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from kit.errors import Conflict, invalid

DEALT_FOR: Final = timedelta(days=28)
"""How long somebody who dealt with the separated person counts as theirs: as long as they may look inside the file."""
HEARD_WITHIN: Final = timedelta(days=28)
"""What the protected person said is not older than this when a separation is lifted."""
_COST: Final = {"n": 2**13, "r": 8, "p": 1, "dklen": 32}


class Because(StrEnum):
    """Why a name is barred."""

    NAMED = "named"
    CASE = "case"
    DEALT_WITH = "dealt_with"
    REFERRAL = "referral"
    SIGN_IN = "sign_in"


_STRENGTH: Final = (Because.DEALT_WITH, Because.REFERRAL, Because.CASE, Because.SIGN_IN, Because.NAMED)


class How(StrEnum):
    """How the protected person was heard."""

    FACE_TO_FACE = "face_to_face"
    SAFE_CALL = "safe_call"


@dataclass(frozen=True, slots=True)
class Tie:
    """What a worker or an organisation has to do with one of the two; `until` None: as long as the separation."""

    name: str
    because: Because
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ties:
    """Everybody who has to do with the two of them. `both`: who holds the case of a home that both belong to."""

    theirs: Collection[Tie]
    """With the separated person."""
    hers: Collection[Tie]
    """With the protected person."""
    both: frozenset[str] = frozenset()


def bars(ties: Ties, *, separated_by: str, trusted: Collection[str]) -> Mapping[str, Tie]:
    """Who is barred, by name: all who have to do with the separated person, but

    - whoever is named as trusted;
    - whoever separates them, unless they have to do with the separated person alone;
    - whoever holds the protected person's own case, when they only happened to deal with the other one.

    Who holds the case of a home they share holds the separated person's too: barred, until somebody trusts them.
    """
    of_hers = {tie.name for tie in ties.hers}
    her_case = {tie.name for tie in ties.hers if tie.because is Because.CASE} - ties.both
    found: dict[str, Tie] = {}
    for tie in ties.theirs:
        if tie.because is not Because.NAMED:
            if tie.name in trusted or (tie.name == separated_by and tie.name in of_hers):
                continue
            if tie.because in (Because.DEALT_WITH, Because.REFERRAL) and tie.name in her_case:
                continue
        found[tie.name] = _stronger(found.get(tie.name), tie)
    return found


def _stronger(one: Tie | None, other: Tie) -> Tie:
    if one is None:
        return other
    ends = None if one.until is None or other.until is None else max(one.until, other.until)
    return Tie(one.name, max(one.because, other.because, key=_STRENGTH.index), ends)


def check_names(keep_from: Collection[str], trusted: Collection[str]) -> None:
    """Nobody is both."""
    if set(keep_from) & set(trusted):
        raise invalid("/trusted", "Somebody cannot be trusted and kept away at once.", "one-of-two")


def check_standing(state: str) -> None:
    """Only what stands is changed or lifted."""
    if state != "standing":
        raise Conflict("This separation has been lifted: separate them anew", state=state, allowed=[])


def check_heard(heard_on: date, alone: bool, today: date) -> None:
    """What the protected person says counts when nobody else was there, and lately."""
    if not alone:
        raise invalid("/alone", "Speak to them alone: what is said with others there does not count.", "alone")
    if heard_on > today:
        raise invalid("/heard_on", "This is recorded once they were heard.", "not-in-the-future")
    if heard_on < today - HEARD_WITHIN:
        raise invalid("/heard_on", f"That was more than {HEARD_WITHIN.days} days ago: hear them again.", "lately")


def check_second(asked_by: str | None, heard_on: date | None, by: str, today: date) -> None:
    """Two people lift a separation: the second is not the first, and what was heard is still fresh."""
    if asked_by is None or heard_on is None:
        raise Conflict(
            "Nobody has asked for this to be lifted: hear the protected person first", state="standing",
            allowed=["ask_to_lift"],
        )  # fmt: skip
    if asked_by == by:
        raise Conflict("A second person lifts it: you asked for it yourself", state="standing", allowed=["withdraw"])
    if heard_on < today - HEARD_WITHIN:
        raise Conflict("What they said is too old: hear them again", state="standing", allowed=["ask_to_lift"])


def digest(word: str, salt: bytes) -> bytes:
    """Slow on purpose (RFC 7914): a word is short. As said, not as typed: case and spaces do not count."""
    said = " ".join(unicodedata.normalize("NFKC", word).casefold().split())
    return hashlib.scrypt(said.encode(), salt=salt, **_COST)


def is_the_word(word: str, salt: bytes, mark: bytes) -> bool:
    """Whether this is the word they chose."""
    return hmac.compare_digest(digest(word, salt), mark)


def names_in(bars_: Iterable[Tie], now: datetime) -> list[str]:
    """The names barred at this moment."""
    return sorted({each.name for each in bars_ if each.until is None or each.until > now})
