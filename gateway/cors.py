"""Which web pages of other origins may call us from a browser: those on a list, without cookies."""

from collections.abc import Iterable

Field = tuple[bytes, bytes]

_REQUEST_FIELDS = (
    b"accept, accept-language, after-event, authorization, content-type, idempotency-key, if-match, if-none-match, "
    b"last-event-id, newstart-purpose, traceparent, x-request-id"
)
_ANSWER_FIELDS = (
    b"etag, event-id, idempotent-replay, link, location, ratelimit, ratelimit-policy, retry-after, stale, x-request-id"
)


ANYWHERE: list[Field] = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", _ANSWER_FIELDS),
]
"""For what is published: any page may read it, and as nobody is signed in there is nothing to lose."""


def preflight_anywhere(methods: Iterable[str]) -> list[Field]:
    """What a preflight for something published is answered with."""
    return [
        (b"access-control-allow-origin", b"*"),
        (b"access-control-allow-methods", ", ".join(methods).encode("ascii")),
        (b"access-control-allow-headers", b"accept, content-type"),
        (b"access-control-max-age", b"600"),
    ]


class Cors:
    """The list of origins. An origin that is not on it gets no word about CORS at all."""

    def __init__(self, origins: Iterable[str]) -> None:
        self._origins = frozenset(origin.rstrip("/").encode("ascii") for origin in origins)

    def fields(self, origin: bytes | None) -> list[Field]:
        """What an answer to this origin carries."""
        if not self._origins:
            return []
        if origin is None or origin not in self._origins:
            return [(b"vary", b"origin")]
        return [
            (b"vary", b"origin"),
            (b"access-control-allow-origin", origin),
            (b"access-control-expose-headers", _ANSWER_FIELDS),
        ]

    def preflight(self, origin: bytes | None, methods: Iterable[str]) -> list[Field] | None:
        """What a preflight is answered with; None when this origin is not on the list."""
        if origin is None or origin not in self._origins:
            return None
        return [
            (b"vary", b"origin"),
            (b"access-control-allow-origin", origin),
            (b"access-control-allow-methods", ", ".join(methods).encode("ascii")),
            (b"access-control-allow-headers", _REQUEST_FIELDS),
            (b"access-control-max-age", b"600"),
        ]
