"""What the gateway itself carries to an owner's ordinary route, for somebody who is not on the line: as that principal,
with its purpose, asked of the same policies as any request; under a key, where it is to have its effect once.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.types import Message

from gateway.answers import Answer
from gateway.bodies import RequestBody
from gateway.identity import Caller
from gateway.matching import RouteIndex
from gateway.policy import Policy
from gateway.proxy import Passage, Upstream
from gateway.refusals import ServiceUnavailable
from gateway.tokens import InternalTokens
from kit.ids import new_id
from kit.store.unit import traceparent


@dataclass(frozen=True, slots=True)
class Carried:
    """The owner's answer; an empty document when it was none."""

    status: int
    document: Mapping[str, Any]

    @property
    def taken(self) -> bool:
        """Whether it had its effect, now or before."""
        return 200 <= self.status < 300


class Carrier:
    """One for the whole process."""

    def __init__(
        self, index: RouteIndex, policy: Policy, tokens: InternalTokens, upstreams: Mapping[str, Upstream]
    ) -> None:
        self._index = index
        self._policy = policy
        self._tokens = tokens
        self._upstreams = upstreams

    async def post(self, path: str, body: bytes, caller: Caller, purpose: str, key: str | None) -> Carried:
        """Post it; without a body, nothing is sent as one.

        Raises DomainError (NotAllowed by a policy, owner not reached) and AnswerBroken.
        """
        return await self._ask("POST", path, body, caller, purpose, key)

    async def get(self, path: str, caller: Caller, purpose: str) -> Carried:
        """Ask for what stands there; raises as `post` does."""
        return await self._ask("GET", path, b"", caller, purpose, None)

    async def _ask(self, method: str, path: str, body: bytes, caller: Caller, purpose: str, key: str | None) -> Carried:
        route = self._index.find(method, path)
        self._policy.check(caller.roles, route.action, purpose)
        upstream = self._upstreams.get(route.service)
        if upstream is None:
            raise ServiceUnavailable(f"{route.service} is not part of this installation.")
        received = _Received()
        pieces: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            # Once it was read, whoever asks waits for a client to go away: there is none.
            return pieces.pop() if pieces else await asyncio.Future[Message]()

        length = {b"content-length": b"%d" % len(body)} if body else {}
        fields = [
            ("authorization", self._tokens.authorization(caller, route, purpose)),
            ("x-request-id", str(new_id())),
        ]
        # Whatever is done for somebody who is not on the line belongs to the trace of what set it off.
        if (parent := traceparent()) is not None:
            fields.append(("traceparent", parent))
        if body:
            fields.append(("content-type", "application/json"))
        if key is not None:
            fields.append(("idempotency-key", key))
        await upstream.carry(
            Passage(
                method=method,
                target=path,
                fields=fields,
                body=RequestBody(receive, length, "json" if method == "POST" else "none"),
                answer=Answer(received, []),
                repeatable=True,
            )
        )
        return Carried(received.status, received.document())


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
