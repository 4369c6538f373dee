"""Giving cases to people: one that nobody has, or all of somebody who is away, in one act."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Refused, an_id
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.people import households

router = APIRouter()
_SUPERVISION: Final = "supervision"
_TAKES_CASES: Final = frozenset(
    {"universal_worker", "targeted_specialist", "housing_officer", "personal_adviser", "safeguarding_lead", "manager"}
)
_REASONS: Final = {
    "absence": "They are away",
    "left": "They left",
    "workload": "They have too much",
    "conflict": "They know the household",
    "other": "Another reason",
}


@router.get("/cases/{case_id}/allocate")
async def allocate_page(page: SignedIn, case_id: str) -> Response:
    """To whom the case may go, with how much each of them has."""
    return await _allocating(page, an_id(case_id), Form())


@router.post("/cases/{case_id}/allocate")
async def allocate(page: SignedIn, case_id: str) -> Response:
    """Gives it."""
    id_, form = an_id(case_id), await page.form()
    to = form.required("worker", "Choose who takes the case")
    path = f"/v1/casefile/cases/{id_}/allocations"
    if not form.errors:
        try:
            wrote = await page.post(path, {"account_manager": to}, key=form.key, if_match=form.version)
            names = await page.names()
            said = f"The case is with {names.get(to, 'them')}"
            return page.to("/my-work?tab=unallocated", said=said, wrote=wrote, path=path)
        except Refused as refused:
            form.refused(refused, {"/account_manager": "worker"})
    return await _allocating(page, id_, form)


@router.get("/cover/{worker}")
async def cover_page(page: SignedIn, worker: str) -> Response:
    """All open cases of somebody, to be covered by others."""
    return await _covering(page, worker, Form())


@router.post("/cover/{worker}")
async def cover(page: SignedIn, worker: str) -> Response:
    """In one act, evenly; what nobody named may have stays, and is said."""
    form = await page.form()
    to = form.many("to")
    if not to:
        form.wrong("to", "Choose who covers")
    body: dict[str, Any] = {
        "from_worker": worker,
        "to_workers": to,
        "reason": form.text("reason") if form.text("reason") in _REASONS else "absence",
        "words": form.required("words", "Say why, for those who cover"),
    }
    until = form.date("until", "The first day back")
    if until is not None:
        body["cover_until"] = until.isoformat()
    path = "/v1/casefile/reallocations"
    if not form.errors:
        try:
            wrote = await page.post(path, body, key=form.key, purpose=_SUPERVISION)
            moved, stayed = sum(wrote["moved"].values()), len(wrote["not_moved"])
            text = f"{stayed} stayed: nobody you named may have them. Choose somebody else for these." if stayed else ""
            said = f"{moved} case{'' if moved == 1 else 's'} moved"
            return page.to(f"/my-work?tab=team&of={worker}", said=said, text=text, wrote=wrote, path=path)
        except Refused as refused:
            form.refused(refused, {"/to_workers": "to", "/cover_until": "until-day", "/words": "words"})
    return await _covering(page, worker, form)


async def _allocating(page: Page, case_id: str, form: Form) -> Response:
    case, workers, loads = await asyncio.gather(page.get(f"/v1/casefile/cases/{case_id}"), _workers(page), _loads(page))
    homes = await households(page, [case["household_id"]])
    return page.render(
        "work/allocate.html",
        form,
        case=case,
        home=homes[case["household_id"]],
        workers=workers,
        loads=loads,
    )


async def _covering(page: Page, worker: str, form: Form) -> Response:
    workers, loads = await asyncio.gather(_workers(page), _loads(page))
    if worker not in workers:
        raise Refused(404, "not-found", "Page not found", "Nobody with this address works here.")
    others = {id_: name for id_, name in workers.items() if id_ != worker}
    return page.render(
        "work/cover.html", form, worker=worker, name=workers[worker], others=others, loads=loads, reasons=_REASONS
    )


async def _workers(page: Page) -> dict[str, str]:
    """Whoever takes cases, by id, in the order of their names."""
    answer = await page.get("/v1/workers", {"limit": 200})
    able = [each for each in answer.items if each["active"] and not _TAKES_CASES.isdisjoint(each["roles"])]
    return {each["worker_id"]: each["name"] for each in sorted(able, key=lambda each: str(each["name"]))}


async def _loads(page: Page) -> Mapping[str, Mapping[str, Any]]:
    """How much each has; nothing for those who may not know."""
    if "manager" not in page.session.roles:
        return {}
    part = await page.part(page.get("/v1/casefile/caseloads", {"limit": 200}, purpose=_SUPERVISION))
    return {each["worker"]: each for each in part.items}
