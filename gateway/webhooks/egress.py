"""The way out to partners' systems: to the public internet alone, looked at in the moment of connecting.

A name is resolved here, every address it has is looked at, and the connection is made to one of those very addresses
under the original name, so that a name that answers differently a second later gains nothing (DNS rebinding). Redirects
are not followed: they are no success. Nothing from the environment (proxies, .netrc) is heard.
"""

import asyncio
import socket
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from gateway.webhooks import domain
from gateway.webhooks.addresses import fault_of, may_connect
from gateway.webhooks.domain import Answer

TIMEOUT_SECONDS: Final = 15.0
_READ_AT_MOST: Final = 4096
"""Of an answer: enough to let the connection be used again, and no more."""


class NotPublic(OSError):
    """The name leads to an address that is not on the public internet."""


class PublicResolver(AbstractResolver):
    """Resolves names, and refuses one that has even a single address inside."""

    def __init__(self, allowed: frozenset[str] = frozenset(), inner: AbstractResolver | None = None) -> None:
        self._allowed = allowed
        self._inner = inner or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Its addresses. Raises NotPublic."""
        found = await self._inner.resolve(host, port, family)
        if f"{host}:{port}" not in self._allowed and not all(may_connect(each["host"]) for each in found):
            raise NotPublic("this name leads to an address that is not on the public internet")
        return found

    async def close(self) -> None:
        await self._inner.close()


class Egress:
    """One client for all endpoints. `allowed`: see `addresses.fault_of`."""

    def __init__(self, allowed: frozenset[str] = frozenset(), *, resolver: AbstractResolver | None = None) -> None:
        self._allowed = allowed
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=PublicResolver(allowed, resolver), use_dns_cache=False, limit=0, keepalive_timeout=30
            ),
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS),
            trust_env=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )

    async def close(self) -> None:
        """Ends its connections."""
        await self._session.close()

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Answer:
        """Send it, once. Never raises for what the other side does."""
        began = time.monotonic()

        def answer(**more: Any) -> Answer:
            return Answer(milliseconds=round((time.monotonic() - began) * 1000), **more)

        # Again at each try: what is allowed may have changed since the endpoint was entered.
        if fault_of(url, allowed=self._allowed) is not None:
            return answer(status=None, problem="address_not_accepted")
        sent = {**headers, "content-type": "application/json", "user-agent": "NewStart-Webhooks/1.0"}
        try:
            async with self._session.post(url, data=body, headers=sent, allow_redirects=False) as response:
                await response.content.read(_READ_AT_MOST)
                wait = domain.retry_after(response.headers.get("Retry-After"), now)
                return answer(status=response.status, retry_after=wait)
        except TimeoutError:
            return answer(status=None, problem="timeout")
        except aiohttp.ClientConnectorCertificateError:
            return answer(status=None, problem="certificate")
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, NotPublic):
                return answer(status=None, problem="address_not_accepted")
            unknown = isinstance(error, aiohttp.ClientConnectorDNSError)
            return answer(status=None, problem="unknown_name" if unknown else "not_connected")
        except (aiohttp.ClientError, OSError, asyncio.IncompleteReadError, ValueError):
            return answer(status=None, problem="broken_off")
