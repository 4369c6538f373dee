"""ETag and If-Match (RFC 9110 section 13): nobody overwrites what they have not seen."""

from typing import Annotated

from fastapi import Depends, Header, Response

from kit.errors import DomainError, Invalid, Stale


class PreconditionRequired(DomainError):
    """A change must say which version it was made on."""

    slug = "precondition-required"
    title = "Say which version you changed"
    status = 428


def expected_version(if_match: str) -> int:
    """The version the caller saw, from `If-Match: "<version>"`."""
    text = if_match.strip().removeprefix("W/").strip('"')
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise Invalid('If-Match must be one ETag as we gave it, e.g. "3"')
    return int(text)


# Async, so that FastAPI doesn't send it to a thread.
async def _required(if_match: Annotated[str | None, Header()] = None) -> int:
    if if_match is None:
        raise PreconditionRequired('Send If-Match with the ETag you were given, e.g. If-Match: "3"')
    return expected_version(if_match)


Expected = Annotated[int, Depends(_required)]


def check_version(current: int, expected: int, record: object | None = None) -> None:
    """`Stale` (412) when the record has moved on; it carries both versions and, where given, what stands now."""
    if current != expected:
        extra: dict[str, object] = {"your_version": expected, "current_version": current}
        if record is not None:
            extra["current"] = record
        raise Stale("Read it again, then make your change on what stands now", **extra)


def set_etag(response: Response, version: int) -> None:
    """Tell the caller which version this is."""
    response.headers["ETag"] = f'"{version}"'
