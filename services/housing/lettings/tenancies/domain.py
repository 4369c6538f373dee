"""The rules of a tenancy's first and last day, and of who signs. Pure."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from kit.errors import invalid

FURTHEST_AHEAD: Final = 14
"""Days; CORE takes no tenancy that starts later."""


class Tenancy(StrEnum):
    """Kinds of tenancies, in CORE's words."""

    SECURE_LIFETIME = "secure_lifetime"
    SECURE_FIXED = "secure_fixed"
    ASSURED_LIFETIME = "assured_lifetime"
    ASSURED_SHORTHOLD_FIXED = "assured_shorthold_fixed"
    PERIODIC = "periodic"
    LICENCE = "licence"
    OTHER = "other"


class WhyEnded(StrEnum):
    """Why a tenancy ended: the same words as a home's reason for being empty (CORE's rsnvac)."""

    INTERNAL_TRANSFER = "internal_transfer"
    TO_OTHER_SOCIAL = "to_other_social"
    TO_PRIVATE = "to_private"
    TO_CARE_HOME = "to_care_home"
    TO_HOSPITAL = "to_hospital"
    DIED_NO_SUCCESSION = "died_no_succession"
    SUCCESSION_DOWNSIZED = "succession_downsized"
    ABANDONED = "abandoned"
    EVICTED_ARREARS = "evicted_arrears"
    EVICTED_ANTISOCIAL = "evicted_antisocial"
    EVICTED_BOTH = "evicted_both"
    OTHER = "other"


def check_start(starts_on: date, offered_on: date, today: date) -> None:
    """A tenancy starts after it was offered and at most two weeks from today."""
    if starts_on < offered_on:
        raise invalid("/starts_on", "A tenancy cannot start before the home was offered.", "after-offer")
    if (starts_on - today).days > FURTHEST_AHEAD:
        raise invalid(
            "/starts_on", f"At most {FURTHEST_AHEAD} days from today (CORE takes no later one).", "core-startdate"
        )


def check_tenants(tenants: Sequence[UUID], applicant: UUID) -> None:
    """The applicant signs, alone or with up to three others."""
    if not tenants or tenants[0] != applicant:
        raise invalid("/tenants", "The applicant signs, and stands first.", "applicant-first")
    if len(set(tenants)) != len(tenants) or len(tenants) > 4:
        raise invalid("/tenants", "Up to four different people sign.", "tenants")


def check_end(starts_on: date, ends_on: date) -> None:
    """The last day is not before the first."""
    if ends_on < starts_on:
        raise invalid("/ends_on", "A tenancy does not end before its first day.", "end-after-start")
