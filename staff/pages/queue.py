"""The queue: who is next, why each stands where they stand, what would change it; true while colleagues act."""

import asyncio
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from kit.contracts.codes import QueueKind, Urgency
from staff.client import with_query
from staff.page import Page, SignedIn
from staff.pages.contacts import choices
from staff.pages.contacts.people import names_of
from staff.words import label

router = APIRouter()

_CARDS: Final = 30
_WORDS: Final = {"contact": "Conversation", "safeguarding": "Safeguarding concern", "referral": "Referral"}
_ADDRESSES: Final = {"contact": "/contacts/", "safeguarding": "/safeguarding/", "referral": "/referrals/"}


@router.get("/queue")
async def queue(page: SignedIn) -> Response:
    """The cards, with the filters in the address."""
    asked = {name: page.asked(name) for name in ("team", "hub", "urgency", "kind")}
    names, found = await asyncio.gather(
        page.names(),
        page.parts(
            cards=page.get("/v1/triage/queue", {**asked, "limit": _CARDS, "after": page.asked("after")}),
            counts=page.get("/v1/triage/queue/counts", asked),
            contacts=page.get("/v1/triage/contacts", {"state": "open", "limit": 200}),
            offers=page.get("/v1/triage/handovers", {"state": "offered", "limit": 100}),
            teams=page.get("/v1/teams", {"limit": 100}),
            hubs=page.get("/v1/triage/hubs", {"limit": 50}),
        ),
    )
    people = await names_of(page, [person for card in found["cards"].items for person in card["person_ids"]])
    after = found["cards"].next
    return page.render(
        "queue/queue.html",
        names=names,
        people=people,
        contact_of={each["id"]: each for each in found["contacts"].items},
        offer_of={each["contact_id"]: each for each in found["offers"].items},
        mine=_mine(page, found["teams"].items),
        asked=asked,
        chosen=_chosen(asked),
        urgencies=[each.value for each in Urgency],
        kinds=[(each.value, _WORDS.get(each.value, label(each.value))) for each in QueueKind],
        kind_words=_WORDS,
        addresses=_ADDRESSES,
        **page.turning("/queue", asked, after),
        say=choices.say,
        **found,
    )


def _mine(page: Page, teams: list[dict[str, Any]]) -> set[str]:
    """The teams of whoever looks."""
    me = page.session.subject
    return {each["code"] for each in teams if any(member["worker_id"] == me for member in each["members"])}


def _chosen(asked: dict[str, str | None]) -> list[dict[str, str]]:
    """The filters that are on, each with the address without it."""
    return [
        {
            "text": f"{label(name)}: {_WORDS.get(value) or choices.say(value)}",
            "href": with_query("/queue", {**asked, name: None}),
        }
        for name, value in asked.items()
        if value
    ]


@router.get("/queue/rules")
async def rules(page: SignedIn) -> Response:
    """The published rules in words, for everybody to hold us to."""
    names, listed = await asyncio.gather(page.names(), page.get("/v1/triage/queue/rules", {"limit": 20}))
    live = next((each for each in listed.items if each["state"] == "published"), None)
    shown = await page.get(f"/v1/triage/queue/rules/{live['version']}") if live else None
    return page.render("queue/rules.html", names=names, versions=listed.items, shown=shown.body if shown else None)
