"""Where a form in the browser keeps itself as it is typed, and learns its token again after a new sign-in."""

import json
import re
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from staff import drafts, words
from staff.client import Refused
from staff.page import SignedIn

router = APIRouter()
_WORD: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_SERVICES: Final = frozenset({"triage", "casefile", "housing", "grants", "risk", "gateway"})
_LARGEST: Final = 200_000


@router.post("/drafts/{service}/{kind}/{key}")
async def keep_draft(page: SignedIn, service: str, kind: str, key: str) -> Response:
    """Kept: its version and when. Changed in another window: 409. Sent or thrown away meanwhile: 410."""
    raw = await page.request.body()
    if service not in _SERVICES or not (_WORD.fullmatch(kind) and _WORD.fullmatch(key)) or len(raw) > _LARGEST:
        return Response(status_code=404)
    try:
        sent: dict[str, Any] = json.loads(raw)
        fields, version = dict(sent["fields"]), str(sent.get("version") or "")
    except (ValueError, KeyError, TypeError):
        return Response(status_code=400)
    try:
        kept = await drafts.keep(page, service, kind, key, fields, version)
    except drafts.ChangedElsewhere as changed:
        return JSONResponse({"version": changed.theirs.version, "theirs": dict(changed.theirs.body)}, 409)
    except drafts.Gone:
        return Response(status_code=410)
    except Refused as refused:
        return Response(status_code=refused.status)
    return JSONResponse({"version": kept.version, "at": words.time_of_day(kept.at)})


@router.get("/drafts/{service}/{kind}/{key}")
async def read_draft(page: SignedIn, service: str, kind: str, key: str) -> Response:
    """What is kept now; without a version when nothing is."""
    page.request.state.background = True
    if service not in _SERVICES or not (_WORD.fullmatch(kind) and _WORD.fullmatch(key)):
        return Response(status_code=404)
    kept = await drafts.load(page, service, kind, key)
    return JSONResponse({"fields": dict(kept.body), "version": kept.version, "at": words.time_of_day(kept.at)})


@router.get("/token")
async def form_token(page: SignedIn) -> Response:
    """This session's form token, for a page open while somebody signed in again. Only our pages can read it."""
    page.request.state.background = True
    return JSONResponse({"csrf": page.session.csrf})
