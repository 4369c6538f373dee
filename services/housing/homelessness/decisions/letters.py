"""The words of a decision's letter: what was decided and when, the reasons, and what they may do about it. Pure.

No name stands in them: who prints the letter puts the reader's on it.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from services.housing.homelessness.law.clocks import LAW
from services.housing.homelessness.law.machine import MACHINE, Transition

_PLACE: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
FIELDS: Final = frozenset(
    {"reasons", "effect_on", "last_day", "prospect_months", "to_authority", "duty_words", "warning_until"}
)
_MONTHS: Final = "January February March April May June July August September October November December".split()


@dataclass(frozen=True, slots=True)
class Told:
    """What fills a letter."""

    made_on: date
    reasons: str
    effect_on: date | None = None
    last_day: date | None = None
    prospect_months: int | None = None
    to_authority: str | None = None
    duty_words: str | None = None
    warning_until: date | None = None
    notified_on: date | None = None
    review_until: date | None = None


def read(text: str) -> Mapping[str, Sequence[str]]:
    """Letters from TOML; ValueError for a place that nothing fills."""
    found = {code: tuple(table["words"]) for code, table in tomllib.loads(text).items()}
    for code, paragraphs in found.items():
        if unknown := {name for each in paragraphs for name in _PLACE.findall(each)} - FIELDS:
            raise ValueError(f"{code}: nothing fills {sorted(unknown)}")
    return MappingProxyType(found)


LETTERS: Final = read(
    files("services.housing.homelessness.decisions").joinpath("letters.toml").read_text(encoding="utf-8")
)
"""Every letter by its code."""


def day(value: date) -> str:
    """A day as people write it."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def written(transition: Transition, told: Told) -> list[str]:
    """The paragraphs. A sentence that needs what nobody knows yet is left out."""
    if transition.letter is None:
        return []
    said = {name: _said(getattr(told, name)) for name in FIELDS}
    paragraphs = [f"{transition.title} ({transition.section}). We decided this on {day(told.made_on)}."]
    for each in LETTERS[transition.letter]:
        sentences = re.split(r"(?<=[.:!?]) (?=[A-Z{])", each)
        kept = [text for text in sentences if all(said[name] for name in _PLACE.findall(text))]
        if kept:
            # Once over: an officer's own words are never taken for the name of another field.
            paragraphs.append(_PLACE.sub(lambda at: said[at[1]] or "", " ".join(kept)))
    return [*paragraphs, *_rights(transition, told)]


def _rights(transition: Transition, told: Told) -> list[str]:
    if transition.review is None:
        return ["You may ask us to look at this again, and you may complain, at any time."]
    review = LAW.review(transition.review, told.made_on)
    days = LAW.clock("ask_for_review", told.made_on).days
    until = f", that is by {day(told.review_until)}" if told.review_until is not None else ""
    return [
        f"If you think this is wrong you have a right to a review ({review.section}). Ask for it within {days} days"
        f" beginning with the day you were told{until}, in any way you like; in good time or late, say why.",
        f"Another officer, senior and not involved before, decides the review within {review.weeks} weeks. You may send"
        " whatever you want them to know, and somebody may do it for you. Accepting an offer takes no right of review"
        " away. You can have free advice from Shelter, Citizens Advice or a solicitor with legal aid.",
    ]


def _said(value: object) -> str:
    if isinstance(value, date):
        return day(value)
    return "" if value is None else str(value)


def missing_letters() -> set[str]:
    """Letters that a transition names and nobody wrote."""
    return {each.letter for each in MACHINE.transitions.values() if each.letter is not None} - set(LETTERS)
