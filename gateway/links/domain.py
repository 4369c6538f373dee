"""The rules of one-time links: the secret in the address, when it may still be used, what an answer may be. Pure."""

import hashlib
from base64 import b32encode
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

SECRET_BYTES: Final = 20
"""160 random bits: nobody guesses one, and 32 letters and digits can still be read out."""
LEASE: Final = timedelta(seconds=60)
"""How long an answer may take on its way. One cut off may be given again after that."""


class Kind(StrEnum):
    """What a link answers."""

    REFERRAL = "referral"
    CAPACITY_QUESTION = "capacity_question"


class Standing(StrEnum):
    """Whether a link may be used."""

    OPEN = "open"
    BEING_ANSWERED = "being_answered"
    ANSWERED = "answered"
    REVOKED = "revoked"
    EXPIRED = "expired"


def token_of(secret: bytes) -> str:
    """The part of the address that is the secret: small letters and digits, nothing about anybody."""
    return b32encode(secret).decode("ascii").lower()


def digest_of(token: str) -> bytes:
    """What is kept of a token. It holds 160 random bits, so a plain hash cannot be turned round."""
    return hashlib.sha256(token.encode()).digest()


def standing(
    *,
    answered: bool,
    revoked: bool,
    until: datetime,
    business_now: datetime,
    claimed_at: datetime | None,
    now: datetime,
) -> Standing:
    """Whether it may be used; `until` is business time, `claimed_at` and `now` are real."""
    if answered:
        return Standing.ANSWERED
    if revoked:
        return Standing.REVOKED
    if until <= business_now:
        return Standing.EXPIRED
    if claimed_at is not None and now - claimed_at < LEASE:
        return Standing.BEING_ANSWERED
    return Standing.OPEN
