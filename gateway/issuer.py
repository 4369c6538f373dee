"""The demo's own OIDC issuer: hands a token to whoever asks, so it cannot exist in production.

Its tokens are ordinary signed JWTs and are verified like anybody else's; nothing in the door knows the
difference.
"""

import hmac
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jwt
from joserfc.jwk import OKPKey

from gateway.demo.people import SIGN_INS, SignIn
from gateway.identity import TrustedIssuer
from gateway.jwks import Fetched
from kit.errors import DomainError, Invalid, NotFound

ALGORITHM = "Ed25519"
LIFETIME_SECONDS = 8 * 3600  # one working day at the desk
AUDIENCE = "newstart"


class DemoIssuerRefused(DomainError):
    """Someone tried to build the demo issuer where real people's records are."""

    slug = "demo-issuer-refused"
    title = "The demo issuer cannot run in production"
    status = 500


class DemoIssuer:
    """Signs tokens for the demo's people. `public_url` is where a browser reaches the gateway."""

    def __init__(
        self,
        public_url: str,
        *,
        environment: str,
        signing_key: Mapping[str, Any] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if environment not in ("demo", "test"):
            raise DemoIssuerRefused(f"NEWSTART_ENVIRONMENT is {environment}; the demo issuer gives tokens to anyone.")
        self.issuer = public_url.rstrip("/") + "/demo"
        self._clock = clock
        self._key = OKPKey.import_key(dict(signing_key)) if signing_key else OKPKey.generate_key("Ed25519")
        self._key.ensure_kid()

    def configuration(self) -> dict[str, Any]:
        """OpenID Connect discovery, as far as a client of this issuer needs it."""
        return {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/jwks",
            "token_endpoint": f"{self.issuer}/token",
            "response_types_supported": ["token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
        }

    def jwks(self) -> dict[str, Any]:
        """The public key."""
        public = self._key.as_dict(private=False)
        return {"keys": [{**public, "use": "sig", "alg": ALGORITHM}]}

    def trusted(self) -> TrustedIssuer:
        """How the door comes by this issuer's keys: the same way as any other's, without the network."""

        async def fetch() -> Fetched:
            return Fetched(self.jwks(), max_age=3600)

        return TrustedIssuer(self.issuer, AUDIENCE, fetch)

    def token(self, sign_in: SignIn, *, lifetime: int = LIFETIME_SECONDS) -> dict[str, Any]:
        """An OAuth token answer for one of the demo's people."""
        now = int(self._clock())
        claims = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": str(sign_in.id),
            "org": sign_in.org,
            "roles": list(sign_in.roles),
            "name": sign_in.name,
            "iat": now,
            "nbf": now,
            "exp": now + lifetime,
        }
        header = {"alg": ALGORITHM, "kid": self._key.kid, "typ": "at+jwt"}
        access = jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])
        return {"access_token": access, "token_type": "Bearer", "expires_in": lifetime}


def key_of(secret: str) -> dict[str, Any]:
    """The issuer's private key, always the same for one secret: who signed in before a restart stays signed in."""
    seed = hmac.digest(secret.encode(), b"newstart demo issuer", "sha256")
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    parts = {name: urlsafe_b64encode(value).rstrip(b"=").decode() for name, value in (("d", seed), ("x", public))}
    return {"kty": "OKP", "crv": "Ed25519", **parts}


def choose(role: str | None, worker: str | None) -> SignIn:
    """The ready person with this role, or the one named by id or short name. Raises Invalid or NotFound."""
    if worker is not None:
        for sign_in in SIGN_INS:
            if worker in (str(sign_in.id), sign_in.slug) and role in (None, *sign_in.roles):
                return sign_in
        raise NotFound("There is no such person in the demo, or not with this role.")
    for sign_in in SIGN_INS:
        if role in sign_in.roles:
            return sign_in
    raise Invalid("There is nobody with this role in the demo; see GET /demo/sign-ins.")
