"""An answer given by link, carried to its owner's ordinary route as a principal that may do this and nothing else.

The link is claimed first, so that of two who answer at once one goes on. Its id is the Idempotency-Key: an answer cut
off on the way and given again has its effect once, and another answer under the same link is refused by the owner.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import structlog
from starlette.types import Message

from gateway.answers import Answer
from gateway.bodies import RequestBody
from gateway.identity import Caller
from gateway.links import commands, forms, queries
from gateway.links.commands import Claimed
from gateway.links.domain import Kind, Standing
from gateway.links.queries import Opened
from gateway.matching import RouteIndex
from gateway.policy import Policy
from gateway.proxy import AnswerBroken, Passage, Upstream
from gateway.routes.referrals import ANSWER_CAPACITY, MOVE_REFERRAL
from gateway.tokens import InternalTokens
from kit.errors import DomainError
from kit.ids import new_id
from kit.store.db import Database
from kit.store.unit import Cause, UnitOfWork, unit_of_work

log = structlog.get_logger(__name__)

ROLE: Final = "answer_link"
PURPOSE: Final = "partner_referral"
_NOTHING: Final[Mapping[str, Any]] = {}
_PLACES: Final = {
    Kind.REFERRAL: MOVE_REFERRAL.replace("{referral_id}", "{}"),
    Kind.CAPACITY_QUESTION: ANSWER_CAPACITY.replace("{question_id}", "{}"),
}


class Outcome(StrEnum):
    """What became of an answer."""

    GIVEN = "given"
    NO_SUCH_LINK = "no_such_link"
    NO_SUCH_CHOICE = "no_such_choice"
    TOO_LATE = "too_late"
    BEING_ANSWERED = "being_answered"
    NOT_RECEIVED = "not_received"


@dataclass(frozen=True, slots=True)
class Given:
    """What the page says after an answer. `told` is the owner's own answer: whom to help, for who takes it on."""

    outcome: Outcome
    told: Mapping[str, Any] | None = None


class Answering:
    """Opens links and carries their answers. One for the whole process."""

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

    async def opened(self, token: str) -> Opened | None:
        """What the link's page is made of; nothing changes by looking."""
        async with self._unit(Cause.system("gateway", "gateway.link.open")) as unit:
            return await queries.opened(unit, token)

    async def answer(self, token: str, value: str, note: str) -> Given:
        """Give an answer. Raises nothing that would tell whether a link exists, or what it is about."""
        async with self._unit(Cause.system("gateway", "gateway.link.answer")) as unit:
            seen = await queries.opened(unit, token)
        if seen is None:
            return Given(Outcome.NO_SUCH_LINK)
        body = forms.body_of(seen.kind, seen.state, value, note)
        if body is None:
            over = seen.standing is not Standing.OPEN or not forms.choices(seen.kind, seen.state)
            return Given(Outcome.TOO_LATE if over else Outcome.NO_SUCH_CHOICE)
        async with self._unit(Cause.system("gateway", "gateway.link.answer")) as unit:
            claimed = await commands.claim(unit, token)
        if claimed is None:
            return Given(Outcome.NO_SUCH_LINK)
        if not isinstance(claimed, Claimed):
            waits = claimed is Standing.BEING_ANSWERED
            return Given(Outcome.BEING_ANSWERED if waits else Outcome.TOO_LATE)
        return await self._carry(claimed, body)

    async def _carry(self, link: Claimed, body: Mapping[str, Any]) -> Given:
        status, told = 0, _NOTHING
        try:
            status, told = await self._post(link, json.dumps(body).encode())
        except (DomainError, AnswerBroken) as error:
            log.warning("link_answer_not_carried", link_id=str(link.id), kind=type(error).__name__)
        given = 200 <= status < 300
        # Refused for good: it was withdrawn or answered by another way; or an answer that was cut off did arrive, and
        # this one is another under the same key.
        over = status in (404, 409, 410) or (status == 422 and link.before)
        async with self._unit(_cause(link)) as unit:
            if given or over:
                await commands.answered(unit, link.id)
            else:
                await commands.give_back(unit, link.id)
        if given:
            return Given(Outcome.GIVEN, told)
        return Given(Outcome.TOO_LATE if over else Outcome.NOT_RECEIVED)

    async def _post(self, link: Claimed, body: bytes) -> tuple[int, Mapping[str, Any]]:
        path = _PLACES[link.kind].format(link.target_id)
        route = self._index.find("POST", path)
        self._policy.check(frozenset({ROLE}), route.action, PURPOSE)
        caller = Caller(f"link:{link.id}", str(link.organisation_id), frozenset({ROLE}), "", 0)
        received = _Received()

        pieces: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            # Once it was read, whoever asks waits for a client to go away: there is none.
            return pieces.pop() if pieces else await asyncio.Future[Message]()

        fields = {b"content-length": b"%d" % len(body)}
        await self._upstreams[route.service].carry(
            Passage(
                method="POST",
                target=path,
                fields=[
                    ("authorization", self._tokens.authorization(caller, route, PURPOSE)),
                    ("x-request-id", str(new_id())),
                    ("content-type", "application/json"),
                    ("idempotency-key", str(link.id)),
                ],
                body=RequestBody(receive, fields, "json"),
                answer=Answer(received, []),
                repeatable=True,
            )
        )
        return received.status, received.document()

    def _unit(self, cause: Cause) -> AbstractAsyncContextManager[UnitOfWork]:
        return unit_of_work(self._database(), "gateway", cause)


def _cause(link: Claimed) -> Cause:
    return Cause(
        f"link:{link.id}",
        PURPOSE,
        "gateway.link.answer",
        organisation=str(link.organisation_id),
        roles=(ROLE,),
        request_id=str(link.id),
    )


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

    def document(self) -> Mapping[str, Any]:
        try:
            found = json.loads(bytes(self._body))
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}
