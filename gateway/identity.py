"""Who is it: OIDC access tokens from any configured issuer, verified here and remembered until they expire.

A token is checked in full once (signature by an allowed algorithm with a key of *its own* issuer, `typ`,
`iss`, `aud`, `exp`, `nbf`, `iat`, with 30 s of leeway for clocks that differ) and then found again by its
SHA-256. Whether the person is suspended is looked at on every request. When an issuer withdraws a key,
everything remembered is forgotten.
"""

import binascii
import hashlib
import json
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError

from gateway.jwks import Fetch, JwksCache, UnknownKey
from gateway.refusals import NotSignedIn, Suspended

ALGORITHMS = ("RS256", "PS256", "ES256", "Ed25519")  # never `none`, never a shared secret
LEEWAY_SECONDS = 30
LONGEST_TOKEN = 8192  # characters
LONGEST_SUBJECT = 128  # what an event's actor may be
MOST_REMEMBERED = 20_000
TOKEN_TYPES = frozenset({"at+jwt", "application/at+jwt"})  # RFC 9068: an ID token is no key to this door


@dataclass(frozen=True, slots=True)
class Caller:
    """Someone whose token was verified. `roles` are only those we know."""

    id: str
    org: str
    roles: frozenset[str]
    issuer: str
    expires_at: int  # Unix seconds
    session: str = ""  # made from the token's digest; says nothing of the token


@dataclass(frozen=True, slots=True)
class TrustedIssuer:
    """An issuer whose tokens are accepted, how its public keys are fetched, and how far it is trusted."""

    issuer: str
    audience: str
    fetch: Fetch
    token_types: frozenset[str] = TOKEN_TYPES
    gives: frozenset[str] | None = None  # the roles it may give; None: all
    prefix: str = ""  # put before its subjects, so that two issuers never mean the same person by chance


