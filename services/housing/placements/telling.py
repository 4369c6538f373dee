"""The words of a notice, out of `notices.toml` and the stay: everything but the names, which are casefile's."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from services.housing.placements.domain import SECTIONS, Duty, Notice
from services.housing.placements.models import Placement, TemporaryHome
from services.housing.placements.views import NoticeWords

_UNWRITTEN: Final = "told to a named officer by telephone, for it must not be written down"


@lru_cache(maxsize=1)
def _texts() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files("services.housing.placements").joinpath("notices.toml").read_text("utf-8"))


def words_of(kind: Notice, row: Placement, home: TemporaryHome) -> NoticeWords:
    """A notice as it may be printed once the names are put in where `{applicant}` or `{child}` stands.

    Where a refuge is does not stand in a letter: it is told to a named officer by telephone.
    """
    text = _texts()[kind.value]
    values = {
        "address": "told to a named officer by telephone, for it must not be written down"
        if row.sealed
        else home.address,
        "entered": _in_words(row.entered_on),
        "others": _others(row),
        "section": SECTIONS[Duty(row.duty)],
        # What we don't know stays as it is.
        **{name: f"{{{name}}}" for name in text["needs"]},
    }
    return NoticeWords(
        kind=kind,
        title=text["title"],
        section=text["section"],
        needs=list(text["needs"]),
        words=[each.format(**values) for each in text["words"]],
    )


def _others(row: Placement) -> str:
    parts = []
    if row.children:
        parts.append("1 child" if row.children == 1 else f"{row.children} children")
    adults = max(0, len(row.person_ids) - 1 - row.children)
    if adults:
        parts.append("1 adult" if adults == 1 else f"{adults} adults")
    if row.pregnant:
        parts.append("a child who is expected")
    return " and ".join(parts) if parts else "nobody"


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
