"""Referrals to partners, and duties to refer."""

from __future__ import annotations

from kit.contracts.event_type import EventType, Sensitivity, planned

_SPECIAL = Sensitivity.SPECIAL


def _fact(name: str, summary: str, sensitivity: Sensitivity, *consumers: str) -> EventType:
    return planned(f"triage.{name}", summary, sensitivity, *consumers, case_fact=True)


EVENTS: tuple[EventType, ...] = (
    _fact("referral.requested", "Help was asked of a partner", _SPECIAL, "gateway"),
    _fact("referral.received", "The partner has the referral", _SPECIAL, "gateway"),
    _fact("referral.accepted", "The partner accepted the referral", _SPECIAL, "gateway", "grants"),
    _fact("referral.rejected", "The partner refused, with a reason", _SPECIAL, "gateway"),
    _fact("referral.in_progress", "The partner is helping", _SPECIAL, "gateway"),
    _fact("referral.completed", "The partner finished, with an outcome", _SPECIAL, "gateway", "grants"),
    _fact("referral.failed", "The referral could not be carried out", _SPECIAL, "gateway"),
    _fact("referral.cancelled", "The referral was withdrawn", _SPECIAL, "gateway"),
    _fact("referral.escalated", "A silent referral went to a named manager", _SPECIAL),
    _fact("duty_to_refer.received", "A listed body referred someone (HA 1996 s213B)", _SPECIAL, "housing"),
)
