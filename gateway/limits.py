"""Rate limits for each caller and class of route: the generic cell rate algorithm (GCRA), in this process.

One number per caller and class: the time at which all requests so far would have been due had they come
evenly. A request is let through while that time is less than one window ahead of now. With several gateway
replicas each holds its share (`replicas`); that is rough, and enough to keep one runaway script from
everyone else's desk.

Header fields follow draft-ietf-httpapi-ratelimit-headers-10: `RateLimit-Policy: "read";q=600;w=60` and
`RateLimit: "read";r=599;t=1`.
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address

from starlette.types import Scope

from gateway.refusals import TooManyRequests


@dataclass(frozen=True, slots=True)
class Allowance:
    """At most `quota` requests at once, refilled evenly over `window` seconds."""

    quota: int
    window: int = 60


@dataclass(frozen=True, slots=True)
class Standing:
    """What one request left of the allowance: whether it may pass, and the header values to tell."""

    allowed: bool
    remaining: int
    seconds: int  # until the allowance is whole again; when refused, until the next request may pass


# What one signed-in caller may ask of one gateway. `urgent` is missing on purpose: nothing holds back a
# safeguarding concern.
ALLOWANCES: Mapping[str, Allowance] = {
    "read": Allowance(1200),
    "search": Allowance(600),  # search as you type: a request a keystroke
    "write": Allowance(600),
    "bulk": Allowance(30),
    "open": Allowance(600),  # per network address: nobody has signed in; a hub may share one
    "link": Allowance(60),  # one-time links, per network address: nobody opens more than a few
    "refused": Allowance(600),  # tokens that failed, per network address: each costs a signature check
}

_SWEEP_EVERY = 4096


class Limiter:
    """Counts requests per (caller, class). Not for use from several threads."""

    def __init__(
        self,
        allowances: Mapping[str, Allowance] = ALLOWANCES,
        *,
        replicas: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._shares = {
            name: Allowance(max(1, allowance.quota // replicas), allowance.window)
            for name, allowance in allowances.items()
        }
        self._policies = {
            name: f'"{name}";q={share.quota};w={share.window}'.encode() for name, share in self._shares.items()
        }
        self._due: dict[tuple[str, str], float] = {}
        self._until_sweep = _SWEEP_EVERY

    def take(self, caller: str, rate_class: str) -> Standing | None:
        """Count one request. None: the class has no limit."""
        share = self._shares.get(rate_class)
        if share is None:
            return None
        now = self._clock()
        self._until_sweep -= 1
        if self._until_sweep <= 0:
            self._sweep(now)
        step = share.window / share.quota
        key = (caller, rate_class)
        due = max(self._due.get(key, now), now) + step
        ahead = due - now
        if ahead > share.window + 1e-9:
            return Standing(False, 0, max(1, math.ceil(ahead - share.window)))
        self._due[key] = due
        return Standing(True, int((share.window - ahead) / step + 1e-6), max(1, math.ceil(ahead)))

    def exhausted(self, caller: str, rate_class: str) -> Standing | None:
        """A refusal if `caller` has nothing left, without counting anything; None while it has."""
        share = self._shares.get(rate_class)
        due = self._due.get((caller, rate_class))
        if share is None or due is None:
            return None
        ahead = due + share.window / share.quota - self._clock()
        if ahead <= share.window + 1e-9:
            return None
        return Standing(False, 0, max(1, math.ceil(ahead - share.window)))

    def fields(self, rate_class: str, standing: Standing) -> list[tuple[bytes, bytes]]:
        """The response header fields that tell the caller where it stands."""
        told = f'"{rate_class}";r={standing.remaining};t={standing.seconds}'.encode()
        fields = [(b"ratelimit-policy", self._policies[rate_class]), (b"ratelimit", told)]
        if not standing.allowed:
            fields.append((b"retry-after", str(standing.seconds).encode()))
        return fields

    def refusal(self, rate_class: str, standing: Standing) -> TooManyRequests:
        """The 429 for a standing that is not allowed."""
        share = self._shares[rate_class]
        return TooManyRequests(
            f"At most {share.quota} requests of this kind every {share.window} seconds. "
            f"Try again in {standing.seconds} s."
        )

    def _sweep(self, now: float) -> None:
        # An allowance that is whole again is the same as none: forgetting it keeps memory to active callers.
        self._due = {key: due for key, due in self._due.items() if due > now}
        self._until_sweep = _SWEEP_EVERY


def network_of(scope: Scope) -> str:
    """Whom a request without a sign-in is counted for: an IPv4 address, or the network that one IPv6 customer has."""
    client = scope.get("client")
    if not client:
        return "unknown"
    try:
        found = ip_address(str(client[0]).partition("%")[0])
    except ValueError:
        return str(client[0])
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is None:
            # RFC 6177: a site has at least a /64, and so 2^64 addresses to come from.
            return str(IPv6Network((found, 64), strict=False).network_address)
        found = found.ipv4_mapped
    return str(found)
