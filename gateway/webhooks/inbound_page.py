"""The address that partners' systems send to: no sign-in but the signature over the bytes as they came."""

from collections.abc import Callable
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from gateway.webhooks import inbound
from gateway.webhooks.signing import NotSigned
from kit.errors import DomainError, Unavailable
from kit.store.db import Database
from kit.store.unit import Cause, unit_of_work
from kit.web import problems

_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


class NotVerified(DomainError):
    """Whatever is wrong with it: an unknown source, a signature, the time. Who sends it learns no more than that."""

    slug = "not-signed"
    title = "This message is not signed by a source we know"
    status = 401


class TooLong(DomainError):
    """A message is an event with ids and what changed, never a file."""

    slug = "too-large"
    title = "This message is too large"
    status = 413


class Kept(BaseModel):
    """It is kept, and will be carried."""

    id: UUID = Field(description="Under this it stands in /v1/webhooks/messages")


def router(database: Callable[[], Database] | None) -> APIRouter:
    """The one route; without a database it describes itself only."""
    routes = APIRouter(tags=["webhooks"])

    @routes.post("/webhooks/{source_id}", status_code=202, responses=problems.refused(401, 409, 413, 422))
    async def receive_webhook(source_id: UUID, request: Request) -> Kept:
        """Take a message (Standard Webhooks 1.0). 202: it is kept, and repeats of it change nothing."""
        if database is None:
            raise Unavailable("Webhooks are not received here")
        body = await request.body()
        if len(body) > inbound.LARGEST_BYTES:
            raise TooLong(f"At most {inbound.LARGEST_BYTES // 1024} KiB")
        received = {name: request.headers.get(name, "") for name in _HEADERS}
        cause = Cause.system("gateway", "gateway.webhook.receive")
        try:
            async with unit_of_work(database(), "gateway", cause) as unit:
                id_ = await inbound.receive(unit, source_id, received, body)
        except NotSigned as error:
            raise NotVerified("Check the secret, the clock, and that the body is signed as it is sent") from error
        return Kept(id=id_)

    return routes
