"""What somebody filled in: read gently, given back as it was typed, and its mistakes said beside the field."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from starlette.datastructures import FormData, UploadFile

from staff.client import Refused

OWN = frozenset({"csrf", "key", "version", "seen"})
"""Fields that the mould adds to a form."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One mistake: the field it stands beside (empty: the form as a whole), and what to do about it."""

    name: str
    text: str


class Form:
    """A form as it was sent, with the mistakes found in it. `Form()` is an empty one, for the first look at a page."""

    def __init__(self, data: FormData | None = None, start: Mapping[str, str | list[str]] | None = None) -> None:
        self._data = data or FormData()
        self._start = dict(start or {})
        self.errors: list[FieldError] = []

    @property
    def sent(self) -> bool:
        """Whether it was filled in and sent."""
        return bool(self._data)

    @property
    def key(self) -> str:
        """The Idempotency-Key of this form: made with the page, so that sending it twice does it once."""
        return self.text("key") or str(uuid4())

    @property
    def version(self) -> str | None:
        """The ETag that the page was made from, for If-Match."""
        return self.text("version") or None

    def text(self, name: str) -> str:
        """One answer without the blanks around it; empty when there is none."""
        found = self._data.get(name) if self.sent else self._start.get(name)
        return found.strip().replace("\r\n", "\n") if isinstance(found, str) else ""

    def raw(self, name: str) -> str:
        """One answer as it was typed, blanks and all: for long texts, which come back word for word."""
        found = self._data.get(name) if self.sent else self._start.get(name)
        return found.replace("\r\n", "\n") if isinstance(found, str) else ""

    def many(self, name: str) -> list[str]:
        """All boxes ticked."""
        if not self.sent:
            found = self._start.get(name, [])
            return [found] if isinstance(found, str) else list(found)
        return [each for each in self._data.getlist(name) if isinstance(each, str)]

    def has(self, name: str) -> bool:
        """Whether a box was ticked or a button pressed."""
        return name in self._data if self.sent else bool(self._start.get(name))

    def upload(self, name: str) -> UploadFile | None:
        """A file, when one was chosen."""
        found = self._data.get(name)
        return found if isinstance(found, UploadFile) and found.filename else None

    def fields(self) -> Iterator[tuple[str, str]]:
        """All that was typed, to be carried over to another page."""
        for name, value in self._data.multi_items():
            if isinstance(value, str) and name != "csrf":
                yield name, value

    def required(self, name: str, what_to_do: str) -> str:
        """An answer that must be there; `what_to_do` is the error, such as "Enter their name"."""
        found = self.text(name)
        if not found:
            self.wrong(name, what_to_do)
        return found

    def date(self, name: str, what: str, *, must: bool = False) -> date | None:
        """Three fields `name-day`, `name-month`, `name-year` as a date. `what`: "The date of birth"."""
        day, month, year = (self.text(f"{name}-{part}") for part in ("day", "month", "year"))
        if not (day or month or year):
            if must:
                self.wrong(f"{name}-day", f"Enter {what[0].lower()}{what[1:]}")
            return None
        for part, given in (("day", day), ("month", month), ("year", year)):
            if not given:
                self.wrong(f"{name}-{part}", f"{what} must include a {part}")
                return None
        try:
            return date(int(year), _month(month), int(day))
        except ValueError:
            self.wrong(f"{name}-day", f"{what} must be a real date, such as 27 3 2026")
            return None

    def pence(self, name: str, what: str) -> int | None:
        """An amount of money in pounds as pence."""
        given = self.text(name).lstrip("£").replace(",", "").replace(" ", "")
        if not given:
            return None
        if not re.fullmatch(r"\d{1,9}(\.\d{1,2})?", given):
            self.wrong(name, f"{what} must be an amount in pounds, such as 25 or 25.50")
            return None
        pounds, _, pence = given.partition(".")
        return int(pounds) * 100 + int(pence.ljust(2, "0") or 0)

    def whole(self, name: str, what: str) -> int | None:
        """A whole number."""
        given = self.text(name).replace(",", "")
        if not given:
            return None
        if not re.fullmatch(r"\d{1,9}", given):
            self.wrong(name, f"{what} must be a whole number, such as 7")
            return None
        return int(given)

    def wrong(self, name: str, text: str) -> None:
        """Notes a mistake."""
        self.errors.append(FieldError(name, text))

    def refused(self, refused: Refused, names: Mapping[str, str] | None = None) -> None:
        """Takes over what the gateway found wrong. `names`: {"/date_of_birth": "dob-day"} where ours are others.

        Whatever it names that is no field of the form, and a refusal that names nothing, is said of the whole form.
        """
        known = {name for name, _ in self._data.multi_items()}
        for each in refused.fields:
            name = (names or {}).get(each.pointer, each.name)
            self.wrong(name if name in known or name in (names or {}).values() else "", sentence(each.detail))
        if not refused.fields:
            self.wrong("", sentence(refused.detail))

    def error(self, name: str) -> str | None:
        """The first mistake of that field."""
        return next((each.text for each in self.errors if each.name == name), None)


def _month(text: str) -> int:
    names = "jan feb mar apr may jun jul aug sep oct nov dec".split()
    return names.index(text[:3].lower()) + 1 if text.isalpha() and text[:3].lower() in names else int(text)


def sentence(text: str) -> str:
    """With a capital at its start, as everything on a page."""
    return text[:1].upper() + text[1:]
