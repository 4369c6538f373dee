"""The rules of letters: which templates there are, what each needs, how its words come together. Pure."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from kit.errors import Conflict, FieldError, Invalid

LONGEST_FIELD: Final = 120
LONGEST_WORDS: Final = 8_000
_PLACE: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_OWN: Final = "own_words"


class How(StrEnum):
    """How a letter reaches its reader."""

    POST = "post"
    BY_HAND = "by_hand"


class State(StrEnum):
    """Where a letter stands."""

    WRITTEN = "written"
    SENT = "sent"
    WITHDRAWN = "withdrawn"


_ALLOWED: Final[Mapping[State, Sequence[str]]] = MappingProxyType(
    {State.WRITTEN: ("print", "send", "withdraw"), State.SENT: ("print",), State.WITHDRAWN: ()}
)


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of letter."""

    code: str
    title: str
    paragraphs: tuple[str, ...]
    fields: Mapping[str, str]

    def written(self, given: Mapping[str, str], own_words: str) -> list[str]:
        """Its paragraphs with what was given; `Invalid` naming every field at fault."""
        faults = [
            FieldError(f"/fields/{name}", f"{self.code} has no such field.", "known-field")
            for name in sorted(set(given) - set(self.fields))
        ]
        said = {}
        for name, kind in self.fields.items():
            try:
                said[name] = _said(kind, given.get(name, ""))
            except ValueError as error:
                faults.append(FieldError(f"/fields/{name}", str(error), f"a-{kind}"))
        if len(own_words) > LONGEST_WORDS:
            faults.append(FieldError("/own_words", f"At most {LONGEST_WORDS} characters.", "short-enough"))
        if faults:
            raise Invalid("The letter is not whole yet", *faults)
        paragraphs: list[str] = []
        for each in self.paragraphs:
            if each == f"{{{_OWN}}}":
                paragraphs += [part.strip() for part in own_words.split("\n\n") if part.strip()]
            else:
                # Once over: what somebody typed into one field is never taken for the name of another.
                paragraphs.append(_PLACE.sub(lambda at: said[at[1]], each))
        return paragraphs


def _said(kind: str, value: str) -> str:
    value = " ".join(value.split())
    if not value:
        raise ValueError("It is missing.")
    if len(value) > LONGEST_FIELD:
        raise ValueError(f"At most {LONGEST_FIELD} characters.")
    match kind:
        case "date":
            try:
                day = date.fromisoformat(value)
            except ValueError:
                raise ValueError("A date like 2026-12-04.") from None
            return f"{day:%A} {day.day} {day:%B %Y}"
        case "amount":
            if not re.fullmatch(r"[0-9]{1,9}\.[0-9]{2}", value):
                raise ValueError("An amount like 169.50.")
            return f"£{int(value[:-3]):,}{value[-3:]}"
        case "phone":
            if not re.fullmatch(r"\+?[0-9][0-9 ]{5,18}", value):
                raise ValueError("A phone number in digits.")
            return value
        case _:
            return value


def read(text: str) -> Mapping[str, Template]:
    """Templates from TOML; ValueError for one whose words and fields disagree."""
    found = {}
    for code, table in tomllib.loads(text).items():
        fields = dict(table.get("fields", {}))
        paragraphs = tuple(table["paragraphs"])
        places = {name for each in paragraphs for name in _PLACE.findall(each)} - {_OWN}
        if places != set(fields):
            raise ValueError(f"{code}: its words have {sorted(places)}, its fields are {sorted(fields)}")
        found[code] = Template(code, table["title"], paragraphs, MappingProxyType(fields))
    return MappingProxyType(found)


TEMPLATES: Final[Mapping[str, Template]] = read(
    files("services.casefile.papers.letters").joinpath("templates.toml").read_text(encoding="utf-8")
)
"""Every letter by its code."""


def template(code: str) -> Template:
    """The template, or `Invalid` naming those there are."""
    found = TEMPLATES.get(code)
    if found is None:
        known = ", ".join(sorted(TEMPLATES))
        raise Invalid(f"One of {known}.", FieldError("/template", f"One of {known}.", "known-template"))
    return found


def allowed_from(state: State) -> list[str]:
    """What can be done with a letter from here."""
    return list(_ALLOWED[state])


def check_step(state: State, step: str) -> None:
    """`Conflict` with what is allowed from here, when `step` is not."""
    if step not in _ALLOWED[state]:
        raise Conflict(
            f"A letter that is {state} cannot be taken through {step!r}", state=state, allowed=allowed_from(state)
        )
