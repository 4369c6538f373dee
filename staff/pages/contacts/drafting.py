"""A conversation as it is typed: kept by triage under a key of its own, in the words of the form, until it is sent."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from staff.client import Refused
from staff.forms import OWN, Form
from staff.page import Page

KIND: Final = "contact"
NO_CHANGE: Final = OWN

Fields = dict[str, str | list[str]]


@dataclass
class Telling:
    """What was told so far. `fields`: each step's form as it was typed; `done`: the steps finished."""

    key: str
    version: str = ""
    fields: dict[str, Fields] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    person: dict[str, Any] | None = None
    """Whom it is about once they were found: person_id, household_id, name."""

    @property
    def needs(self) -> list[str]:
        """The needs told, by the name of their step, in the order they were told."""
        return sorted((each for each in self.fields if each.startswith("need-")), key=lambda each: int(each[5:]))

    def next_need(self) -> str:
        """The name of one more need."""
        return f"need-{max((int(each[5:]) for each in self.needs), default=0) + 1}"

    def text(self, step: str, name: str) -> str:
        """One answer of a step."""
        found = self.fields.get(step, {}).get(name, "")
        return found if isinstance(found, str) else ""

    def many(self, step: str, name: str) -> list[str]:
        """All ticks of a step."""
        found = self.fields.get(step, {}).get(name, [])
        return [found] if isinstance(found, str) else list(found)

    def form(self, step: str) -> Form:
        """That step's form as it was left."""
        return Form(start=self.fields.get(step, {}))

    def take(self, step: str, fields: Fields, *, done: bool) -> None:
        """Puts what was typed in place of what was there."""
        self.fields[step] = fields
        if done and step not in self.done:
            self.done.append(step)

    def stamp(self, step: str) -> str:
        """Tells whether a step is still what it was when a page was made of it."""
        return hashlib.sha256(json.dumps(self.fields.get(step), sort_keys=True).encode()).hexdigest()[:16]

    def changed_elsewhere(self, step: str, fields: Fields, seen: str) -> bool:
        """Whether another window wrote something else there since the page was made that had the stamp `seen`."""
        return bool(seen) and seen != self.stamp(step) and self.fields.get(step) != fields

    def drop(self, step: str) -> None:
        """A step is taken back."""
        self.fields.pop(step, None)
        self.done = [each for each in self.done if each != step]

    def body(self) -> dict[str, Any]:
        """As it is kept."""
        return {"about": self.about, "fields": self.fields, "done": self.done, "person": self.person}

    @property
    def about(self) -> str:
        """A glance at it, for the list of what is not finished: whom it is about, or what was said."""
        said = self.text("matters", "what_matters") or ", ".join(
            self.text(each, "domain").replace("_", " ") for each in self.needs
        )
        who = self.person["name"] if self.person else ""
        return ": ".join(each for each in (who, said) if each)[:200]


def typed(form: Form) -> Fields:
    """All that was typed in a form."""
    found: Fields = {}
    for name, value in form.fields():
        if name in NO_CHANGE:
            continue
        if name in found:
            before = found[name]
            found[name] = [*([before] if isinstance(before, str) else before), value]
        else:
            found[name] = value
    return found


def path(key: str) -> str:
    """Where the draft is kept."""
    return f"/v1/triage/drafts/{KIND}/{key}"


def read(key: str, body: Mapping[str, Any], version: str = "") -> Telling:
    """What was kept, whatever that was: a draft is never a reason for no page."""
    fields = body.get("fields")
    done = body.get("done")
    person = body.get("person")
    return Telling(
        key,
        version,
        {str(step): dict(each) for step, each in fields.items() if isinstance(each, dict)}
        if isinstance(fields, dict)
        else {},
        [str(each) for each in done] if isinstance(done, list) else [],
        person if isinstance(person, dict) else None,
    )


async def load(page: Page, key: str) -> Telling:
    """What this person told us so far; an empty one for a new key."""
    try:
        answer = await page.get(path(key))
    except Refused as refused:
        if refused.status == 404:
            return Telling(key)
        raise
    return read(key, answer["body"], answer.etag)


async def save(page: Page, telling: Telling) -> None:
    """Keeps it. Raises Refused (412) when another window saved between our reading and our writing."""
    answer = await page.change("PUT", path(telling.key), telling.body(), if_match=telling.version or None)
    telling.version = answer.etag
