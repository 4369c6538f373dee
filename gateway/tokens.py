"""The internal token: who asks, in what roles, to do what, for which purpose; for one service, for a minute.

Minting costs a signature, so a token is used again for half its life by the same caller, action and
purpose. The request's own id travels beside it as a header: it would make every token another.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from joserfc.jwk import OKPKey

from gateway.identity import Caller
from gateway.routes.line import Route
from kit.web import identity

KEPT_SECONDS = 30.0
_MOST_KEPT = 20_000

_APART = "casefile.separation."
# Pairs of separated people that not every service has confirmed yet (ownership rule 8).
Hidden = tuple[tuple[UUID, UUID], ...]
_Key = tuple[str, str, frozenset[str], str, str, Hidden]


class InternalTokens:
    """Mints tokens with the door's private key, and keeps them for half their life."""

    def __init__(
        self,
        signing_key: Mapping[str, Any],
        *,
        clock: Callable[[], float] = time.time,
        pending: Callable[[str], Hidden] = lambda service: (),
    ) -> None:
        self._pending = pending
        self._key = OKPKey.import_key(dict(signing_key))
        self._clock = clock
        self._kept: dict[_Key, tuple[float, str]] = {}

    def authorization(self, caller: Caller, route: Route, purpose: str) -> str:
        """The `Authorization` value for one request, with whom its service is to hide at this moment."""
        # Whoever separates, or works on a separation, is told by casefile itself, which is never behind.
        hidden = () if route.action.startswith(_APART) else self._pending(route.service)
        key = (caller.id, caller.org, caller.roles, route.action, purpose, hidden)
        now = self._clock()
        kept = self._kept.get(key)
        if kept is not None and kept[0] > now:
            return kept[1]
        token = identity.mint(
            self._key,
            audience=route.service,
            subject=caller.id,
            organisation=caller.org or None,
            roles=caller.roles,
            purpose=purpose,
            action=route.action,
            hide=hidden,
            now=now,
        )
        if len(self._kept) >= _MOST_KEPT:
            self._kept = {key: entry for key, entry in self._kept.items() if entry[0] > now}
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
        self._kept[key] = (now + KEPT_SECONDS, f"Bearer {token}")
        return self._kept[key][1]
