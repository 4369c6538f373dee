"""Models: what each is for, how well it does on later months and for whom less well, and who answers for it."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import an_id
from staff.page import SignedIn

router = APIRouter()

_M: Final = "/v1/risk/models"
STANDING: Final = {"draft": "Being made", "published": "In use", "paused": "Paused"}


@router.get("/models")
async def models(page: SignedIn) -> Response:
    """Every model, and the emergency lists."""
    found = await page.parts(
        models=page.get(_M, {"limit": 50}),
        lists=page.get("/v1/risk/emergency-lists", {"limit": 20}),
    )
    return page.render("models/list.html", standing=STANDING, **found)


@router.get("/models/{model_id}")
async def model(page: SignedIn, model_id: str) -> Response:
    """One model: its card, in words and figures, and what it still lacks before it may be used."""
    path = f"{_M}/{an_id(model_id)}"
    names, whole, found = await asyncio.gather(
        page.names(),
        page.get(path),
        page.parts(
            card=page.get(f"{path}/cards"),
            trainings=page.get(f"{path}/trainings", {"limit": 10}),
            runs=page.get(f"{path}/runs", {"limit": 10}),
        ),
    )
    return page.render(
        "models/one.html", names=names, model=whole, standing=STANDING, sections=_sections(found), **found
    )


def _sections(found: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """The card's Markdown as headings and paragraphs: it is ours, and has no other marks."""
    if not found["card"].ok:
        return []
    made: list[tuple[str, list[str]]] = []
    for block in found["card"].body["markdown"].split("\n\n"):
        if block.startswith("#"):
            head, _, rest = block.lstrip("# ").partition("\n")
            made.append((head, [rest] if rest else []))
        elif block.strip():
            if not made:
                made.append(("", []))
            made[-1][1].append(block)
    return made
