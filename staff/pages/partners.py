"""Partners' systems: their endpoints, what was sent, what did not arrive, and sending it again."""

import asyncio
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Refused, an_id
from staff.page import SignedIn

router = APIRouter()

_W: Final = "/v1/webhooks"
STATES: Final = {
    "waiting": "Waiting",
    "sending": "On its way",
    "delivered": "Arrived",
    "dead": "Given up",
    "dropped": "Dropped",
}


@router.get("/partners")
async def partners(page: SignedIn) -> Response:
    """Every endpoint we send to, and every source that sends to us."""
    found = await page.parts(
        endpoints=page.get(f"{_W}/endpoints", {"limit": 100}),
        sources=page.get(f"{_W}/sources", {"limit": 100}),
    )
    return page.render("partners/list.html", **found)


@router.get("/partners/{endpoint_id}")
async def endpoint(page: SignedIn, endpoint_id: str) -> Response:
    """One endpoint: how it fares, and its deliveries."""
    path = f"{_W}/endpoints/{an_id(endpoint_id)}"
    whole, found = await asyncio.gather(
        page.get(path),
        page.parts(deliveries=page.get(f"{path}/deliveries", {"limit": 50, "after": page.asked("after")})),
    )
    return page.render("partners/one.html", endpoint=whole, states=STATES, **found)


@router.post("/partners/{endpoint_id}/{what}")
async def act(page: SignedIn, endpoint_id: str, what: str) -> Response:
    """A test event; or we stop, or go on, sending."""
    said = {"test": "A test event is on its way", "enable": "We send again", "disable": "We stopped sending"}.get(what)
    if said is None:
        raise Refused(404, "not-found", "Page not found", "There is no page at this address.")
    form = await page.form()
    path = f"{_W}/endpoints/{an_id(endpoint_id)}/{what}"
    wrote = await page.post(path, key=form.key, if_match=form.version)
    return page.to(f"/partners/{an_id(endpoint_id)}", said=said, wrote=wrote, path=path)


@router.post("/partners/{endpoint_id}/deliveries/{delivery_id}/replay")
async def replay(page: SignedIn, endpoint_id: str, delivery_id: str) -> Response:
    """A delivery that was given up is tried again."""
    await page.form()
    path = f"{_W}/deliveries/{an_id(delivery_id)}/replay"
    wrote = await page.post(path)
    return page.to(f"/partners/{an_id(endpoint_id)}", said="It is sent again", wrote=wrote, path=path)
