"""What a paper is made of: its title, who printed it and when, and blocks of words. Pure: nothing here draws anything.

Words are data from end to end. `paper.typ` shows them and reads none of them as markup.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from kit.clock import LONDON

AUTHOR: Final = "New Start"
PERSONAL: Final = "Personal: keep it locked away, and shred it when it is done with"
_KEPT_CONTROLS: Final = "\n\t"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who prints, and when. `by` is what they sign with; `worker` is who the platform knows them to be."""

    by: str
    worker: str
    at: datetime

    @property
    def words(self) -> str:
        """As it stands on each page."""
        known = f" ({self.worker})" if self.worker else ""
        return f"Printed by {clean(self.by)}{known}, {moment(self.at)}"


@dataclass(slots=True)
class Sheet:
    """One paper as it is being put together, block by block."""

    title: str
    stamp: Stamp
    reference: str = ""
    marking: str = PERSONAL
    lang: str = "en"
    large: bool = False
    said: bool = True
    """Whether who printed it is said in the text too: a page's head is not read out by a screen reader."""
    blocks: list[dict[str, Any]] = field(default_factory=list)

    def heading(self, text: str, level: int = 1) -> None:
        """A heading; levels are never skipped (PDF/UA-1, ISO 14289-1 section 7.4)."""
        self._add("heading", text=clean(text) or "No heading", level=level)

    def text(self, text: str) -> None:
        """Somebody's words; an empty line begins a new paragraph."""
        for part in clean(text).split("\n\n"):
            if part.strip():
                self._add("text", text=part.strip())

    def facts(self, rows: Iterable[tuple[str, str | None]]) -> None:
        """What is known, line by line; what is not known is left out."""
        said = [[clean(name), clean(value)] for name, value in rows if value]
        if said:
            self._add("facts", rows=said)

    def points(self, items: Iterable[str]) -> None:
        """A list."""
        said = [clean(each) for each in items]
        if said:
            self._add("points", items=said)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str | None]], widths: Sequence[int] = ()) -> None:
        """A table whose head is repeated on each page; `widths` are shares. No row, no table."""
        said = [[clean(each or "") for each in row] for row in rows]
        if any(len(row) != len(columns) for row in said):
            raise ValueError(f"a row of {columns} is not as long as its head")
        if said:
            self._add("table", columns=list(columns), rows=said, widths=list(widths or [1] * len(columns)))

    def address(self, lines: Iterable[str]) -> None:
        """The lines a window envelope shows."""
        self._add("address", text="\n".join(clean(each) for each in lines))

    def form(self, columns: tuple[str, str], fields: Iterable[tuple[str, float]]) -> None:
        """A form to be filled in by hand: what is asked, and how many lines of room there are."""
        self._add("form", columns=list(columns), fields=[{"label": clean(each), "room": room} for each, room in fields])

    def new_page(self) -> None:
        """What follows begins on a page of its own."""
        self._add("page")

    def data(self) -> dict[str, Any]:
        """All of it, for `paper.typ`."""
        at = self.stamp.at.astimezone(LONDON)
        return {
            "title": clean(self.title) or "Paper",
            "author": AUTHOR,
            "made": {"year": at.year, "month": at.month, "day": at.day},
            "printed": self.stamp.words,
            "said": self.said,
            "reference": clean(self.reference),
            "marking": self.marking,
            "lang": self.lang,
            "large": self.large,
            "blocks": self.blocks,
        }

    def _add(self, kind: str, **what: Any) -> None:
        self.blocks.append({"kind": kind, **what})


def clean(text: str) -> str:
    """Without characters that draw nothing or turn what follows round (controls, bidirectional overrides)."""
    return "".join(
        each
        for each in text.replace("\r\n", "\n").replace("\r", "\n")
        if each in _KEPT_CONTROLS or (unicodedata.category(each) not in ("Cc", "Cs", "Co", "Cn") and not _turns(each))
    )


def _turns(each: str) -> bool:
    # Unicode 15 UAX 9: embeddings, overrides and isolates. With them a line can be made to read as another.
    return "\u202a" <= each <= "\u202e" or "\u2066" <= each <= "\u2069"


def day(value: date) -> str:
    """4 December 2026."""
    return f"{value.day} {value:%B %Y}"


def moment(value: datetime) -> str:
    """4 December 2026 at 16:40, London."""
    at = value.astimezone(LONDON)
    return f"{day(at)} at {at:%H:%M}"
