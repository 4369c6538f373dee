"""Every error as a problem document (RFC 9457), whatever went wrong and wherever.

`instance` names the request, so that a person can quote it; nothing here ever names a record or repeats an input.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from psycopg.errors import ExclusionViolation, ForeignKeyViolation, UniqueViolation
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import IntegrityError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kit.errors import Conflict, DomainError, FieldError, Invalid, Unavailable
from kit.store.db import is_transient, is_unstorable
from kit.store.unit import CommitUnknown

MEDIA_TYPE = "application/problem+json"
TYPE_BASE = "https://newstart.example/problems/"
_REF = "#/components/schemas/{model}"

log = structlog.get_logger(__name__)

_UNKNOWN = (
    "We lost our records in the moment of saving, so we cannot say whether it was saved. Send it again with the same"
    " Idempotency-Key, or look before you do."
)
# What two requests at the same moment can bring about. Other broken constraints are faults of ours.
_RACES = (UniqueViolation, ExclusionViolation, ForeignKeyViolation)

_TITLES = {
    400: ("bad-request", "The request could not be read"),
    401: ("unauthenticated", "Sign in first"),
    403: ("forbidden", "Not allowed"),
    404: ("not-found", "Not found"),
    405: ("method-not-allowed", "This address does not offer that method"),
    406: ("not-acceptable", "We cannot answer in that form"),
    413: ("too-large", "The request is too large"),
    415: ("unsupported-media-type", "We cannot read that kind of content"),
    500: ("fault", "Something went wrong on our side"),
}


class FieldProblem(BaseModel):
    """One field and the rule it broke."""

    pointer: str = Field(description="JSON pointer into the request body; empty for the request as a whole")
    detail: str
    rule: str


class ProblemDocument(BaseModel):
    """The shape of every error answer."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldProblem] = []


def refused(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How a route declares its error answers in OpenAPI; `schemas()` has the components they refer to.

    Not by FastAPI's `model`: it would build a validator for each of some ten thousand refusals at every start.
    """
    schema = {"schema": {"$ref": _REF.format(model=ProblemDocument.__name__)}}
    return {
        status: {"description": "Refused: see the problem document", "content": {MEDIA_TYPE: schema}}
        for status in statuses
    }


def schemas() -> dict[str, Any]:
    """The components of an OpenAPI document that `refused` refers to."""
    schema = ProblemDocument.model_json_schema(ref_template=_REF)
    return {**schema.pop("$defs"), ProblemDocument.__name__: schema}


def problem(
    status: int,
    slug: str,
    title: str,
    detail: str,
    request_id: str,
    *,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Response:
    """A problem document as a response."""
    document = ProblemDocument(
        type=TYPE_BASE + slug,
        title=title,
        status=status,
        detail=detail,
        instance=f"urn:newstart:request:{request_id}",
        errors=[FieldProblem(pointer=e.pointer, detail=e.detail, rule=e.rule) for e in errors],
        **dict(extra or {}),
    )
    return Response(document.model_dump_json().encode(), status, dict(headers or {}), MEDIA_TYPE)


def of_domain_error(error: DomainError, request_id: str) -> Response:
    """The problem for a refusal; 503 says when to come back, 401 how to sign in."""
    headers = {503: {"Retry-After": "5"}, 401: {"WWW-Authenticate": "Bearer"}}.get(error.status)
    return problem(
        error.status,
        error.slug,
        error.title,
        error.detail,
        request_id,
        errors=error.errors,
        headers=headers,
        extra=error.extra,
    )


class NotReadable(DomainError):
    """The body is not what its content type says."""

    slug = "bad-request"
    title = "The request could not be read"
    status = 400


def of_validation_error(error: RequestValidationError) -> DomainError:
    """Name each field and rule; the input itself is not repeated (it may be about a person)."""
    if any(fault["type"] == "json_invalid" for fault in error.errors()):
        return NotReadable("The body is not JSON")
    fields = []
    for fault in error.errors():
        place, *path = fault["loc"]
        pointer = "".join(f"/{_token(part)}" for part in path) if place == "body" else ""
        name = "" if place == "body" else f"{place} {'.'.join(str(part) for part in path)}: "
        fields.append(FieldError(pointer, name + _plain(fault), fault["type"]))
    return Invalid("; ".join(f"{f.pointer or 'request'}: {f.detail}" for f in fields[:3]), *fields)


def _token(part: object) -> str:
    """A part of a JSON pointer (RFC 6901 section 3). A name may be the caller's own: half a surrogate pair can't go
    back, and nobody needs a long one.
    """
    text = str(part).encode(errors="replace").decode()[:64]
    return text.replace("~", "~0").replace("/", "~1")


def _plain(fault: Mapping[str, Any]) -> str:
    message = str(fault["msg"])
    return message.removeprefix("Value error, ")


def of_exception(error: Exception, request_id: str) -> Response:
    """The answer for any exception: refusals as they say, lost connections as 503, the rest as a logged 500."""
    if isinstance(error, DomainError):
        return of_domain_error(error, request_id)
    if isinstance(error, RequestValidationError):
        return of_domain_error(of_validation_error(error), request_id)
    if isinstance(error, HTTPException):
        slug, title = _TITLES.get(error.status_code, ("refused", "The request was refused"))
        return problem(error.status_code, slug, title, title, request_id, headers=error.headers)
    if is_unstorable(error):
        return of_domain_error(Invalid("The request holds a character or a number that can't be stored"), request_id)
    if isinstance(error, CommitUnknown):
        log.warning("commit_unknown", request_id=request_id)
        return of_domain_error(Unavailable(_UNKNOWN), request_id)
    if is_transient(error):
        log.warning("database_unavailable", request_id=request_id, kind=type(error).__name__)
        return of_domain_error(Unavailable("We cannot reach our records just now. Nothing was saved."), request_id)
    if isinstance(error, IntegrityError) and isinstance(error.orig, _RACES):
        log.warning("constraint", request_id=request_id, constraint=_constraint(error))
        return of_domain_error(Conflict("Someone else saved the same thing at the same moment"), request_id)
    # The exception's text may quote a row; its type and place are enough to find the fault.
    log.error("fault", request_id=request_id, kind=type(error).__name__, exc_info=_frames_only(error))
    return problem(500, *_TITLES[500], "The fault is on record; quote the instance below.", request_id)


def _constraint(error: IntegrityError) -> str | None:
    diagnosis = getattr(error.orig, "diag", None)
    return getattr(diagnosis, "constraint_name", None)


def _frames_only(error: Exception) -> tuple[type[BaseException], BaseException, Any]:
    return RuntimeError, RuntimeError(type(error).__name__), error.__traceback__


def install(app: FastAPI) -> None:
    """Make the app answer every error as a problem."""

    async def answer(request: Request, error: Exception) -> Response:
        return of_exception(error, request_id_of(request.scope))

    for kind in (DomainError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, answer)


def request_id_of(scope: Scope) -> str:
    """The id the gateway gave this request (or the one we made when there was none)."""
    return str(scope.get("state", {}).get("request_id", "unknown"))


class ProblemMiddleware:
    """The last net, in pure ASGI: whatever escapes the app still becomes a problem document."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watch(message: Any) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception as error:
            if started:
                raise
            await of_exception(error, request_id_of(scope))(scope, receive, send)
