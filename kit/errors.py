"""Refusals a rule can give, free of any framework.

Rules raise them; the HTTP door turns them into RFC 9457 problems, the event door into dead letters.
A refusal is an ordinary answer, never a fault: faults are any other exception.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that broke one rule. `pointer` is a JSON pointer into the request body (RFC 6901)."""

    pointer: str
    detail: str
    rule: str


class DomainError(Exception):
    """A refusal: what was refused (slug, title), with which HTTP status, and why in plain words."""

    slug: ClassVar[str] = "refused"
    title: ClassVar[str] = "The request was refused"
    status: ClassVar[int] = 409

    def __init__(self, detail: str, *errors: FieldError, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = errors
        self.extra: Mapping[str, Any] = extra


class Invalid(DomainError):
    """The request is well formed but breaks a rule; names the field and the rule."""

    slug = "invalid"
    title = "Something in the request is not right"
    status = 422


class Conflict(DomainError):
    """The request does not fit the present state, e.g. an impossible change of state."""

    slug = "conflict"
    title = "This does not fit the present state"
    status = 409


class NotFound(DomainError):
    """There is no such record, or none that the caller may know of: the answer is the same."""

    slug = "not-found"
    title = "Not found"
    status = 404


class Forbidden(DomainError):
    """The caller may not do this for this purpose; the detail says nothing about the record."""

    slug = "forbidden"
    title = "Not allowed"
    status = 403


class Stale(DomainError):
    """The record changed since the caller read it; `current` carries the version that stands now."""

    slug = "stale"
    title = "Someone else changed this first"
    status = 412


class Unavailable(DomainError):
    """Something we depend on is down; try again later. Nothing was saved."""

    slug = "unavailable"
    title = "Not available at the moment"
    status = 503


def invalid(pointer: str, detail: str, rule: str) -> Invalid:
    """An `Invalid` about a single field."""
    return Invalid(detail, FieldError(pointer, detail, rule))
