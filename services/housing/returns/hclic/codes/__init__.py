"""The code lists of the homelessness return: data with versions. What a case says in our words becomes theirs here."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Value:
    """One category."""

    code: str
    title: str
    ours: tuple[str, ...]


@dataclass(frozen=True)
class CodeList:
    """One list: the element that carries it, whether that name is published, and its categories."""

    field: str
    title: str
    seen: bool
    values: tuple[Value, ...]

    @cached_property
    def of_ours(self) -> Mapping[str, Value]:
        """Our word to its category."""
        return {word: value for value in self.values for word in value.ours}


@dataclass(frozen=True)
class Codes:
    """Every list of one version."""

    version: str
    since: date
    source: str
    lists: Mapping[str, CodeList]
    consistent: Mapping[str, frozenset[str]]

    def of(self, field: str, ours: str | None) -> str | None:
        """The category that our word counts as in that field; None for no word, or one that counts as none."""
        if ours is None:
            return None
        value = self.lists[field].of_ours.get(ours)
        return value.code if value else None

    def title(self, field: str, code: str) -> str:
        """What the published tables call it."""
        return next(each.title for each in self.lists[field].values if each.code == code)


def read(text: str) -> Codes:
    """Lists from TOML. ValueError where a list has a word of ours twice, or stands for one that is not there."""
    table: dict[str, Any] = tomllib.loads(text)
    lists: dict[str, CodeList] = {}
    for field, each in table["lists"].items():
        values = (table["lists"][each["same_as"]] if "same_as" in each else each)["values"]
        made = CodeList(
            field,
            each["title"],
            each["seen"],
            tuple(Value(value["code"], value["title"], tuple(value["ours"])) for value in values),
        )
        words = [word for value in made.values for word in value.ours]
        if len(words) != len(set(words)):
            raise ValueError(f"{field}: a word counts as two categories")
        lists[field] = made
    consistent = {reason: frozenset(homes) for reason, homes in table["consistent"].items()}
    known = {each.code for each in lists["ACCOMMODATION"].values}
    if unknown := {home for homes in consistent.values() for home in homes} - known:
        raise ValueError(f"no such accommodation: {sorted(unknown)}")
    return Codes(table["version"], table["since"], table["source"], lists, consistent)


VERSIONS: Final = ("v1_4_5",)


@lru_cache(maxsize=1)
def every_version() -> tuple[Codes, ...]:
    """Every version, the oldest first."""
    folder = files("services.housing.returns.hclic.codes")
    found = [read(folder.joinpath(f"{name}.toml").read_text("utf-8")) for name in VERSIONS]
    return tuple(sorted(found, key=lambda each: each.since))


def on(day: date) -> Codes:
    """The version that counts on a day: the newest that has begun, or the first."""
    begun = [each for each in every_version() if each.since <= day]
    return begun[-1] if begun else every_version()[0]
