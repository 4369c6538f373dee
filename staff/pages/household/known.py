"""What was told before, to whichever service, so that nobody asks again: each answer with its source and date."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from kit.contracts.questions import QUESTIONS
from staff import words
from staff.client import Part
from staff.page import Page, SignedIn
from staff.pages.household.frame import chosen_person, frame

router = APIRouter()
SERVICES: Final = {"casefile": "the case file", "triage": "the front door", "housing": "housing"}
"""Those who answer `known?person_id=` (design: answer once)."""
_GROUPS: Final = {
    "person": "Who they are",
    "contact": "How to reach them",
    "household": "The household",
    "home": "The home",
    "housing": "The home",
    "money": "Money",
    "work": "Work and learning",
    "health": "Health and care",
    "safety": "Safety",
}


@dataclass(frozen=True, slots=True)
class Known:
    """One question and what was answered to it, the latest answer first."""

    question: str
    words: str
    answers: list[dict[str, str]]

    @property
    def differ(self) -> bool:
        """Whether two services were told different things."""
        return len({each["value"] for each in self.answers}) > 1


@router.get("/households/{household_id}/known")
async def we_already_know(page: SignedIn, household_id: str) -> Response:
    """Merged from every service that answers, for one person at a time."""
    made, _ = await frame(page, household_id, "known")
    person = chosen_person(made, page.asked("person"))
    found = await asked_before(page, person.id)
    return page.render(
        "household/known.html",
        frame=made,
        person=person,
        groups=grouped(merged(found)),
        silent=[SERVICES[name] for name, part in found.items() if not part.ok],
    )


async def asked_before(page: Page, person_id: str) -> dict[str, Part]:
    """Each service's answer about somebody."""
    names = list(SERVICES)
    parts = await asyncio.gather(
        *(page.part(page.get(f"/v1/{name}/known", {"person_id": person_id})) for name in names)
    )
    return dict(zip(names, parts, strict=True))


def merged(found: Mapping[str, Part]) -> list[Known]:
    """By question in the order of the catalogue of questions; the same answer twice stands once, the later."""
    answers = [each for part in found.values() if part.ok for each in part.body]
    order = {code: at for at, code in enumerate(QUESTIONS)}
    answers.sort(key=lambda each: (order.get(each["question"], len(order)), each["question"]))
    known = []
    for question, its in groupby(answers, key=lambda each: str(each["question"])):
        latest = sorted(its, key=lambda each: str(each["at"]), reverse=True)
        shown: dict[str, dict[str, str]] = {}
        for each in latest:
            value = spoken(each["value"])
            shown.setdefault(
                value, {"value": value, "source": SERVICES.get(each["source"], each["source"]), "at": each["at"]}
            )
        known.append(Known(question, QUESTIONS.get(question, words.label(question)), list(shown.values())))
    return known


def grouped(known: Iterable[Known]) -> list[tuple[str, list[Known]]]:
    """Under the headings of a conversation."""
    groups: dict[str, list[Known]] = {}
    for each in known:
        groups.setdefault(_GROUPS.get(each.question.partition(".")[0], "Also"), []).append(each)
    return list(groups.items())


def spoken(value: Any) -> str:
    """An answer of whatever shape, in words."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(spoken(each) for each in value) or "None"
    if isinstance(value, dict):
        return "; ".join(
            f"{words.label(name)}: {spoken(each)}" for name, each in value.items() if each not in (None, "")
        )
    if value is None:
        return "No answer"
    text = str(value)
    if text.startswith("+44"):
        return words.phone(text)
    return words.day(text) if len(text) == 10 and text[4:5] == "-" else words.label(text) if "_" in text else text
