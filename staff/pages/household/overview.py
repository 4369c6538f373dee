"""A household at a glance: the last contact, what is agreed, what is next, who is involved, what to watch out for."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from staff.client import Part, Refused, an_id
from staff.page import Page, SignedIn
from staff.pages.household.frame import Frame, chosen_person, frame, framed, missing_inside, opened
from staff.pages.household.story import entries
from staff.people import people

router = APIRouter()
_TALKS: Final = frozenset({"call", "visit", "meeting", "message"})
_OPEN: Final = frozenset({"to_do", "doing"})
_CLOSED: Final = Part(refused=Refused(404, "not-found", "Not for you", "The inside of this file is not for you."))


@dataclass(frozen=True, slots=True)
class Next:
    """Something that is to happen: on which day, what, and whose it is."""

    on: str
    what: str
    whose: str


@dataclass(frozen=True, slots=True)
class Talk:
    """The last time somebody talked with them."""

    at: str
    what: str
    by: str


@router.get("/households/{household_id}")
async def at_a_glance(page: SignedIn, household_id: str) -> Response:
    """The story in thirty seconds."""
    id_ = an_id(household_id)
    names, (made, found) = await asyncio.gather(page.names(), _all(page, id_))
    found |= await page.parts(**_late(page, made, found))
    plan = next((each for each in found["plans"].items if each["state"] != "ended"), None)
    closed = "timeline" in found and missing_inside(found["timeline"])
    return page.render(
        "household/overview.html",
        names=names,
        frame=made,
        plan=plan,
        plans=found["plans"],
        profile=found.get("profile", Part()),
        closed=closed,
        story=found.get("timeline", Part()),
        entries=entries(found["timeline"].items[:6], made, page, names) if "timeline" in found else [],
        talk=_last_talk(found),
        next_steps=sorted(_next(made, plan, found), key=lambda each: each.on)[:6],
        asks=_asks(found),
    )


@router.get("/households/{household_id}/plan")
async def plan(page: SignedIn, household_id: str) -> Response:
    """What was agreed, in their words, with what became of it."""
    id_ = an_id(household_id)
    asked = page.get("/v1/casefile/plans", {"household_id": id_, "limit": 20})
    names, (made, found) = await asyncio.gather(page.names(), frame(page, id_, "plan", plans=asked))
    return page.render("household/plan.html", names=names, frame=made, plans=found["plans"])


@router.get("/households/{household_id}/people")
async def household_people(page: SignedIn, household_id: str) -> Response:
    """Who belongs to it, how to reach them safely, and the team around them."""
    names, (made, _) = await asyncio.gather(page.names(), frame(page, household_id, "people"))
    related = [each["other_id"] for person in made.home.people for each in person.view["relationships"]]
    others = await people(page, [each for each in related if each not in made.people]) if related else {}
    return page.render("household/people.html", names=names, frame=made, others=others)


@router.get("/households/{household_id}/referrals")
async def referrals(page: SignedIn, household_id: str) -> Response:
    """Who was asked for help, and who has the ball."""
    names, (made, _) = await asyncio.gather(page.names(), frame(page, household_id, "referrals"))
    lists = await asyncio.gather(
        *(
            page.part(page.get("/v1/triage/referrals", {"person_id": each.id, "limit": 50}))
            for each in made.home.people[:12]
        )
    )
    found = {each["id"]: each for part in lists for each in part.items}
    refused = next((part for part in lists if not part.ok), None)
    rows = sorted(found.values(), key=lambda each: str(each["changed_at"]), reverse=True)
    return page.render("household/referrals.html", names=names, frame=made, rows=rows, refused=refused)


@router.get("/people/{person_id}")
async def person(page: SignedIn, person_id: str) -> Response:
    """To the household of somebody; when there are several, or none, their own page."""
    id_ = an_id(person_id)
    answer = await page.get(f"/v1/casefile/people/{id_}")
    now = [each for each in answer["households"] if not each["until"]]
    if len(now) == 1:
        return RedirectResponse(f"/households/{now[0]['household_id']}?person={answer['id']}", 303)
    found = await people(page, [id_])
    return page.render("household/person.html", person=found.get(id_), now=now)


async def _all(page: Page, id_: str) -> tuple[Frame, dict[str, Part]]:
    """The frame with everything its page tells. Raises Refused (404)."""
    plans = ("/v1/casefile/plans", {"household_id": id_, "limit": 5})
    if page.session.turned:
        return await frame(page, id_, "", plans=page.get(*plans))
    asked = await page.parts(
        glance=page.get(f"/v1/casefile/households/{id_}/at-a-glance"),
        profile=page.get(f"/v1/risk/households/{id_}/profile"),
        appointments=page.get("/v1/triage/appointments", {"household_id": id_, "state": "booked", "limit": 10}),
    )
    glance: Part = asked.pop("glance")
    found = asked | await opened(page, id_, glance)
    if glance.ok:
        found.setdefault("timeline", _CLOSED)
    else:
        found |= await page.parts(
            plans=page.get(*plans),
            timeline=page.get(f"/v1/casefile/households/{id_}/timeline", {"limit": 30}),
            notes=page.get("/v1/casefile/notes", {"household_id": id_, "limit": 5}),
        )
    return framed(page, id_, "", found), found


def _late(page: Page, made: Frame, found: Mapping[str, Part]) -> dict[str, Any]:
    """What can be asked only once the case and the people are known."""
    asked: dict[str, Any] = {}
    if "tasks" not in found and made.case is not None and made.case["inside"] and not made.turned:
        asked["tasks"] = page.get("/v1/casefile/tasks", {"case_id": made.case["id"], "state": "open", "limit": 10})
    if made.turned and made.home.main is not None:
        # Theirs alone: who else lives there may not want it read over this shoulder.
        person_id = chosen_person(made, page.asked("person")).id
        query = {"person_id": person_id, "state": "booked", "limit": 10}
        asked["appointments"] = page.get("/v1/triage/appointments", query)
    return asked


def _next(made: Frame, plan: Mapping[str, Any] | None, late: Mapping[str, Part]) -> Iterator[Next]:
    for each in (plan or {}).get("actions", ()):
        if each["state"] in _OPEN and each["due_on"]:
            whose = {"theirs": "theirs", "ours": "ours", "partners": "a partner's"}[each["whose"]]
            yield Next(each["due_on"], each["shown_words"] or each["words"] if made.turned else each["words"], whose)
    if made.case is not None and made.case["next_review_on"] and not made.turned:
        yield Next(made.case["next_review_on"], "Review of the case", "ours")
    if "tasks" in late:
        for each in late["tasks"].items:
            yield Next(each["due_on"], each["words"], "ours")
    if "appointments" in late:
        for each in late["appointments"].items:
            what = f"{each['kind'].replace('_', ' ').capitalize()} at {each['hub']}"
            several = len(made.home.people) > 1 and not made.turned
            yield Next(each["starts_at"], f"{what}: {made.name(each['person_id'])}" if several else what, "theirs")


def _last_talk(found: Mapping[str, Part]) -> Talk | None:
    talks: list[Talk] = []
    for each in found["timeline"].items if "timeline" in found else ():
        if each["type"].startswith("triage.contact."):
            talks.append(Talk(each["occurred_at"], each["title"], each["actor"]))
            break
    for each in found["notes"].items if "notes" in found else ():
        if each["kind"] in _TALKS and each["words"]:
            talks.append(Talk(each["occurred_at"], each["words"], each["recorded_by"]))
    return max(talks, key=lambda each: each.at, default=None)


def _asks(found: Mapping[str, Part]) -> Sequence[Mapping[str, Any]]:
    """The weightiest factors, for the folded panel."""
    profile = found.get("profile")
    return profile.body["factors"][:5] if profile is not None and profile.ok else ()
