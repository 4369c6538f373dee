"""What all of a household's pages have in common: who they are, warnings, the case, the way between its pages."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from staff.client import Answer, GoTo, Part, Refused, an_id
from staff.page import Page
from staff.people import Household, Person, by_id, household

TABS: Final = {
    "": "At a glance",
    "timeline": "Timeline",
    "plan": "Plan",
    "people": "People",
    "notes": "Notes",
    "risk": "Risk",
    "referrals": "Referrals",
    "known": "We already know",
}
SHOWN_TURNED: Final = frozenset({"", "plan"})
"""What stays while the resident looks at the screen: their plan, what is next, who works with them."""
_RECENT: Final = 8


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of a household's page."""

    id: str
    tab: str
    home: Household
    people: Mapping[str, Person]
    turned: bool
    warnings: Part = field(default_factory=Part)
    cases: Part = field(default_factory=Part)

    @property
    def address(self) -> str:
        """Where its pages are."""
        return f"/households/{self.id}"

    @property
    def title(self) -> str:
        """How it is called; while the screen is turned only whoever sits there."""
        main = self.home.main
        return main.name if self.turned and main else self.home.title

    @property
    def case(self) -> Mapping[str, Any] | None:
        """The open case, or the last one."""
        cases: Sequence[Mapping[str, Any]] = self.cases.items
        return next((each for each in cases if each["state"] == "open"), cases[0] if cases else None)

    @property
    def inside(self) -> bool:
        """Whether the case says that this worker may see inside; True when there is no case to say otherwise."""
        return all(each["inside"] for each in self.cases.items)

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """The way between its pages."""
        return [
            {"text": text, "href": f"{self.address}/{name}".rstrip("/"), "current": name == self.tab}
            for name, text in TABS.items()
            if not self.turned or name in SHOWN_TURNED
        ]

    def name(self, person_id: str | None) -> str:
        """Somebody of the household by id."""
        found = self.people.get(person_id or "")
        return found.name if found else "somebody else"


async def frame(page: Page, household_id: str, tab: str, **also: Awaitable[Answer]) -> tuple[Frame, dict[str, Any]]:
    """The frame, and whatever else the page asks, all at once. Raises Refused (404)."""
    id_ = an_id(household_id)
    turned = page.session.turned
    if turned and tab not in SHOWN_TURNED:
        for each in also.values():
            if asyncio.iscoroutine(each):
                each.close()
        raise GoTo(f"/households/{id_}")
    if turned:
        found = await page.parts(**_front(page, id_), **also)
    else:
        found = await page.parts(brief=page.get(f"/v1/casefile/households/{id_}/in-brief"), **also)
        found |= await opened(page, id_, found.pop("brief"))
    return framed(page, id_, tab, found), found


async def opened(page: Page, id_: str, answered: Part) -> dict[str, Part]:
    """What one question brought, by its parts. Whoever may read only some of it asks for each part by itself, and is
    told which are not for them. Raises Refused (404).
    """
    if answered.answer is not None:
        return {name: Part(Answer(200, body)) for name, body in answered.body.items() if body is not None}
    if answered.refused is not None and answered.refused.status != 403:
        raise answered.refused
    warnings = page.get("/v1/casefile/warnings", {"household_id": id_, "state": "standing"})
    return await page.parts(**_front(page, id_), warnings=warnings)


def _front(page: Page, id_: str) -> dict[str, Awaitable[Answer]]:
    """What may be seen over a shoulder."""
    return {
        "household": page.get(f"/v1/casefile/households/{id_}"),
        "people": page.get("/v1/casefile/people", {"household_id": id_}),
        "cases": page.get("/v1/casefile/cases", {"household_id": id_, "limit": 20}),
    }


def framed(page: Page, id_: str, tab: str, found: Mapping[str, Part]) -> Frame:
    """The frame of what was found. Raises Refused (404)."""
    for part in (found["household"], found["people"]):
        if part.refused is not None:
            raise part.refused
    known = by_id(found["people"].items)
    home = household(found["household"].body, known, id_)
    warnings = found.get("warnings", Part(Answer(200, [])))
    made = Frame(id_, tab, home, known, page.session.turned, warnings=warnings, cases=found["cases"])
    _remember(page, made)
    return made


def _remember(page: Page, made: Frame) -> None:
    # For switching between households and back: kept in the sealed session, nowhere else on the device.
    kept = [each for each in page.session.recent if each[0] != made.id]
    page.session.recent = [[made.id, made.home.title], *kept][:_RECENT]


def missing_inside(part: Part) -> bool:
    """Whether the inside of the file is closed to this worker: the owner then knows of no such household."""
    return part.refused is not None and part.refused.status == 404


def chosen_person(made: Frame, asked: str | None) -> Person:
    """Whom the worker has before them. Raises Refused when nobody of the household may be shown."""
    found = made.home.person(asked) or made.home.main
    if found is None:
        raise Refused(404, "not-found", "Nobody to show", "Nobody of this household may be shown to you.")
    return found
