"""The whole story, with filters, and as it is printed."""

import asyncio
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import an_id, with_query
from staff.page import SignedIn
from staff.pages.household.frame import frame, missing_inside
from staff.pages.household.story import entries

router = APIRouter()
_SERVICES: Final = {
    "triage": "Front door and partners",
    "casefile": "Case file",
    "housing": "Housing",
    "risk": "Risk",
    "grants": "Grants and hardship",
}
_KINDS: Final = {
    "contact": "Contacts",
    "note": "Notes",
    "plan": "Plan",
    "case": "The case",
    "task": "Tasks",
    "warning": "Warnings",
    "referral": "Referrals",
    "safeguarding": "Safeguarding",
    "message": "Messages",
    "person": "Personal details",
    "homelessness": "Homelessness",
}


@router.get("/households/{household_id}/timeline")
async def timeline(page: SignedIn, household_id: str) -> Response:
    """Newest first, or the other way round; some at a time, or all for paper."""
    id_ = an_id(household_id)
    service, kind = page.asked("service"), page.asked("kind")
    chosen = {
        "service": service if service in _SERVICES else None,
        "kind": kind if kind in _KINDS else None,
        "order": "oldest" if page.asked("order") == "oldest" else None,
    }
    paper = page.asked("print") is not None
    asked = page.get(
        f"/v1/casefile/households/{id_}/timeline",
        {**chosen, "limit": 200 if paper else 25, "after": page.asked("after")},
    )
    names, (made, found) = await asyncio.gather(page.names(), frame(page, id_, "timeline", story=asked))
    here = f"{made.address}/timeline"
    tags = [
        {"text": text, "href": with_query(here, {**chosen, name: None})}
        for name, text in (
            ("service", _SERVICES.get(chosen["service"] or "")),
            ("kind", _KINDS.get(chosen["kind"] or "")),
            ("order", "Oldest first" if chosen["order"] else None),
        )
        if text
    ]
    story = found["story"]
    return page.render(
        "household/timeline.html",
        names=names,
        frame=made,
        story=story,
        closed=missing_inside(story),
        entries=entries(story.items, made, page, names),
        chosen=chosen,
        services=_SERVICES,
        kinds=_KINDS,
        tags=tags,
        here=here,
        paper=paper,
        print_address=with_query(here, {**chosen, "print": "1"}),
        **page.turning(here, chosen, None if paper else story.next),
    )
