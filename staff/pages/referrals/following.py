"""One referral and the list of them: how far it is, who has the ball, since when they are silent, their answer."""

import asyncio
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kit.contracts.codes import ReferralStatus
from staff.client import Refused, an_id
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.contacts import choices
from staff.pages.contacts.people import names_of
from staff.pages.referrals.sending import REFERRALS

router = APIRouter()

_TRACK: Final = ("requested", "received", "accepted", "in_progress", "completed")
STATES: Final = {
    "draft": "Not sent yet",
    "requested": "Asked",
    "received": "They have it",
    "accepted": "They take it on",
    "rejected": "They said no",
    "on_hold": "Waiting",
    "in_progress": "They are helping",
    "completed": "Done",
    "failed": "It did not work out",
    "cancelled": "Taken back",
}
REASONS: Final = {
    "rejected": {
        "no_capacity": "No room",
        "not_eligible": "They cannot have this help",
        "outside_area": "Outside their area",
        "no_common_language": "No common language",
        "conflict_of_interest": "A conflict of interest",
        "wrong_service": "The wrong kind of help",
        "needs_specialist": "Too much for this partner",
        "not_enough_told": "They were told too little",
        "could_not_reach": "They could not reach them",
        "person_said_no": "The person said no",
        "already_helping": "They help already",
        "other": "Another reason",
    },
    "failed": {
        "could_not_reach": "They could not reach them",
        "person_stopped": "The person stopped",
        "lost_capacity": "They lost the room for it",
        "needs_specialist": "Too much for this partner",
        "moved_away": "The person moved away",
        "other": "Another reason",
    },
    "on_hold": {
        "waiting_list": "A waiting list",
        "waiting_for_person": "They wait for the person",
        "waiting_for_us": "They wait for us",
        "waiting_for_others": "They wait for others",
        "other": "Another reason",
    },
    "completed": {"need_met": "The need is met", "partly_met": "Met in part", "not_met": "Not met"},
    "cancelled": {
        "consent_withdrawn": "They no longer agree",
        "person_changed_mind": "They changed their mind",
        "helped_otherwise": "Helped in another way",
        "sent_by_mistake": "Sent by mistake",
        "silent": "The partner stayed silent",
        "died": "They died",
        "other": "Another reason",
    },
}
"""The reasons of each state that has to give one, in words (triage's own are the codes)."""
_OURS: Final = frozenset({"requested", "cancelled"})


@router.get("/referrals")
async def referrals(page: SignedIn) -> Response:
    """Those one sent, or all; who has the ball."""
    show = page.asked("show") or "mine"
    asked = {
        "sent_by": page.session.subject if show == "mine" else None,
        "turn": page.asked("turn"),
        "state": page.asked("state"),
        "escalated_to": page.session.subject if show == "escalated" else None,
        "person_id": page.asked("person"),
    }
    names, found = await asyncio.gather(
        page.names(),
        page.parts(
            referrals=page.get(REFERRALS, {**asked, "limit": 50, "after": page.asked("after")}),
            partners=page.get("/v1/triage/organisations", {"limit": 200}),
        ),
    )
    rows = found["referrals"].items
    people = await names_of(page, [each["person_id"] for each in rows])
    after = found["referrals"].next
    kept = {name: page.asked(name) for name in ("show", "turn", "state", "person")}
    return page.render(
        "referrals/list.html",
        names=names,
        people=people,
        organisations={each["id"]: each["name"] for each in found["partners"].items},
        show=show,
        kept=kept,
        states=[(each.value, STATES.get(each.value, each.value)) for each in ReferralStatus],
        state_words=STATES,
        reasons=REASONS,
        **page.turning("/referrals", kept, after),
        **found,
    )


@router.get("/referrals/{referral_id}")
async def referral(page: SignedIn, referral_id: UUID) -> Response:
    """Its way so far and what may follow."""
    return await _one(page, referral_id, Form())


