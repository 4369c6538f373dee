"""Who calls in a benchmark: many people, as the gateway's limits are for each, with tokens of an issuer of ours."""

import time
from typing import Any

from joserfc import jwt
from joserfc.jwk import OKPKey

from kit.web import identity

ISSUER, AUDIENCE = "http://issuer.bench", "newstart"
ROLE, PURPOSE = "triage_officer", "front_door"
COUNT = 200
_ALGORITHM = "Ed25519"


class Issuer:
    """Signs access tokens that the gateway accepts, once it knows `key_set`."""

    def __init__(self) -> None:
        self._key = OKPKey.generate_key("Ed25519")
        self._key.ensure_kid()

    @property
    def key_set(self) -> dict[str, Any]:
        """The public keys (RFC 7517)."""
        return {"keys": [{**self._key.as_dict(private=False), "use": "sig", "alg": _ALGORITHM}]}

    def tokens(self) -> list[str]:
        """A token for each caller, good for an hour."""
        now = int(time.time())
        header = {"alg": _ALGORITHM, "kid": self._key.kid, "typ": "at+jwt"}
        lasting = {"iss": ISSUER, "aud": AUDIENCE, "iat": now, "nbf": now, "exp": now + 3600, "roles": [ROLE]}
        return [
            jwt.encode(header, {**lasting, "sub": f"worker-{number}"}, self._key, algorithms=[_ALGORITHM])
            for number in range(COUNT)
        ]


def internal_tokens(signing_key: dict[str, Any], action: str) -> list[str]:
    """Ready internal tokens as the gateway mints them, good for a minute: for calls that go round it."""
    key = OKPKey.import_key(signing_key)
    return [
        identity.mint(
            key,
            audience=action.partition(".")[0],
            subject=f"worker-{number}",
            organisation=None,
            roles=[ROLE],
            purpose=PURPOSE,
            action=action,
        )
        for number in range(COUNT)
    ]
