"""Entries of the timeline as a page shows them: what happened, who did it, what for, and where it can be read."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from staff import purposes
from staff.page import Page
from staff.pages.household.frame import Frame

# The owner's record -> our page of it, when there is one.
_PAGES: Final = (
    (re.compile(r"/v1/triage/contacts/([^/]+)"), "/contacts/{}"),
    (re.compile(r"/v1/triage/referrals/([^/]+)"), "/referrals/{}"),
    (re.compile(r"/v1/housing/homelessness/([^/]+)"), "/homelessness/{}"),
)


def entries(
    items: Iterable[Mapping[str, Any]], made: Frame, page: Page, names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """For the timeline's macro."""
    return [
        {
            "id": f"event-{each['event_id']}",
            "title": each["title"],
            "at": each["occurred_at"],
            "by": _by(each["actor"], names),
            "for": purposes.title(each["purpose"]).split(":")[0].lower() if each["purpose"] else "",
            "body": _about(each["person_ids"], made),
            "href": address(each["record"], made, page),
        }
        for each in items
    ]


def address(record: str, made: Frame, page: Page) -> str:
    """Where the record of an entry can be read here; empty when nowhere."""
    own = {
        "/v1/casefile/plans/": "/plan",
        "/v1/casefile/notes/": "/notes",
        "/v1/casefile/people/": "/people",
        "/v1/casefile/warnings/": "",
    }
    for prefix, tab in own.items():
        if record.startswith(prefix):
            anchor = f"#note-{record.rsplit('/', 1)[-1]}" if tab == "/notes" else ""
            return f"{made.address}{tab}{anchor}" if tab else ""
    for pattern, shape in _PAGES:
        found = pattern.match(record)
        served = re.compile(shape.replace("{}", r"\{[^}]+\}"))
        if found and any(served.fullmatch(each) for each in page.request.app.state.addresses):
            return shape.format(found[1])
    return ""


def _by(actor: str, names: Mapping[str, str]) -> str:
    if actor.startswith("system:"):
        return f"by itself ({actor.removeprefix('system:')})"
    return names.get(actor, "somebody outside the council's teams")


def _about(ids: Iterable[str], made: Frame) -> str:
    named = [made.people[each].given for each in ids if each in made.people]
    return "About " + ", ".join(named) if named and len(made.home.people) > 1 else ""