async def _one(page: Page, referral_id: UUID, form: Form, **more: Any) -> Response:
    answer, names, found = await asyncio.gather(
        page.get(f"{REFERRALS}/{referral_id}"),
        page.names(),
        page.parts(
            links=page.get("/v1/links", {"target_id": str(referral_id)}),
            partners=page.get("/v1/triage/organisations", {"limit": 200}),
        ),
    )
    shown = answer.body
    people = await names_of(page, [shown["person_id"]])
    return page.render(
        "referrals/one.html",
        form,
        referral=shown,
        version=answer.etag,
        names=names,
        person=people.get(shown["person_id"] or "", ""),
        organisations={each["id"]: each["name"] for each in found["partners"].items},
        track=_track(shown),
        ours=[each for each in shown["allowed"] if each in _OURS],
        theirs=[each for each in shown["allowed"] if each not in _OURS],
        state_words=STATES,
        reasons=REASONS,
        say=choices.say,
        **found,
        **more,
    )


def _track(shown: dict[str, Any]) -> list[dict[str, str]]:
    """The five steps of a referral, each done, present or to come; where the way was left, it says how."""
    state = shown["state"]
    passed = {step["state"] for step in shown["steps"] if step["kind"] == "moved"} | {state}
    ended = state in ("rejected", "failed", "cancelled")
    here = {"on_hold": "in_progress"}.get(state, state)
    at = max((_TRACK.index(each) for each in (*passed, here) if each in _TRACK), default=-1)
    found = []
    for number, each in enumerate(_TRACK):
        stands = "done" if number < at or (number == at and (state == "completed" or ended)) else "to_come"
        if number == at and stands == "to_come":
            stands = "here"
        found.append({"text": STATES[each], "stands": stands})
    if ended:
        found = [each for each in found if each["stands"] == "done"]
        found.append({"text": STATES[state], "stands": "here"})
    if state == "on_hold":
        found = [{**each, "text": "Waiting"} if each["stands"] == "here" else each for each in found]
    return found


@router.post("/referrals/{referral_id}")
async def move(page: SignedIn, referral_id: UUID) -> Response:
    """Sends, takes back, or writes down what the partner said."""
    form = await page.form()
    to = form.required("to", "Choose what happened")
    body: dict[str, Any] = {"to": to, "note": form.text("note") or None}
    if to in REASONS:
        body["reason"] = form.required(f"reason_{to}", "Choose the reason")
    if to and to not in _OURS:
        body["heard_by"] = form.required("heard_by", "Choose how they told you")
    until = form.date("until", "The day")
    if until and to in ("on_hold", "rejected"):
        body["until"] = until.isoformat()
    path = f"{REFERRALS}/{referral_id}/transitions"
    if not form.errors:
        try:
            wrote = await page.post(path, body, key=form.key, if_match=form.version)
            return page.to(f"/referrals/{referral_id}", said="Recorded", wrote=wrote, path=path)
        except Refused as refused:
            form.refused(refused, {"/reason": f"reason_{to}", "/until": "until-day"})
    return await _one(page, referral_id, form)


@router.post("/referrals/{referral_id}/done")
async def followed_up(page: SignedIn, referral_id: UUID) -> Response:
    """What was done about a refusal or failure: nobody has the ball any more."""
    form = await page.form()
    words = form.required("followed_up", "Write what you did about it")
    path = f"{REFERRALS}/{referral_id}"
    if not form.errors:
        try:
            wrote = await page.change("PATCH", path, {"followed_up": words}, if_match=form.version)
            return page.to(f"/referrals/{referral_id}", said="Recorded", wrote=wrote, path=path)
        except Refused as refused:
            form.refused(refused)
    return await _one(page, referral_id, form)


@router.post("/referrals/{referral_id}/chase")
async def chase(page: SignedIn, referral_id: UUID) -> Response:
    """A new address to answer by, to be read out or sent by hand: the old one stops working. Shown this once."""
    form = await page.form()
    path = f"/v1/links/{an_id(form.text('link'))}/renew"
    try:
        renewed = await page.post(path, None, if_match=form.version)
    except Refused as refused:
        form.refused(refused)
        return await _one(page, referral_id, form)
    return await _one(page, referral_id, Form(), new_address=renewed["address"])
