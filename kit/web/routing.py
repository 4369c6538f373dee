"""Routes that work inside a unit of work.

Each route names its action (`**may("casefile.person.read")`). The route opens the unit before the endpoint runs and
commits it after the answer is made and before it is sent, so that a `201` never lies, and so that an answer kept
under an Idempotency-Key is the very one that went out.
"""

import hashlib
from collections.abc import Callable, Coroutine, Mapping
from typing import Annotated, Any
from uuid import NAMESPACE_URL, UUID, uuid5

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.errors import Conflict, DomainError, Forbidden, Invalid
from kit.store.db import Database, is_lock_timeout
from kit.store.tables import idempotency
from kit.store.unit import Answer, Cause, CommitUnknown, KeyAlreadyUsed, UnitOfWork, record_refusal, unit_of_work
from kit.web.context import template
from kit.web.identity import Principal, Unauthenticated, Verifier
from kit.web.pages import paging
from kit.web.problems import refused, request_id_of
from kit.web.waiting import arrived

ACTION = "x-newstart-action"
KEYED = "x-newstart-idempotency-key"
STREAMED = "x-newstart-streamed-body"
_KEPT_HEADERS = ("location", "etag", "content-type", "event-id")


class KeyMissing(DomainError):
    """A create without its Idempotency-Key could happen twice."""

    slug = "idempotency-key-missing"
    title = "This request needs an Idempotency-Key"
    status = 400


def may(
    action: str,
    *,
    keyed: bool = False,
    streamed: bool = False,
    made: type[BaseModel] | None = None,
    refusals: tuple[int, ...] = (),
) -> dict[str, Any]:
    """Route settings: the action it performs, whether it needs an Idempotency-Key, the refusals it may give.

    A `streamed` body is read by the endpoint as it comes, so the key covers the address alone. `made` is what a PUT
    answers with 201 when there was nothing to change yet.
    """
    statuses = {401, 403, 422, 503, *refusals, *({400, 409} if keyed else ())}
    extra: dict[str, Any] = {ACTION: action}
    if keyed:
        extra[KEYED] = True
    if streamed:
        extra[STREAMED] = True
    responses = refused(*sorted(statuses))
    if made is not None:
        responses[201] = {"model": made, "description": "Made"}
    return {"openapi_extra": extra, "responses": responses}


# Both async although they wait for nothing: FastAPI sends a plain function to a thread, each request anew.
async def current_unit(request: Request) -> UnitOfWork:
    """The unit of work of this request."""
    unit: UnitOfWork = request.state.unit
    return unit


async def current_principal(request: Request) -> Principal:
    """Who asks, as the gateway vouches."""
    principal: Principal = request.state.principal
    return principal


Unit = Annotated[UnitOfWork, Depends(current_unit)]
Caller = Annotated[Principal, Depends(current_principal)]

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class UnitRoute(APIRoute):
    """A route whose endpoint runs in one transaction, for one verified principal, doing one named action."""

    def get_route_handler(self) -> Handler:
        endpoint = super().get_route_handler()
        extra: Mapping[str, Any] = self.openapi_extra or {}
        if ACTION not in extra:
            raise ValueError(f"{self.path} names no action: use **may(...)")
        action: str = extra[ACTION]
        keyed: bool = extra.get(KEYED, False)
        streamed: bool = extra.get(STREAMED, False)

        async def handle(request: Request) -> Response:
            database: Database = request.app.state.database
            service: str = request.app.state.service
            principal = _principal(request, action)
            cause = _cause(principal, action, request_id_of(request.scope))
            request.state.principal = principal
            paging(request.scope["path"])
            key = _idempotency_key(request, keyed)
            mark = _fingerprint(request, b"" if streamed else await request.body()) if key else b""
            stale = await _wait_for_event(request, database)
            done = False
            try:
                async with unit_of_work(database, service, cause) as unit:
                    request.state.unit = unit
                    response = await endpoint(request)
                    done = True
                    if unit.event_ids:
                        response.headers["Event-Id"] = str(unit.event_ids[-1])
                    if key and 200 <= response.status_code < 300:
                        unit.keep(_answer(principal, key, mark, response))
                    elif key and await _found_answer(await unit.session.connection(), principal, key, mark):
                        # Refused, perhaps for what the first request with this key did: that one's answer counts.
                        raise KeyAlreadyUsed
            except KeyAlreadyUsed:
                return await _kept_answer(database, principal, key, mark) or _still_running()
            except Exception as error:
                if key:
                    kept = await _answer_of_before(error, database, principal, key, mark)
                    if kept is not None:
                        return kept
                    # Only now does the key itself wait for whoever has it; the work may wait for any other lock.
                    if done and is_lock_timeout(error):
                        return _still_running()
                if isinstance(error, Forbidden):
                    await record_refusal(database, service, cause, template(request.scope))
                raise
            if stale:
                response.headers["Stale"] = "true"
            return response

        return handle


