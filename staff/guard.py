"""What stands around every page: fields that keep a browser safe, the session's cookie, and who may send a form."""

import hmac
import time
from collections.abc import Callable
from copy import deepcopy
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from staff.session import RENEW_SECONDS, Seal, Session

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
LARGEST_BODY: Final = 12 * 1024 * 1024
_UNTOUCHED: Final = ("/static/", "/livez", "/readyz", "/version", "/metrics")


class FormNotOurs(Exception):
    """A form without the token of this session. `resend`: it came from a page of ours, so it may be sent once more."""

    def __init__(self, *, resend: bool) -> None:
        super().__init__("the form token does not match")
        self.resend = resend


class Guard:
    """Pure ASGI, around the whole application: session in, session and safety fields out."""

    def __init__(self, app: ASGIApp, *, seal: Seal, policy: Callable[[], str], secure: bool) -> None:
        self._app = app
        self._seal = seal
        self._policy = policy
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refused(scope["method"], headers)
        if refusal is not None:
            await refusal(scope, receive, self._with_fields(send, None, None))
            return
        if scope["path"].startswith(_UNTOUCHED):
            await self._app(scope, receive, self._with_fields(send, None, None))
            return
        session = self._seal.open(cookie_parser(headers.get("cookie", "")), time.time())
        before = deepcopy(session)
        scope.setdefault("state", {})["session"] = session
        await self._app(scope, receive, self._with_fields(send, scope, before))

    def _refused(self, method: str, headers: Headers) -> PlainTextResponse | None:
        if method in SAFE:
            return None
        if not same_origin(headers):
            return PlainTextResponse("This form was sent from another site.", 403)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            return PlainTextResponse("That is too large to send in one go.", 413)
        return None

    def _with_fields(self, send: Send, scope: Scope | None, before: Session | None) -> Send:
        async def out(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                fields = [(name, value) for name, value in self._fields() if name not in present]
                if scope is not None and before is not None:
                    state = scope["state"]
                    if self._changed(state, before):
                        fields += [(b"set-cookie", each) for each in self._seal.fields(state["session"])]
                message["headers"] = [*message["headers"], *fields]
            await send(message)

        return out

    @staticmethod
    def _changed(state: dict[str, object], before: Session) -> bool:
        now: object = state["session"]
        assert isinstance(now, Session)
        # What goes on in the background keeps nobody signed in.
        if now.signed_in and not state.get("background") and time.time() - now.seen_at > RENEW_SECONDS:
            now.seen_at = time.time()
        if now != before:
            return True
        return bool(state.get("token_shown")) and not before.signed_in

    def _fields(self) -> list[tuple[bytes, bytes]]:
        fields = [
            (b"content-security-policy", self._policy().encode()),
            (b"x-content-type-options", b"nosniff"),
            # Addresses hold ids: no other site may learn them. Our own forms must show where they come from.
            (b"referrer-policy", b"same-origin"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
            (b"cache-control", b"no-store"),
        ]
        if self._secure:
            fields.append((b"strict-transport-security", b"max-age=31536000"))
        return fields


def same_origin(headers: Headers) -> bool:
    """Whether a form came from this very site, as far as the browser says; old browsers and programs say nothing."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


async def check_form(request: Request) -> None:
    """Before anything else of a page: whatever changes something must carry this session's form token.

    Raises FormNotOurs.
    """
    if request.method in SAFE:
        return
    session: Session = request.state.session
    given: object = request.headers.get("x-csrf-token")
    if given is None:
        given = (await request.form(max_fields=2000, max_part_size=2 * 1024 * 1024)).get("csrf")
    if isinstance(given, str) and hmac.compare_digest(given.encode(), session.csrf.encode()):
        return
    told = "sec-fetch-site" in request.headers or "origin" in request.headers
    raise FormNotOurs(resend=told and session.signed_in)
