"""An issuer's public keys, kept fresh without ever being in the way of a request.

* Refreshed in the background before they expire; a failed refresh keeps the last good set.
* A token with an unknown key id causes one refresh for all callers, and no second within the cooldown:
  made-up key ids must not turn us into a hammer on the issuer.
"""

import asyncio
import json
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

Key = RSAKey | ECKey | OKPKey
SHORTEST_RSA_BITS = 2048
_LARGEST_DOCUMENT = 256 * 1024
_PUBLIC_MEMBERS = ("kty", "kid", "use", "alg", "n", "e", "crv", "x", "y")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A JWKS document and for how many seconds its publisher says it may be kept."""

    document: Mapping[str, Any]
    max_age: float = 600.0


Fetch = Callable[[], Awaitable[Fetched]]


class UnknownKey(LookupError):
    """No key with this id, and it is too soon to ask the issuer again."""


class JwksCache:
    """The keys of one issuer. `start` keeps them fresh until `stop`."""

    def __init__(
        self,
        issuer: str,
        fetch: Fetch,
        *,
        cooldown: float = 60.0,
        retry: float = 5.0,
        on_change: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.issuer = issuer
        self._fetch = fetch
        self._cooldown = cooldown
        self._retry = retry
        self._on_change = on_change
        self._clock = clock
        self._keys: dict[str, Key] = {}
        self._seen: dict[str, str] = {}
        self._tried_at: float | None = None
        self._fresh_for = 0.0
        self._refreshing: asyncio.Task[bool] | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def ready(self) -> bool:
        """Whether there is any key to verify with."""
        return bool(self._keys)

    async def start(self) -> None:
        """Fetch once (a failure is not fatal: others may sign in by another issuer), then keep fresh."""
        await self._refresh()
        self._keeper = asyncio.create_task(self._keep_fresh(), name=f"jwks {self.issuer}")

    async def stop(self) -> None:
        for task in (self._keeper, self._refreshing):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def key(self, kid: str) -> Key:
        """The key with this id. Raises UnknownKey."""
        known = self._keys.get(kid)
        if known is not None:
            return known
        if self._refreshing is not None or self._may_ask_again():
            await self._refresh()
            known = self._keys.get(kid)
            if known is not None:
                return known
        raise UnknownKey(kid)

    def _may_ask_again(self) -> bool:
        if self._tried_at is None:
            return True
        wait = self._cooldown if self._keys else self._retry
        return self._clock() - self._tried_at >= wait

    async def _refresh(self) -> bool:
        """Fetch now, or join the fetch under way. True when it worked."""
        if self._refreshing is None:
            self._tried_at = self._clock()
            self._refreshing = asyncio.create_task(self._fetch_once(), name=f"jwks fetch {self.issuer}")
            self._refreshing.add_done_callback(self._refreshed)
        # A caller that goes away must not cancel the fetch that others wait for.
        return await asyncio.shield(self._refreshing)

    def _refreshed(self, _task: asyncio.Task[bool]) -> None:
        self._refreshing = None

    async def _fetch_once(self) -> bool:
        try:
            fetched = await self._fetch()
            keys = usable_keys(fetched.document)
        except Exception as error:
            # Whatever went wrong, the last good set stays: an issuer's bad minute is not a sign-in outage.
            log.warning("keys of %s could not be refreshed: %s", self.issuer, type(error).__name__)
            return False
        if not keys:
            log.warning("keys of %s could not be refreshed: no usable key in the answer", self.issuer)
            return False
        self._fresh_for = min(max(fetched.max_age, 60.0), 3600.0)
        seen = {kid: key.thumbprint() for kid, key in keys.items()}
        withdrawn = any(seen.get(kid) != thumbprint for kid, thumbprint in self._seen.items())
        self._keys, self._seen = keys, seen
        if withdrawn:
            self._on_change()
        return True

    async def _keep_fresh(self) -> None:
        failures = 0 if self._keys else 1
        while True:
            await asyncio.sleep(min(self._retry * 2 ** (failures - 1), 60.0) if failures else self._fresh_for * 0.8)
            failures = 0 if await self._refresh() else min(failures + 1, 10)


def usable_keys(document: Mapping[str, Any]) -> dict[str, Key]:
    """The public signing keys of a JWKS by key id; keys of other kinds, uses or too short are left out."""
    found: dict[str, Key] = {}
    for entry in document.get("keys", []):
        kid, use = entry.get("kid"), entry.get("use", "sig")
        if not isinstance(kid, str) or use != "sig" or entry.get("kty") not in ("RSA", "EC", "OKP"):
            continue
        try:
            key = JWKRegistry.import_key({name: entry[name] for name in _PUBLIC_MEMBERS if name in entry})
        except (JoseError, ValueError, KeyError):
            continue
        if isinstance(key, RSAKey):
            if key.raw_value.key_size >= SHORTEST_RSA_BITS:
                found[kid] = key
        elif isinstance(key, ECKey | OKPKey):
            found[kid] = key
    return found


def over_http(session: Callable[[], aiohttp.ClientSession | None], address: str, *, plain: bool = False) -> Fetch:
    """How an issuer's JWKS is fetched: within 5 s, at most 256 KiB, no redirects; https only unless `plain`."""
    if not address.startswith("https://") and not plain:
        raise ValueError(f"the keys of an issuer are fetched over https only: {address}")

    async def fetch() -> Fetched:
        client = session()
        if client is None:
            raise ConnectionError("not started")
        limit = aiohttp.ClientTimeout(total=5)
        async with client.get(address, allow_redirects=False, timeout=limit) as answer:
            if answer.status != 200:
                raise ConnectionError(f"the issuer answered {answer.status}")
            raw = await answer.content.read(_LARGEST_DOCUMENT + 1)
            while len(raw) <= _LARGEST_DOCUMENT and not answer.content.at_eof():
                raw += await answer.content.read(_LARGEST_DOCUMENT + 1 - len(raw))
            if len(raw) > _LARGEST_DOCUMENT:
                raise ConnectionError("the issuer's answer is too large")
            return Fetched(json.loads(raw), _max_age(answer.headers.get("Cache-Control", "")))

    return fetch


def _max_age(cache_control: str) -> float:
    found = re.search(r"max-age=(\d{1,9})", cache_control)
    return float(found[1]) if found else 600.0