def _principal(request: Request, action: str) -> Principal:
    verifier: Verifier = request.app.state.verifier
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("Call through the gateway: this service takes its internal token only")
    principal = verifier.verify(token)
    if principal.action != action:
        raise Forbidden(f"This token does not allow {action} for {principal.purpose}")
    return principal


def _cause(principal: Principal, action: str, request_id: str) -> Cause:
    return Cause(
        actor=principal.id,
        purpose=principal.purpose,
        action=action,
        organisation=principal.organisation,
        roles=tuple(sorted(principal.roles)),
        request_id=request_id,
        correlation_id=_as_uuid(request_id),
        hidden=frozenset(person for pair in principal.hide for person in pair),
    )


def _as_uuid(request_id: str) -> UUID:
    try:
        return UUID(request_id)
    except ValueError:
        return uuid5(NAMESPACE_URL, request_id)


def _idempotency_key(request: Request, keyed: bool) -> str:
    if not keyed:
        return ""
    key = request.headers.get("idempotency-key", "").strip()
    if not key:
        raise KeyMissing(
            "Send an Idempotency-Key (a fresh UUID for each new thing), and the same one when you try again"
        )
    if len(key) > 200:
        raise Invalid("The Idempotency-Key is longer than 200 characters")
    return key


def _fingerprint(request: Request, body: bytes) -> bytes:
    digest = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    digest.update(body)
    return digest.digest()


def _answer(principal: Principal, key: str, mark: bytes, response: Response) -> Answer:
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    return Answer(principal.id, key, mark, response.status_code, headers, bytes(response.body))


async def _kept_answer(database: Database, principal: Principal, key: str, mark: bytes) -> Response | None:
    """The answer given the first time under this key, or None; `Invalid` if the request was another."""
    async with database.engine.begin() as connection:
        return await _found_answer(connection, principal, key, mark)


async def _found_answer(connection: AsyncConnection, principal: Principal, key: str, mark: bytes) -> Response | None:
    found = await connection.execute(
        select(idempotency).where(idempotency.c.principal == principal.id, idempotency.c.key == key)
    )
    row = found.one_or_none()
    if row is None:
        return None
    if row.fingerprint != mark:
        raise Invalid("This Idempotency-Key was used for a different request: send a fresh one")
    return Response(row.body, row.status, {**row.headers, "Idempotent-Replay": "true"})


async def _answer_of_before(
    error: Exception, database: Database, principal: Principal, key: str, mark: bytes
) -> Response | None:
    """The kept answer, if a repeat was refused for what the first request did.

    After a broken commit nobody can say whether it was saved, also when the look-up finds no database either: that
    would otherwise be answered as "nothing was saved".
    """
    try:
        return await _kept_answer(database, principal, key, mark)
    except Exception:
        if isinstance(error, CommitUnknown):
            raise error from None
        raise


def _still_running() -> Response:
    raise Conflict("The first request with this Idempotency-Key is still being worked on: ask again in a moment")


async def _wait_for_event(request: Request, database: Database) -> bool:
    """Read-your-writes (ownership rule 14): True when the named event had not arrived within a second."""
    if request.method != "GET":
        return False
    named = request.headers.get("after-event")
    if not named:
        return False
    try:
        return not await arrived(database, UUID(named), request.app.state.kinds)
    except ValueError:
        raise Invalid("After-Event must be the Event-Id of an earlier answer") from None
