"""The HTTP door of live updates."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Request
from pydantic import StringConstraints
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from gateway.live.feed import Feed
from gateway.live.listener import Caller as Who
from gateway.proxy import AnswerBroken
from kit.web.routing import Caller, Unit, UnitRoute, may

router = APIRouter(route_class=UnitRoute, tags=["live"])

ListName = Annotated[str, StringConstraints(pattern=r"^[a-z_]+(\.[a-z_]+){1,2}$", max_length=100)]

STUCK_SECONDS: Final = 30.0
"""How long a client may take to accept one piece before the connection is cut. Meanwhile nothing heaps up for it."""

_FIELDS: Final = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}
_ANSWER: Final[Mapping[int | str, dict[str, Any]]] = {
    200: {
        "description": "Server-sent events: `hello` (what is followed, from where), `change` ({list, kind, id, at}), "
        "`reset` (too much was missed: read the lists again). `id` is what to send as Last-Event-ID.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


class LiveResponse(StreamingResponse):
    """A stream that is cut when its client no longer takes anything."""

    media_type = "text/event-stream"

    def __init__(self, content: AsyncIterator[bytes], ended: Callable[[], None] = lambda: None) -> None:
        super().__init__(content, headers=dict(_FIELDS))
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._ended()

    async def stream_response(self, send: Send) -> None:
        async def patiently(message: Message) -> None:
            try:
                async with asyncio.timeout(STUCK_SECONDS):
                    await send(message)
            except TimeoutError:
                raise AnswerBroken from None

        await super().stream_response(patiently)


async def _later() -> AsyncIterator[bytes]:
    """For a process that follows nothing (the documents' and the tests'): ask again in a while."""
    yield b"retry: 10000\n\n"


_SAID = may("gateway.live.follow", refusals=(429,))


@router.get(
    "/v1/live", response_class=StreamingResponse, openapi_extra=_SAID["openapi_extra"],
    responses={**_SAID["responses"], **_ANSWER},
)  # fmt: skip
async def follow_lists(
    request: Request,
    unit: Unit,
    caller: Caller,
    asked: Annotated[
        list[ListName] | None,
        Query(alias="list", max_length=20, description="Left out: all that you may read for this purpose"),
    ] = None,
    last_event_id: Annotated[str | None, Header(max_length=40)] = None,
) -> LiveResponse:
    """Hear when something changes on a list that you may read: which kind of change, on which list, of which id.

    What changed you read on the list itself, under your own rights; people kept back from you are kept back here too. A
    connection lasts at most five minutes: come back with Last-Event-ID, and nothing is missed for up to an hour.
    """
    feed: Feed | None = getattr(request.app.state, "live", None)
    unit.accessed("live")
    if feed is None:
        return LiveResponse(_later())
    roles = frozenset(caller.roles)
    lists = feed.lists_for(roles, caller.purpose, asked or [])
    hidden = frozenset(person for pair in caller.hide for person in pair)
    seen = int(last_event_id) if last_event_id and last_event_id.isascii() and last_event_id.isdecimal() else None
    listener = await feed.listen(Who(caller.id, roles, hidden, caller.organisation), lists, seen)
    return LiveResponse(feed.stream(listener), ended=lambda: feed.leave(listener))
