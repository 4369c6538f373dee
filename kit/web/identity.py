"""The gateway's internal token: minted there, verified here. A service never trusts a header instead.

A JWS (RFC 7515) signed with Ed25519 (RFC 8037), 60 seconds long, for one service, one action and one purpose. So a call
that goes round the gateway is worth nothing, and a token for one act does not open another.
"""

import hashlib
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from kit.errors import DomainError

ISSUER = "newstart-gateway"
TYPE = "newstart-internal+jwt"
LIFETIME_SECONDS = 60
_ALGORITHM = "Ed25519"
_CACHE_LIMIT = 10_000


class Unauthenticated(DomainError):
    """No valid token: we do not know who asks."""

    slug = "unauthenticated"
    title = "Sign in first"
    status = 401


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks, in what roles, to do what, for which purpose.

    `hide` are pairs of separated people that not every service has confirmed yet (ownership rule 8).
    """

    id: str
    organisation: str | None
    roles: frozenset[str]
    purpose: str
    action: str
    hide: frozenset[frozenset[UUID]] = field(default_factory=frozenset)


def mint(
    key: OKPKey,
    *,
    audience: str,
    subject: str,
    organisation: str | None,
    roles: Iterable[str],
    purpose: str,
    action: str,
    hide: Iterable[tuple[UUID, UUID]] = (),
    now: float | None = None,
) -> str:
    """A compact internal token. The gateway is the only one that holds the key."""
    issued = int(time.time() if now is None else now)
    claims = {
        "iss": ISSUER,
        "aud": audience,
        "sub": subject,
        "org": organisation,
        "roles": sorted(roles),
        "purpose": purpose,
        "action": action,
        "hide": [[str(a), str(b)] for a, b in hide],
        "iat": issued,
        "exp": issued + LIFETIME_SECONDS,
    }
    header = {"alg": _ALGORITHM, "typ": TYPE, "kid": key.kid}
    return jws.serialize_compact(
        header, json.dumps(claims, separators=(",", ":")).encode(), key, algorithms=[_ALGORITHM]
    )


class Verifier:
    """Verifies internal tokens for one service; a token already verified costs one hash until it expires."""

    def __init__(self, public_keys: Mapping[str, Any], audience: str) -> None:
        self._keys = KeySet.import_key_set({"keys": list(public_keys["keys"])})
        self._audience = audience
        self._seen: dict[bytes, tuple[float, Principal]] = {}

    def verify(self, token: str) -> Principal:
        """The principal, or `Unauthenticated`."""
        now = time.time()
        digest = hashlib.sha256(token.encode()).digest()
        known = self._seen.get(digest)
        if known is not None and known[0] > now:
            return known[1]
        expires, principal = self._check(token, now)
        if len(self._seen) >= _CACHE_LIMIT:
            self._seen = {key: entry for key, entry in self._seen.items() if entry[0] > now}
            if len(self._seen) >= _CACHE_LIMIT:
                self._seen.clear()
        self._seen[digest] = (expires, principal)
        return principal

    def _check(self, token: str, now: float) -> tuple[float, Principal]:
        try:
            signed = jws.deserialize_compact(token, self._keys, algorithms=[_ALGORITHM])
            claims = json.loads(signed.payload)
            if signed.headers().get("typ") != TYPE or claims["iss"] != ISSUER or claims["aud"] != self._audience:
                raise Unauthenticated("This token is not meant for this service")
            if claims["exp"] <= now or claims["iat"] > now + 30:
                raise Unauthenticated("This token has expired")
            principal = Principal(
                id=claims["sub"],
                organisation=claims["org"],
                roles=frozenset(claims["roles"]),
                purpose=claims["purpose"],
                action=claims["action"],
                hide=frozenset(frozenset((UUID(a), UUID(b))) for a, b in claims["hide"]),
            )
        except (JoseError, KeyError, TypeError, ValueError) as error:
            raise Unauthenticated("This token cannot be verified") from error
        return float(claims["exp"]), principal
