"""Live updates: what the gateway tells of changes, passed on to the page under this very address."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import aiohttp
from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from staff.client import Refused
from staff.page import Anyone, Page, SignedIn

router = APIRouter()
_MOST_SECONDS: Final = 300


@router.get("/live")
async def live(page: SignedIn) -> Response:
    """Server-sent events of all lists that this person may read now, as the gateway tells them: ids alone."""
    page.request.state.background = True
    fields = {**page.fields("GET", "/v1/live"), "Accept": "text/event-stream"}
    if last := page.request.headers.get("last-event-id"):
        fields["Last-Event-ID"] = last
    return StreamingResponse(
        _passed_on(page, "/v1/live", fields), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
    )


@router.post("/stay")
async def stay(page: SignedIn) -> Response:
    """Somebody is still there: the session goes on."""
    page.session.seen_at = 0.0
    return Response(status_code=204)


@router.get("/help")
async def help_page(page: Anyone) -> Response:
    """The same help on every page."""
    return page.render("help.html")


async def _passed_on(page: Page, path: str, fields: dict[str, str]) -> AsyncIterator[bytes]:
    stop: asyncio.Event = page.request.app.state.stop
    loop = asyncio.get_running_loop()
    until = loop.time() + _MOST_SECONDS
    try:
        async with page.gateway.stream(path, fields) as response:
            if response.status != 200:
                # An end that the browser does not come back from at once.
                yield b"retry: 30000\n\n"
                return
            while not stop.is_set() and loop.time() < until and not await page.request.is_disconnected():
                try:
                    piece = await asyncio.wait_for(response.content.readany(), 1.0)
                except TimeoutError:
                    continue
                if not piece:
                    return
                yield piece
    except (aiohttp.ClientError, Refused, OSError):
        yield b"retry: 5000\n\n"
