"""The address that GOV.UK Notify tells of text messages we got: no sign-in but the token that Notify was given."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, SecretStr, ValidationError

from gateway.messages import replies
from gateway.messages.replies import ReceivedText
from gateway.refusals import BodyTooLarge
from kit.errors import DomainError, Unavailable, invalid
from kit.store.db import Database
from kit.store.unit import Cause, unit_of_work
from kit.web import problems

log = structlog.get_logger(__name__)

# Read by hand and not by FastAPI, which would look at a stranger's body before anybody looked at the token.
_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": ReceivedText.model_json_schema()}}}
}


class NotNotify(DomainError):
    """No token, or another one: whoever sends it learns no more than that."""

    slug = "wrong-token"
    title = "This does not carry the token that we gave GOV.UK Notify"
    status = 401


class ReplyKept(BaseModel):
    """It is kept, and goes to the case file."""

    id: UUID = Field(description="Notify's own")


def router(database: Callable[[], Database] | None, token: SecretStr | None) -> APIRouter:
    """The one route; without a database it describes itself only.

    Without a token (NEWSTART_NOTIFY_CALLBACK_TOKEN) it answers 503, and not 404: the address is right and something
    of ours is missing, and Notify tries again after a 503, so that what is set up within the half hour loses nothing.
    """
    routes = APIRouter(tags=["messages"])

    @routes.post(
        "/messages/replies", status_code=202, responses=problems.refused(401, 413, 422, 503), openapi_extra=_BODY
    )
    async def receive_text_reply(request: Request) -> ReplyKept:
        """Take a text message that somebody sent us (GOV.UK Notify). 202: it is kept, and repeats change nothing."""
        if database is None or token is None:
            log.warning("replies_not_set_up", hint="set NEWSTART_NOTIFY_CALLBACK_TOKEN")
            raise Unavailable("Text messages are not received here")
        if not replies.is_notify(request.headers.get("authorization", "").encode("latin-1"), token):
            # Notify does not try again after this: whoever mistyped the token must be able to see it.
            log.warning("reply_with_wrong_token", hint="compare NEWSTART_NOTIFY_CALLBACK_TOKEN with Notify's callback")
            raise NotNotify("Check the bearer token of the callback")
        body = await request.body()
        if len(body) > replies.LARGEST_BYTES:
            raise BodyTooLarge(f"At most {replies.LARGEST_BYTES // 1024} KiB")
        text = _read(body)
        cause = Cause.system("gateway", "gateway.reply.receive")
        async with unit_of_work(database(), "gateway", cause) as unit:
            await replies.receive(unit, text)
        return ReplyKept(id=text.id)

    return routes


def _read(body: bytes) -> ReceivedText:
    try:
        return ReceivedText.model_validate_json(body)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
    # Outside the handler, so that nothing is chained whose text might hold a number or somebody's words.
    if any(fault["type"] == "json_invalid" for fault in faults):
        raise invalid("", "The body is not JSON", "json_invalid")
    raise problems.of_validation_error(
        RequestValidationError([{**fault, "loc": ("body", *fault["loc"])} for fault in faults])
    )