class Identity:
    """Turns an `Authorization` value into a `Caller`."""

    def __init__(
        self,
        issuers: Iterable[TrustedIssuer],
        *,
        known_roles: frozenset[str],
        suspended: Callable[[str], bool] = lambda _caller: False,
        cooldown: float = 60.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._issuers = {trusted.issuer: trusted for trusted in issuers}
        self._known_roles = known_roles
        self._suspended = suspended
        self._clock = clock
        self._remembered: dict[bytes, Caller] = {}
        self._keys = {
            name: JwksCache(name, trusted.fetch, cooldown=cooldown, on_change=self._remembered.clear)
            for name, trusted in self._issuers.items()
        }

    async def start(self) -> None:
        for keys in self._keys.values():
            await keys.start()

    async def stop(self) -> None:
        for keys in self._keys.values():
            await keys.stop()

    @property
    def ready(self) -> bool:
        """Whether at least one issuer's tokens can be verified."""
        return any(keys.ready for keys in self._keys.values())

    def remembered(self, authorization: bytes | None) -> Caller | None:
        """The caller, if this very token was verified before and still stands. Raises Suspended.

        Kept apart from `verify` so that the usual request waits for nothing.
        """
        if authorization is None:
            return None
        caller = self._remembered.get(hashlib.sha256(authorization).digest())
        if caller is None or caller.expires_at + LEEWAY_SECONDS <= self._clock():
            return None
        return self._not_suspended(caller)

    async def verify(self, authorization: bytes | None) -> Caller:
        """The caller whom the token names. Raises NotSignedIn or Suspended; says no more than the reason."""
        token = _bearer(authorization)
        claims, issuer = await self._verified_claims(token)
        assert authorization is not None  # _bearer has refused it otherwise
        digest = hashlib.sha256(authorization).digest()
        caller = self._caller(claims, issuer, session_of(digest))
        self._remember(digest, caller)
        return self._not_suspended(caller)

    async def _verified_claims(self, token: str) -> tuple[dict[str, Any], TrustedIssuer]:
        header, unverified = _peek(token)
        name = unverified.get("iss")
        issuer = self._issuers.get(name) if isinstance(name, str) else None
        if issuer is None:
            raise NotSignedIn("The token comes from an issuer we do not accept.")
        if header.get("alg") not in ALGORITHMS:
            raise NotSignedIn("The token is signed in a way we do not accept.")
        if str(header.get("typ", "")).lower() not in issuer.token_types:
            raise NotSignedIn("This is not an access token.")
        kid = header.get("kid")
        if not isinstance(kid, str):
            raise NotSignedIn("The token does not say which key signed it.")
        try:
            key = await self._keys[issuer.issuer].key(kid)
        except UnknownKey:
            raise NotSignedIn("The token is signed by a key its issuer does not publish.") from None
        try:
            verified = jwt.decode(token, key, algorithms=list(ALGORITHMS))
            jwt.JWTClaimsRegistry(
                now=int(self._clock()),
                leeway=LEEWAY_SECONDS,
                iss={"essential": True, "value": issuer.issuer},
                aud={"essential": True, "value": issuer.audience},
                sub={"essential": True},
                exp={"essential": True},
            ).validate(verified.claims)
        except (JoseError, ValueError, TypeError) as error:
            raise NotSignedIn(f"The token cannot be accepted: {_reason(error)}.") from None
        return verified.claims, issuer

    def _caller(self, claims: Mapping[str, Any], issuer: TrustedIssuer, session: str) -> Caller:
        subject, org, roles = issuer.prefix + claims["sub"], claims.get("org", ""), claims.get("roles", [])
        if not claims["sub"] or len(subject) > LONGEST_SUBJECT or not subject.isprintable():
            raise NotSignedIn("The token cannot be accepted: the subject cannot be used.")
        if not isinstance(org, str) or not isinstance(roles, list):
            raise NotSignedIn("The token cannot be accepted: `org` or `roles` cannot be used.")
        held = frozenset(role for role in roles if isinstance(role, str)) & self._known_roles
        if issuer.gives is not None:
            held &= issuer.gives
        return Caller(subject, org, held, issuer.issuer, int(claims["exp"]), session)

    def _remember(self, digest: bytes, caller: Caller) -> None:
        if len(self._remembered) >= MOST_REMEMBERED:
            # The oldest go first; whoever still uses one is verified once more.
            for old in list(self._remembered)[: MOST_REMEMBERED // 10]:
                del self._remembered[old]
        self._remembered[digest] = caller

    def _not_suspended(self, caller: Caller) -> Caller:
        if self._suspended(caller.id) or self._suspended(caller.session):
            raise Suspended("Speak to your manager or to information governance.")
        return caller


def session_of(digest: bytes) -> str:
    """The session of a token with this digest, as text: a second digest, so that it leads back to nothing."""
    return str(UUID(bytes=hashlib.sha256(b"session" + digest).digest()[:16]))


def _bearer(authorization: bytes | None) -> str:
    if authorization is None:
        raise NotSignedIn("Send an access token: Authorization: Bearer <token>.")
    scheme, _, token = authorization.partition(b" ")
    if scheme.lower() != b"bearer" or not token or len(token) > LONGEST_TOKEN or not token.isascii():
        raise NotSignedIn("Send an access token: Authorization: Bearer <token>.")
    return token.decode("ascii").strip()


def _peek(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims before any check: only to find which issuer's keys to check them with."""
    parts = token.split(".")
    if len(parts) != 3:
        raise NotSignedIn("The token cannot be read.")
    try:
        header, claims = (json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in parts[:2])
    except (ValueError, binascii.Error, RecursionError):
        raise NotSignedIn("The token cannot be read.") from None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise NotSignedIn("The token cannot be read.")
    return header, claims


def _reason(error: Exception) -> str:
    names = {
        "expired_token": "it has expired",
        "bad_signature": "the signature does not fit",
        "invalid_claim": "a claim does not fit",
        "missing_claim": "a claim is missing",
    }
    return names.get(str(getattr(error, "error", "")), "it is not well formed")
