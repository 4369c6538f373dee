"""What every page has to hand: who asks, the gateway in their name, the form they sent, and how to answer."""

import asyncio
import re
import time
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request
from jinja2 import Environment
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kit import clock
from staff import words
from staff.client import Answer, Asker, Gateway, GoTo, PurposeNeeded, Refused, SignInAgain, with_query
from staff.forms import Form
from staff.navigation import FILES, sections
from staff.purposes import KnownRoutes
from staff.session import IDLE_SECONDS, Session

_SAYS_THE_TIME: Final = frozenset({"/v1/casefile/my-work", "/v1/triage/queue/counts"})


# While the resident looks at the screen no other page is made at all, whatever its address.
_WHILE_TURNED: Final = re.compile(r"/households/[^/]+(/plan)?|/turned|/sign-out|/stay|/token|/live|/drafts/.+")


class NotSignedIn(Exception):
    """The page is for people who are signed in."""


class Page(Asker):
    """One request of a browser. Asks the gateway like its `Asker`; answers with a page or the way to the next one."""

    def __init__(self, request: Request) -> None:
        session: Session = request.state.session
        gateway: Gateway = request.app.state.gateway
        routes: KnownRoutes = request.app.state.routes
        super().__init__(
            gateway,
            session.token,
            lambda method, path: routes.choose(method, path, session.roles, session.purpose),
            routes.takes_body,
            request_id=getattr(request.state, "request_id", ""),
            after=session.flash.get("after", {}),
        )
        self.request = request
        self.session = session
        # Asked for by a script while nobody may be there: it keeps nobody signed in.
        request.state.background = request.headers.get("x-background") == "1"
        self.status = 200

    @property
    def path(self) -> str:
        """The address of this page without its query."""
        return self.request.url.path

    @property
    def here(self) -> str:
        """The address of this page with its query: where to come back to."""
        query = self.request.url.query
        return self.path + (f"?{query}" if query else "")

    def asked(self, name: str) -> str | None:
        """One value of the query; None when it is left out or empty."""
        return self.request.query_params.get(name) or None

    def turning(self, path: str, kept: Mapping[str, Any], after: str | None) -> dict[str, Any]:
        """The addresses of a list's next part and of its first, with what was chosen; none where there is none."""
        return {
            "next_address": with_query(path, {**kept, "after": after}) if after else "",
            "first_address": with_query(path, kept) if self.asked("after") else "",
        }

    def asked_many(self, name: str) -> list[str]:
        """All values of the query with that name."""
        return [each for each in self.request.query_params.getlist(name) if each]

    async def get(self, path: str, query: Mapping[str, Any] | None = None, *, purpose: str | None = None) -> Answer:
        """Reads. In a demo the borough's calendar may be another than ours: some answers say which day it is there."""
        answer = await super().get(path, query, purpose=purpose)
        if path in _SAYS_THE_TIME and self.request.app.state.settings.environment != "production":
            clock.set_offset(datetime.fromisoformat(answer["as_of"]) - clock.now())
        return answer

    async def form(self) -> Form:
        """The form that was sent."""
        return Form(await self.request.form())

    async def names(self) -> Mapping[str, str]:
        """The names of those who work here by id, for `who` in templates. Empty when they cannot be read now."""
        known: Names = self.request.app.state.names
        return await known.read(self)

    async def colleagues(self) -> Mapping[str, str]:
        """Who may be given something to do, by id in the order of their names: nobody's program, no resident."""
        known: Names = self.request.app.state.names
        return await known.colleagues(self)

    def render(self, template: str, form: Form | None = None, *, status: int | None = None, **context: Any) -> Response:
        """A page. With a form that has mistakes it answers 422 and its title says so."""
        if status is None:
            status = 422 if form is not None and form.errors else 200
        made: Environment = self.request.app.state.templates
        now = clock.business_now()
        given = {
            "page": self,
            "session": self.session,
            "form": form or Form(),
            "errors": form.errors if form is not None else [],
            "sections": sections(self.session.roles, self.path) if self.session.signed_in else [],
            "csrf_token": self._token,
            "flash": self.session.flash if status < 300 else {},
            "now": now,
            "in_days": partial(words.in_days, today=now.date()),
            "since": partial(words.since, now=now),
            "idle_seconds": IDLE_SECONDS,
            "turned": self.session.turned,
            "open_pages": self.request.app.state.addresses,
            "opens_files": not FILES.isdisjoint(self.session.roles),
            "who": lambda worker: str(worker or ""),
            **context,
        }
        if "names" in given:
            names = given["names"]
            given["who"] = lambda worker: names.get(worker, "someone who works here") if worker else ""
        html = made.get_template(template).render(given)
        if status < 300 and self.session.flash:
            # Said once.
            self.session.flash = {}
        return HTMLResponse(html, status)

    def device_key(self, address: str) -> str:
        """Seals a draft in this person's browser while it cannot be sent (see `static/autosave.js`)."""
        key: str = self.request.app.state.seal.device_key(self.session.subject, address)
        return key

    def _token(self) -> str:
        self.request.state.token_shown = True
        return self.session.csrf

    def to(
        self, address: str, *, said: str = "", text: str = "", wrote: Answer | None = None, path: str = ""
    ) -> Response:
        """On to the next page, which says `said` once. `wrote` (the answer to a write of `path`): that page's reads of
        the same service wait until it has taken effect.
        """
        flash: dict[str, Any] = {}
        if said:
            flash |= {"title": said, "text": text}
        if wrote is not None and wrote.event_id and path.startswith("/v1/"):
            flash["after"] = {path.split("/", 3)[2]: wrote.event_id}
        if flash:
            self.session.flash = flash
        return RedirectResponse(local(address), 303)


