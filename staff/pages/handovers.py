"""Warm handovers: offered by name, held by the sender until the receiver accepts, the resident there or told."""

import asyncio
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Refused
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.contacts import choices
from staff.pages.contacts.people import names_of

router = APIRouter()

_HANDOVERS: Final = "/v1/triage/handovers"
_RECEIVERS: Final = frozenset(
    {
        "triage_officer",
        "universal_worker",
        "targeted_specialist",
        "housing_officer",
        "safeguarding_lead",
        "personal_adviser",
        "gp_link_worker",
        "voluntary_sector_worker",
        "manager",
    }
)
"""Those who may accept a contact."""


@router.get("/handovers")
async def handovers(page: SignedIn) -> Response:
    """What is offered to me, to my teams and by me; for managers, what nobody can hand on."""
    asked = {
        "offered": page.get(_HANDOVERS, {"state": "offered", "limit": 100}),
        "teams": page.get("/v1/teams", {"limit": 100}),
    }
    if "manager" in page.session.roles:
        asked["stranded"] = page.get(f"{_HANDOVERS}/stranded", {"limit": 50}, purpose="supervision")
    names, found = await asyncio.gather(page.names(), page.parts(**asked))
    me = page.session.subject
    teams = {each["code"] for each in found["teams"].items if any(m["worker_id"] == me for m in each["members"])}
    every = found["offered"].items
    people = await names_of(page, [each["person_id"] for each in every])
    groups = [
        ("To you", [each for each in every if each["to_worker"] == me]),
        ("To your team", [each for each in every if each["to_team"] in teams]),
        ("By you", [each for each in every if me in (each["from_worker"], each["offered_by"])]),
    ]
    if "manager" in page.session.roles:
        groups.append(("Nobody answered in time", [each for each in every if each["escalated_at"]]))
    return page.render("handovers/list.html", names=names, people=people, groups=groups, **found)


@router.get("/contacts/{contact_id}/hand-over")
async def hand_over(page: SignedIn, contact_id: UUID) -> Response:
    """To whom, and whether the resident is there."""
    return await _offer(page, contact_id, Form(start={"resident": "present"}))


async def _offer(page: Page, contact_id: UUID, form: Form, status: int | None = None) -> Response:
    contact, names, found = await asyncio.gather(
        page.get(f"/v1/triage/contacts/{contact_id}"),
        page.names(),
        page.parts(workers=page.get("/v1/workers", {"limit": 200}), teams=page.get("/v1/teams", {"limit": 100})),
    )
    me = page.session.subject
    able = [
        each
        for each in found["workers"].items
        if each["active"]
        and not each["suspended_at"]
        and each["worker_id"] != me
        and not _RECEIVERS.isdisjoint(each["roles"])
    ]
    able.sort(key=lambda each: each["name"])
    return page.render(
        "handovers/offer.html",
        form,
        status=status,
        contact=contact.body,
        version=contact.etag,
        names=names,
        workers=able,
        teams=found["teams"].items,
        say=choices.say,
    )


@router.post("/contacts/{contact_id}/hand-over")
async def offered(page: SignedIn, contact_id: UUID) -> Response:
    """Offers it. Offered is not handed over."""
    form = await page.form()
    to = form.required("to", "Choose who takes it on")
    reason = form.required("reason", "Write why, for whoever takes it on")
    resident = form.required("resident", "Say whether they are with you or were told")
    kind, _, code = to.partition(":")
    path = f"/v1/triage/contacts/{contact_id}/handovers"
    if form.errors:
        return await _offer(page, contact_id, form)
    body = {"to_worker" if kind == "worker" else "to_team": code, "resident": resident, "reason": reason}
    try:
        wrote = await page.post(path, body, key=form.key, if_match=form.version)
    except Refused as refused:
        form.refused(refused, {"/to_worker": "to", "/to_team": "to"})
        return await _offer(page, contact_id, form)
    return page.to(
        f"/handovers/{wrote['id']}", said="Offered", text="You hold it until they accept.", wrote=wrote, path=path
    )


@router.get("/handovers/{handover_id}")
async def handover(page: SignedIn, handover_id: UUID) -> Response:
    """One of them, with what may be done by whoever looks."""
    return await _one(page, handover_id, Form())


async def _one(page: Page, handover_id: UUID, form: Form, status: int | None = None) -> Response:
    answer, names, found = await asyncio.gather(
        page.get(f"{_HANDOVERS}/{handover_id}"), page.names(), page.parts(teams=page.get("/v1/teams", {"limit": 100}))
    )
    shown = answer.body
    me = page.session.subject
    teams = {each["code"] for each in found["teams"].items if any(m["worker_id"] == me for m in each["members"])}
    contact, people = await asyncio.gather(
        page.part(page.get(f"/v1/triage/contacts/{shown['contact_id']}")), names_of(page, [shown["person_id"]])
    )
    return page.render(
        "handovers/one.html",
        form,
        status=status,
        handover=shown,
        contact=contact,
        names=names,
        person=people.get(shown["person_id"] or "", ""),
        may_answer=shown["to_worker"] == me or shown["to_team"] in teams,
        may_withdraw=me in (shown["from_worker"], shown["offered_by"]),
        say=choices.say,
    )


@router.post("/handovers/{handover_id}")
async def answered(page: SignedIn, handover_id: UUID) -> Response:
    """Accepted by name, refused, or taken back."""
    form = await page.form()
    answer = form.text("does")
    body: dict[str, Any]
    if answer == "acceptance":
        retold = form.required("retold", "Choose whether they had to tell it again: it is counted")
        body = {"retold": retold == "yes"}
    elif answer in ("refusal", "withdrawal"):
        body = {"reason": form.required("reason", "Write why")}
    else:
        raise Refused(404, "not-found", "Page not found", "There is no page at this address.")
    path = f"{_HANDOVERS}/{handover_id}/{answer}"
    if not form.errors:
        try:
            wrote = await page.post(path, body, key=form.key)
            said = {"acceptance": "You hold it now", "refusal": "Declined: the sender holds on"}.get(
                answer, "Taken back: you hold on"
            )
            return page.to(f"/contacts/{wrote['contact_id']}", said=said, wrote=wrote, path=path)
        except Refused as refused:
            form.refused(refused)
    return await _one(page, handover_id, form)
