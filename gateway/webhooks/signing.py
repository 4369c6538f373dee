"""Signatures of Standard Webhooks 1.0: `v1` is HMAC-SHA256, `v1a` Ed25519; several keys at once make rotation seamless.

What is signed is `<id>.<timestamp>.<body>` in bytes, exactly as they travel.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

Kind = Literal["v1", "v1a"]

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE_SECONDS: Final = 300
"""A message older than this, or from further ahead, may be a replay."""
_SHORTEST, _LONGEST = 24, 64
_SECRET, _PRIVATE, _PUBLIC = "whsec_", "whsk_", "whpk_"
_MOST_SIGNATURES: Final = 20


class NotSigned(Exception):
    """It does not bear the signature of anybody we know. What exactly is wrong is told to nobody outside."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What we sign with. `shown` is what the receiver needs to verify: for `v1` the secret itself."""

    kind: Kind
    secret: bytes

    @classmethod
    def made(cls, kind: Kind) -> "SigningKey":
        """A new one, at random: 32 bytes."""
        return cls(kind, secrets.token_bytes(32))

    @property
    def shown(self) -> str:
        """`whsec_...` or `whpk_...`, to be given to the receiver once."""
        if self.kind == "v1":
            return _SECRET + base64.b64encode(self.secret).decode()
        public = Ed25519PrivateKey.from_private_bytes(self.secret).public_key()
        return _PUBLIC + base64.b64encode(public.public_bytes_raw()).decode()

    def signature(self, signed: bytes) -> str:
        """`v1,...` or `v1a,...`"""
        if self.kind == "v1":
            made = hmac.new(self.secret, signed, hashlib.sha256).digest()
        else:
            made = Ed25519PrivateKey.from_private_bytes(self.secret).sign(signed)
        return f"{self.kind},{base64.b64encode(made).decode()}"


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """What we verify with: a shared secret, or somebody's public key."""

    kind: Kind
    material: bytes

    @classmethod
    def read(cls, text: str) -> "VerifyingKey":
        """From `whsec_...` (24 to 64 bytes) or `whpk_...` (32 bytes). Raises ValueError."""
        prefix = next((each for each in (_SECRET, _PUBLIC) if text.startswith(each)), None)
        if prefix is None:
            raise ValueError(f"it should begin with {_SECRET} or {_PUBLIC}")
        try:
            material = base64.b64decode(text.removeprefix(prefix), validate=True)
        except binascii.Error:
            raise ValueError("what follows the prefix should be base64") from None
        if prefix == _PUBLIC and len(material) != 32:
            raise ValueError("an Ed25519 public key has 32 bytes")
        if prefix == _SECRET and not _SHORTEST <= len(material) <= _LONGEST:
            raise ValueError(f"a secret has {_SHORTEST} to {_LONGEST} bytes")
        return cls("v1" if prefix == _SECRET else "v1a", material)

    def holds(self, signature: bytes, signed: bytes) -> bool:
        """Whether this is its signature; in constant time."""
        if self.kind == "v1":
            return hmac.compare_digest(hmac.new(self.material, signed, hashlib.sha256).digest(), signature)
        try:
            Ed25519PublicKey.from_public_bytes(self.material).verify(signature, signed)
        except InvalidSignature:
            return False
        return True


def headers(id_: str, at: int, body: bytes, keys: Iterable[SigningKey]) -> dict[str, str]:
    """The three headers of a message. `at`: seconds since 1970; a signature for each key, the newest first."""
    signed = _signed(id_, str(at), body)
    return {ID: id_, TIMESTAMP: str(at), SIGNATURE: " ".join(key.signature(signed) for key in keys)}


def verify(received: Mapping[str, str], body: bytes, keys: Iterable[VerifyingKey], *, now: float) -> str:
    """The id of a message that one of these keys signed within the tolerance of `now`. Raises NotSigned.

    `received`: header names in lower case.
    """
    id_, timestamp, given = received.get(ID, ""), received.get(TIMESTAMP, ""), received.get(SIGNATURE, "")
    # A full stop in the id could move text between the parts that are signed.
    if not id_ or len(id_) > 200 or "." in id_ or not (timestamp.isascii() and timestamp.isdecimal()):
        raise NotSigned("the headers are not those of a webhook")
    if len(timestamp) > 12 or abs(int(timestamp) - now) > TOLERANCE_SECONDS:
        raise NotSigned("it is too old, or from a clock that is wrong")
    signed = _signed(id_, timestamp, body)
    signatures = list(_read(given))
    for key in keys:
        for kind, signature in signatures:
            if kind == key.kind and key.holds(signature, signed):
                return id_
    raise NotSigned("no signature is right")


def _signed(id_: str, timestamp: str, body: bytes) -> bytes:
    return f"{id_}.{timestamp}.".encode() + body


def _read(given: str) -> Iterable[tuple[str, bytes]]:
    """Every signature that can be read; others' versions and what is malformed are passed over."""
    for each in given.split(" ")[:_MOST_SIGNATURES]:
        kind, comma, text = each.partition(",")
        if comma:
            try:
                yield kind, base64.b64decode(text, validate=True)
            except (binascii.Error, ValueError):
                continue
