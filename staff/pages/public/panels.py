"""Panels drawn by lot: the pool against the quotas, everybody's chance, the draw step by step, and how to check it."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from staff.charts import Bar, Chart, Quota, bars, quotas
from staff.client import Part, Refused
from staff.forms import Form
from staff.page import Anyone, Page
from staff.pages.public.anyone import asker, passed_on, show

router = APIRouter()
P: Final = "/v1/grants/panels"
VERIFIER: Final = "lottery_verifier.py"


@router.get("/public/panels")
async def panels(page: Anyone) -> Response:
    """All panels, the newest first."""
    answer = await asker(page).get(P, {"limit": 20, "after": page.asked("after")})
    return show(page, "public/panels.html", items=answer.items, next=answer.next)


@router.get("/public/panels/" + VERIFIER)
async def verifier(page: Anyone) -> Response:
    """The file that checks a draw, to be kept and run anywhere."""
    return await passed_on(page, f"{P}/verifier", VERIFIER, "text/x-python")


@router.get("/public/panels/{panel_id}")
async def panel(page: Anyone, panel_id: UUID) -> Response:
    """A panel and its last draw."""
    return await _one(page, panel_id)


async def _one(page: Page, panel_id: UUID, form: Form | None = None, **more: Any) -> Response:
    ask = asker(page)
    found = await ask.parts(
        panel=ask.get(f"{P}/{panel_id}"),
        draws=ask.get(f"{P}/{panel_id}/draws"),
        verifier=ask.get(f"{P}/verifier"),
        evidence=ask.get(f"{P}/{panel_id}/evidence"),
    )
    part: Part = found["panel"]
    if part.refused:
        raise part.refused
    draws = found["draws"].items
    shown = next((each for each in reversed(draws) if each["state"] in ("drawn", "announced")), None)
    figures = await ask.part(ask.get(f"{P}/{panel_id}/draws/{shown['id']}/figures")) if shown else Part()
    text = found["verifier"].body
    context = {
        "panel": part.body,
        "draws": draws,
        "evidence": found["evidence"].items,
        "draw": shown,
        "charts": charts_of(figures.body, part.body["size"]),
        "sha256": hashlib.sha256(text).hexdigest() if isinstance(text, bytes) else "",
        "steps": steps(shown) if shown else [],
        **more,
    }
    return show(page, "public/panel.html", form, **context)


def charts_of(
    figures: Mapping[str, Any] | None, size: int, drawn: Mapping[tuple[str, str], int] | None = None
) -> list[Chart]:
    """The pool against the quotas, and the chances. `drawn`: who sits by group, for those who run the panel."""
    if not figures:
        return []
    traits: dict[str, list[Quota]] = {}
    for each in figures["groups"]:
        trait, group = _category(each["category"]), each["feature"][:1].upper() + each["feature"][1:]
        sits = None if drawn is None else drawn.get((each["category"], each["feature"]), 0)
        traits.setdefault(trait, []).append(Quota(trait, group, each["pool"], each["least"], each["most"], sits))
    says = (
        f"A panel of {size} must look like the borough. Groups that put their names forward more often than they "
        "live here have a longer bar than their bracket, and so a smaller chance each. Counts are to the nearest 5."
    )
    made = []
    # One picture for each trait: all in one is longer than a sheet of paper.
    for number, (trait, given) in enumerate(traits.items()):
        title = f"The pool against the quotas: {trait[:1].lower()}{trait[1:]}"
        short = f"How {len(given)} groups share the {size} places."
        made.append(quotas(f"panel-pool-{number}", title, says if not number else short, given, places=size))
    bands = [each for each in figures["chances"] if each["people"]]
    if bands:
        least = min((g["smallest"] for g in figures["groups"] if g["smallest"] is not None), default=0)
        says = (
            f"Of {figures['of']:,} panels, each as likely as any other, everybody stands in at least {least}. "
            "A bar is how many people have a chance in that band. Counts are to the nearest 5."
        )
        rows = [Bar(_band(each, figures["of"]), each["people"]) for each in bands]
        title = "How likely people were to be drawn"
        made.append(bars("panel-chances", title, says, rows, what="People", label="Chance"))
    return made


def _category(code: str) -> str:
    return code[:1].upper() + code[1:].replace("_", " ")


def _band(each: Mapping[str, Any], of: int) -> str:
    def part(count: int) -> str:
        return f"{100 * count / of:.3g}%"

    return "None at all" if each["up_to"] == 0 else f"More than {part(each['over'])}, up to {part(each['up_to'])}"


def steps(draw: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    """The draw as a row of steps, each with what it left behind for anybody to check."""
    certificate = draw.get("certificate") or {}
    again = draw["kind"] != "first"
    made: list[dict[str, Any]] = [
        {
            "title": "The pool was closed",
            "at": draw["closed_at"],
            "words": f"{draw['pool']:,} people could be drawn, each by a random token. From then on nobody could be "
            "added, taken away or changed.",
            "label": "Fingerprint of all that was asked (SHA-256)",
            "value": draw["question_sha256"],
        }
    ]
    if again and draw.get("because"):
        made[0]["words"] += f" Why it was drawn again: {draw['because']}"
    if certificate:
        proved = (
            "It is proved that no way of drawing gives the least lucky a better chance"
            if certificate.get("leximin")
            else "The least lucky have nearly the best chance there can be"
        )
        made.append(
            {
                "title": f"{certificate['panels']:,} panels were worked out and published",
                "at": draw["announced_at"],
                "words": f"Each meets the quotas and is as likely as any other. {proved}: everybody stands in at "
                f"least {certificate['smallest_of_list']} of them.",
                "label": "Commitment (SHA-256)",
                "value": draw["commitment"],
            }
        )
    made.append(
        {
            "title": "The seed comes from outside",
            "at": draw["seed_from"],
            "words": f"Named before anybody could know it: {draw['seed_source']}",
            "label": "The seed" if draw.get("seed") else "",
            "value": draw.get("seed"),
        }
    )
    if draw["state"] == "drawn":
        made.append(
            {
                "title": f"Panel number {draw['group']} was drawn",
                "at": draw["drawn_at"],
                "words": f"Entered in front of a witness: {draw['witnessed_by']}. The seed and the commitment alone "
                "decide the number; whoever repeats it gets the same.",
                "label": "",
                "value": None,
            }
        )
    return made


@router.get("/public/panels/{panel_id}/draws/{draw_id}/proof.json")
async def proof(page: Anyone, panel_id: UUID, draw_id: UUID) -> Response:
    """The whole draw in one file."""
    return await passed_on(page, f"{P}/{panel_id}/draws/{draw_id}/proof", "proof.json", "application/json")


@router.post("/public/panels/{panel_id}/chance")
async def chance(page: Anyone, panel_id: UUID) -> Response:
    """What the chance of one's token was; the token is in no address."""
    form = await page.form()
    token = form.required("token", "Enter the token from your letter").lower().replace(" ", "")
    told = None
    if not form.errors:
        try:
            told = (await asker(page).get(f"{P}/{panel_id}/draws/{UUID(form.text('draw'))}/chances/{_hex(token)}")).body
        except (Refused, ValueError):
            form.wrong("token", "We do not know this token: look at your letter again")
    return await _one(page, panel_id, form, chance=told)


def _hex(token: str) -> str:
    if len(token) != 32 or set(token) - set("0123456789abcdef"):
        raise ValueError("no token of ours")
    return token
