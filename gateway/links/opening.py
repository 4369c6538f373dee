"""A shared page, from link and word to what its owner shows, as a principal that may do this and nothing else."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog
from starlette.types import Message

from gateway.answers import Answer
from gateway.bodies import RequestBody
from gateway.identity import Caller
from gateway.links import shared
from gateway.links.shared import Opened
from gateway.matching import RouteIndex
from gateway.policy import Policy
from gateway.proxy import AnswerBroken, Passage, Upstream
from gateway.routes.papers import OPEN_SHARE
from gateway.tokens import InternalTokens
from kit.errors import DomainError
from kit.ids import new_id
from kit.store.db import Database
from kit.store.unit import Cause, unit_of_work

log = structlog.get_logger(__name__)

ROLE: Final = "shared_page"
PURPOSE: Final = "resident_self"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page is made of, and the cookie of its one device. `away`: the owner cannot be asked just now."""

    page: Mapping[str, Any] | None = None
    device: str = ""
    away: bool = False


class Opening:
    """Opens shared pages. One for the whole process."""

    def __init__(
        self,
        database: Callable[[], Database],
        index: RouteIndex,
        policy: Policy,
        tokens: InternalTokens,
        upstreams: Mapping[str, Upstream],
    ) -> None:
        self._database = database
        self._index = index
        self._policy = policy
        self._tokens = tokens
        self._upstreams = upstreams
        self._words = shared.Words()

    async def open(self, token: str, word: str, device: str) -> Shown:
        """The page for the right link and word; for anything else the same nothing, after the same work."""
        cause = Cause.system("gateway", "gateway.shared_page.open")
        async with unit_of_work(self._database(), "gateway", cause) as unit:
            row = await shared.find(unit, token)
            if row is not None:
                unit.session.expunge(row)
        right = await self._words.right(word, row)
        async with unit_of_work(self._database(), "gateway", cause) as unit:
            opened = await shared.attempt(unit, token, device, right=right)
        if opened is None:
            return Shown()
        return await self._carried(opened, cause)

    async def _carried(self, opened: Opened, cause: Cause) -> Shown:
        status, page = 0, None
        try:
            status, page = await self._ask(opened)
        except (DomainError, AnswerBroken) as error:
            log.warning("shared_page_not_carried", page_id=str(opened.id), kind=type(error).__name__)
        if status == 200 and page is not None:
            return Shown(page, opened.device)
        gone = status == 404
        if opened.first and not gone:
            async with unit_of_work(self._database(), "gateway", cause) as unit:
                await shared.give_back(unit, opened.id)
        return Shown(away=not gone)

    async def _ask(self, opened: Opened) -> tuple[int, Mapping[str, Any] | None]:
        path = OPEN_SHARE.replace("{share_id}", str(opened.id))
        route = self._index.find("POST", path)
        self._policy.check(frozenset({ROLE}), route.action, PURPOSE)
        caller = Caller(f"page:{opened.id}", "", frozenset({ROLE}), "", 0)
        received = _Received()

        async def receive() -> Message:
            # There is no body, and no client whose going away could be waited for.
            return await asyncio.Future[Message]()

        await self._upstreams[route.service].carry(
            Passage(
                method="POST",
                target=path,
                fields=[
                    ("authorization", self._tokens.authorization(caller, route, PURPOSE)),
                    ("x-request-id", str(new_id())),
                ],
                body=RequestBody(receive, {}, "none"),
                answer=Answer(received, []),
                repeatable=True,
            )
        )
        return received.status, received.document()


class _Received:
    """An ASGI `send` that keeps the owner's answer."""

    def __init__(self) -> None:
        self.status = 0
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")

    def document(self) -> Mapping[str, Any] | None:
        try:
            found = json.loads(bytes(self._body))
        except ValueError:
            return None
        return found if isinstance(found, dict) else None