def local(address: str) -> str:
    """An address of this site; anything else becomes its start, so that nobody is led away by a link to us."""
    parts = urlsplit(address)
    bad = parts.scheme or parts.netloc or not address.startswith("/") or address.startswith(("//", "/\\"))
    return "/" if bad or "\\" in address or any(ord(each) < 32 for each in address) else address


async def _signed_in(request: Request) -> Page:
    session: Session = request.state.session
    if not session.signed_in:
        raise NotSignedIn
    if request.app.state.issuer is not None:
        await request.app.state.issuer.renew(request.app.state.gateway.session, session)
    if session.turned and not _WHILE_TURNED.fullmatch(request.url.path):
        raise GoTo(f"/households/{session.recent[0][0]}" if session.recent else "/help")
    return Page(request)


async def _anyone(request: Request) -> Page:
    return Page(request)


SignedIn = Annotated[Page, Depends(_signed_in)]
"""A page for those who work here."""
Anyone = Annotated[Page, Depends(_anyone)]
"""A page that needs no sign-in."""


class Names:
    """Who works here, by id: kept for a few minutes, for names of colleagues are on every page and change seldom."""

    _SECONDS = 300.0
    _PAGES = 20
    _NOT_AT_WORK_HERE = frozenset({"resident", "partner", "service", "board_member", "councillor"})

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._colleagues: dict[str, str] = {}
        self._until = 0.0
        self._lock = asyncio.Lock()

    async def read(self, page: Page) -> Mapping[str, str]:
        """The names, read anew when they are old. Whoever may not read them (or nobody, now) gets the ids alone."""
        if time.monotonic() < self._until:
            return self._names
        async with self._lock:
            if time.monotonic() < self._until:
                return self._names
            try:
                await self._read(page)
            except SignInAgain:
                raise
            except (Refused, PurposeNeeded):
                return self._names
        return self._names

    async def colleagues(self, page: Page) -> Mapping[str, str]:
        """Those of them who do the work, in the order of their names."""
        await self.read(page)
        return self._colleagues

    async def _read(self, page: Page) -> None:
        found: dict[str, str] = {}
        working: dict[str, str] = {}
        after: str | None = None
        for _ in range(self._PAGES):
            answer = await page.get("/v1/workers", {"limit": 200, "after": after})
            found |= {str(each["worker_id"]): str(each["name"]) for each in answer.items}
            working |= {
                str(each["worker_id"]): str(each["name"])
                for each in answer.items
                if each["active"] and not self._NOT_AT_WORK_HERE.issuperset(each["roles"])
            }
            after = answer.next
            if after is None:
                break
        self._colleagues = dict(sorted(working.items(), key=lambda each: each[1]))
        self._names, self._until = found, time.monotonic() + self._SECONDS
