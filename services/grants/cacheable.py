"""What grants gives to anyone may be kept for a minute, by browsers and by those in between."""

from typing import Final

from fastapi import Response

from kit.web.preconditions import set_etag

SECONDS: Final = 60


def anyone_may_keep(response: Response, version: int | None = None) -> None:
    """Say so, with the version where it is of one thing."""
    response.headers["Cache-Control"] = f"public, max-age={SECONDS}"
    if version is not None:
        set_etag(response, version)
