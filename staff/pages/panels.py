"""Panels: the pool against the quotas, the draw asked for and concluded in front of a witness, members and reserves."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kit import clock
from kit.clock import LONDON
from staff.client import Part
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.funds import act
from staff.pages.public.panels import P, charts_of, steps

router = APIRouter()
STATES: Final = {"gathering": "Gathering names", "drawing": "Being drawn", "drawn": "Drawn", "ended": "Ended"}
DRAWS: Final = {
    "working": "The panels are being worked out",
    "announced": "Published: waits for its seed",
    "drawn": "Drawn",
    "failed": "Failed",
}


@router.get("/panels")
async def panels(page: SignedIn) -> Response:
    """All panels."""
    answer = await page.get(P, {"limit": 50, "after": page.asked("after")})
    return page.render("panels/list.html", items=answer.items, next=answer.next, states=STATES)


@router.get("/panels/{panel_id}")
async def panel(page: SignedIn, panel_id: UUID) -> Response:
    """A panel with its draws, its pool and who sits."""
    return await _one(page, panel_id)


async def _one(page: Page, panel_id: UUID, form: Form | None = None) -> Response:
    names, found = await asyncio.gather(
        page.names(),
        page.parts(
            panel=page.get(f"{P}/{panel_id}"),
            draws=page.get(f"{P}/{panel_id}/draws"),
            members=page.get(f"{P}/{panel_id}/members"),
            evidence=page.get(f"{P}/{panel_id}/evidence"),
        ),
    )
    part: Part = found["panel"]
    if part.refused:
        raise part.refused
    draws = found["draws"].items
    last = draws[-1] if draws else None
    shown = next((each for each in reversed(draws) if each["state"] in ("drawn", "announced")), None)
    figures = await page.part(page.get(f"{P}/{panel_id}/draws/{shown['id']}/figures")) if shown else Part()
    members = found["members"].body["members"] if found["members"].ok else []
    drawn = count_by_group(members) if members else None
    context = {
        "etag": part.answer.etag if part.answer else "",
        "draw": shown,
        "last": last,
        "last_version": f'"{last["version"]}"' if last else "",
        "charts": charts_of(figures.body, part.body["size"], drawn),
        "steps": steps(shown) if shown else [],
        "states": STATES,
        "draw_states": DRAWS,
        "soonest": (clock.business_now() + timedelta(minutes=20)).astimezone(LONDON),
        **found,
    }
    return page.render("panels/one.html", form, names=names, **context)


def count_by_group(members: list[dict[str, Any]]) -> Mapping[tuple[str, str], int]:
    """How many sit of each group of each trait."""
    return Counter((trait, group) for each in members for trait, group in each["features"].items())


@router.post("/panels/{panel_id}/draws")
async def ask_for_draw(page: SignedIn, panel_id: UUID) -> Response:
    """Close the pool and name where the seed will come from."""
    form = await page.form()
    body = _asked(form)
    said = "The pool is closed: the panels are being worked out"
    names = {"/seed_from": "seed_from-day", "/because": "because"}
    done = await act(page, form, f"{P}/{panel_id}/draws", body, back=f"/panels/{panel_id}", said=said, names=names)
    return done or await _one(page, panel_id, form)


def _asked(form: Form) -> dict[str, Any]:
    """The seed's source and its hour, as the gateway takes them."""
    day = form.date("seed_from", "The day of the seed", must=True)
    hour = form.required("seed_hour", "Enter the hour, such as 21:00")
    moment = ""
    if day and hour:
        try:
            at = datetime.strptime(hour, "%H:%M").time()  # noqa: DTZ007 (a wall clock's hour; London is added here)
            moment = datetime.combine(day, at, LONDON).isoformat()
        except ValueError:
            form.wrong("seed_hour", "The hour must be like 21:00")
    return {
        "seed_source": form.required("seed_source", "Say where the seed will come from, so that anyone can look it up"),
        "seed_from": moment,
        "because": form.text("because") or None,
        "accept_nearest": form.has("accept_nearest"),
    }


@router.post("/panels/{panel_id}/draws/{draw_id}/result")
async def conclude(page: SignedIn, panel_id: UUID, draw_id: UUID) -> Response:
    """The seed as its source gave it, entered in front of a witness."""
    form = await page.form()
    seed = form.required("seed", "Enter the seed as its source gave it")
    if seed and seed != form.text("seed_again"):
        form.wrong("seed_again", "The witness typed something else: compare both with the source")
    body = {"seed": seed, "witnessed_by": form.required("witnessed_by", "Name the witness who sees it entered")}
    path = f"{P}/{panel_id}/draws/{draw_id}/result"
    done = await act(page, form, path, body, back=f"/panels/{panel_id}", said="The panel is drawn")
    return done or await _one(page, panel_id, form)


@router.post("/panels/{panel_id}/replacements")
async def replace(page: SignedIn, panel_id: UUID) -> Response:
    """Members who leave; the first reserve that keeps the quotas takes their place."""
    form = await page.form()
    leaving = form.many("leaving")
    if not leaving:
        form.wrong("leaving", "Choose who leaves")
    reason = form.required("reason", "Give a reason in general words: it is public beside the token")
    body = {"leaving": [{"volunteer_id": each, "reason": reason} for each in leaving]}
    path = f"{P}/{panel_id}/replacements"
    said = "The places are filled again from the reserves"
    done = await act(page, form, path, body, back=f"/panels/{panel_id}", said=said)
    return done or await _one(page, panel_id, form)
