"""Who may speak about a person, and how a caller shows it. Pure, but for the slow digest of a word.

A caller gives a chosen word. A check that fails says the same whatever failed: a person nobody knows, nobody who speaks
for them, a wrong word, a time that is over, another matter. So it confirms nothing.
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from kit.contracts.codes import NeedDomain
from kit.errors import invalid

TRIES: Final = 5
TRIES_WITHIN: Final = timedelta(hours=1)
"""After so many failures about one person nothing is confirmed by phone for a while: come in, or we ring back."""
_COST: Final = {"n": 2**13, "r": 8, "p": 1, "dklen": 32}


class Capacity(StrEnum):
    """In what capacity they speak."""

    THEMSELF = "themself"
    ADVOCATE = "advocate"
    APPOINTEE = "appointee"
    ATTORNEY = "attorney"
    DEPUTY = "deputy"
    PARENT = "parent"
    COUNCILLOR = "councillor"
    FAMILY = "family"
    FRIEND = "friend"
    OTHER = "other"


class Proof(StrEnum):
    """What we saw."""

    DWP_APPOINTEE_LETTER = "dwp_appointee_letter"
    LASTING_POWER_REGISTERED = "lasting_power_registered"
    COURT_ORDER = "court_order"
    ADVOCACY_INSTRUCTION = "advocacy_instruction"
    SIGNED_CONSENT = "signed_consent"
    SPOKEN_CONSENT = "spoken_consent"
    PARENTAL_RESPONSIBILITY = "parental_responsibility"
    CONSTITUENT_REQUEST = "constituent_request"


# What each capacity rests on: Social Security (Claims and Payments) Regulations 1987 reg 33; Mental Capacity Act 2005
# ss9-10 and 16; Care Act 2014 ss67-68; Children Act 1989 s3; Data Protection Act 2018 Sch 1 para 23.
_CONSENT: Final = frozenset({Proof.SIGNED_CONSENT, Proof.SPOKEN_CONSENT})
NEEDS: Final = {
    Capacity.THEMSELF: frozenset[Proof](),
    Capacity.APPOINTEE: frozenset({Proof.DWP_APPOINTEE_LETTER}),
    Capacity.ATTORNEY: frozenset({Proof.LASTING_POWER_REGISTERED}),
    Capacity.DEPUTY: frozenset({Proof.COURT_ORDER}),
    Capacity.ADVOCATE: frozenset({Proof.ADVOCACY_INSTRUCTION}) | _CONSENT,
    Capacity.PARENT: frozenset({Proof.PARENTAL_RESPONSIBILITY}),
    Capacity.COUNCILLOR: frozenset({Proof.CONSTITUENT_REQUEST}) | _CONSENT,
    Capacity.FAMILY: _CONSENT,
    Capacity.FRIEND: _CONSENT,
    Capacity.OTHER: _CONSENT,
}
ENDS_BY_ITSELF: Final = frozenset(capacity for capacity, proofs in NEEDS.items() if proofs & _CONSENT)
LONGEST: Final = timedelta(days=365)
KNOWN_AT_HOME: Final = frozenset(
    {Capacity.THEMSELF, Capacity.PARENT, Capacity.FAMILY, Capacity.FRIEND, Capacity.COUNCILLOR, Capacity.OTHER}
)
"""What somebody who lived with them may know or be: a word, a parent, a friend."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who may speak, as the rules see them. An empty scope is everything."""

    capacity: Capacity
    scope: frozenset[NeedDomain]
    proof: Proof | None
    expires_on: date | None
    standing: bool = True


def check_new(capacity: Capacity, proof: Proof | None, expires_on: date | None, today: date) -> None:
    """Proof must fit the capacity; what rests on consent ends within a year. Without proof: noted, never in force."""
    if proof is not None and proof not in NEEDS[capacity]:
        raise invalid("/proof", f"{_words(capacity)} needs {_any_of(NEEDS[capacity])}.", "proof-fits")
    if capacity in ENDS_BY_ITSELF and (expires_on is None or expires_on > today + LONGEST):
        raise invalid("/expires_on", "Say until when, at most a year: then they are asked again.", "expiry")
    if expires_on is not None and expires_on < today:
        raise invalid("/expires_on", "This day has gone by.", "expiry")


def in_force(speaker: Speaker, today: date) -> bool:
    """Whether they may speak today: standing, proved where proof is needed, not expired (the last day counts)."""
    proved = not NEEDS[speaker.capacity] or speaker.proof is not None
    return speaker.standing and proved and (speaker.expires_on is None or today <= speaker.expires_on)


def may_speak(speaker: Speaker, about: NeedDomain | None, today: date) -> bool:
    """In force, and for this matter; None: nothing but who they are."""
    return in_force(speaker, today) and (about is None or not speaker.scope or about in speaker.scope)


def digest(word: str, salt: bytes) -> bytes:
    """Slow on purpose (RFC 7914): a word is short. As said, not as typed: case and spaces do not count."""
    said = " ".join(unicodedata.normalize("NFKC", word).casefold().split())
    return hashlib.scrypt(said.encode(), salt=salt, **_COST)


def which(word: str, marks: Iterable[tuple[bytes, bytes]], at_least: int = 2) -> list[bool]:
    """For each (salt, digest) whether it is this word's. Works as long for nobody as for somebody."""
    found = [hmac.compare_digest(digest(word, salt), mark) for salt, mark in marks]
    for _ in range(at_least - len(found)):
        digest(word, bytes(16))
    return found


def _words(capacity: Capacity) -> str:
    return capacity.replace("_", " ").capitalize()


def _any_of(proofs: Iterable[Proof]) -> str:
    return " or ".join(each.replace("_", " ") for each in sorted(proofs)) or "no proof"
