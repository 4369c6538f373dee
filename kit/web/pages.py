"""Lists page by keyset: an opaque signed cursor holding the last row's place, `Link: rel="next"`, no totals."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel

from kit.errors import Invalid

Item = TypeVar("Item")
DEFAULT_LIMIT = 50
MAX_LIMIT = 200

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many at most")]
After = Annotated[str | None, Query(max_length=500, description="The cursor of the page before: see the Link header")]


class Page(BaseModel, Generic[Item]):
    """One page of a list. `next` is the cursor of the next page, or null at the end."""

    items: list[Item]
    next: str | None = None


# The address of the list being paged, set by the route.
_LIST: ContextVar[str] = ContextVar("list", default="")


def paging(path: str) -> None:
    """Says which list the cursors made and read from here on belong to: one of another list holds other things."""
    _LIST.set(path)


def _sign(key: bytes, payload: bytes) -> bytes:
    return hmac.new(key, _LIST.get().encode() + b"\n" + payload, hashlib.sha256).digest()[:12]


def encode_cursor(key: bytes, place: list[Any]) -> str:
    """The place of the last row shown, signed: a cursor can't be made up to look somewhere else, nor used there."""
    payload = json.dumps(place, separators=(",", ":"), default=str).encode()
    return base64.urlsafe_b64encode(_sign(key, payload) + payload).decode().rstrip("=")


def decode_cursor(key: bytes, cursor: str) -> list[Any]:
    """The place behind a cursor of ours, or `Invalid`."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        mark, payload = raw[:12], raw[12:]
        if not hmac.compare_digest(mark, _sign(key, payload)):
            raise ValueError
        place = json.loads(payload)
    except (ValueError, binascii.Error):
        raise Invalid("This cursor is not one of ours: start from the first page") from None
    return list(place)


def link_next(request: Request, response: Response, cursor: str | None) -> None:
    """Put the next page's address into the Link header (RFC 8288)."""
    if cursor is not None:
        address = request.url.include_query_params(after=cursor)
        response.headers["Link"] = f'<{address.path}?{address.query}>; rel="next"'


class Turning:
    """One turn of a list's pages: `place` says where to go on (None: the first page)."""

    def __init__(self, request: Request, response: Response, limit: int, after: str | None) -> None:
        self.limit = limit
        self._request = request
        self._response = response
        self._key: bytes = request.app.state.cursor_key
        self.place: list[Any] | None = decode_cursor(self._key, after) if after is not None else None

    def page(self, items: Sequence[Item], place_of: Callable[[Item], list[Any]]) -> Page[Item]:
        """The page of up to `limit` items; give one more than that, if there is one, so that the end is known."""
        shown = list(items[: self.limit])
        following = encode_cursor(self._key, place_of(shown[-1])) if len(items) > self.limit else None
        link_next(self._request, self._response, following)
        return Page(items=shown, next=following)


# Async, so that FastAPI doesn't send it to a thread.
async def turning(request: Request, response: Response, limit: Limit = DEFAULT_LIMIT, after: After = None) -> Turning:
    """The turn of the page that this request asks for."""
    return Turning(request, response, limit, after)


Paging = Annotated[Turning, Depends(turning)]
