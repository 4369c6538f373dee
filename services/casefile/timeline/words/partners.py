"""Help of others: referrals, discharges, landlords."""

from collections.abc import Mapping
from typing import Any, Final

from services.casefile.timeline.words.plain import PartOf, Writer, sealed_by, words


def _referral(says: str, *, why: bool = False) -> Any:
    def write(data: Mapping[str, Any]) -> str:
        # Which kind of need would tell of abuse to whoever reads the household's page.
        about = "" if data["domain"] == "domestic_abuse" else f" ({words(data['domain'])})"
        reason = words(data.get("reason")) if why else ""
        return f"{says}{about}" + (f": {reason}" if reason else "")

    return write


def _discharge(says: str) -> Any:
    def write(data: Mapping[str, Any]) -> str:
        left = ", ".join(words(each) for each in data.get("open_checks", ()))
        return says + (f": to be done: {left}" if left else "")

    return write


WRITERS: Final[Mapping[str, Writer]] = {
    "referral.requested": _referral("Help asked of a partner"),
    "referral.changed": _referral("What was asked of a partner changed"),
    "referral.received": _referral("The partner has the referral"),
    "referral.accepted": _referral("The partner accepted"),
    "referral.rejected": _referral("The partner could not take it on", why=True),
    "referral.on_hold": _referral("Help of the partner waits", why=True),
    "referral.in_progress": _referral("The partner has begun"),
    "referral.completed": _referral("Help of the partner is done", why=True),
    "referral.failed": _referral("Help of the partner came to nothing", why=True),
    "referral.cancelled": _referral("The referral was withdrawn", why=True),
    "referral.escalated": _referral("The partner was silent: a manager sees to it"),
    "discharge.received": _discharge("Coming home from hospital"),
    "discharge.changed": _discharge("Coming home from hospital"),
    "discharge.overdue": lambda data: "Home from hospital: something due was not done, and a manager sees to it",
    "discharge.settled": lambda data: "Home from hospital: everything is done",
    "discharge.cancelled": lambda data: "A discharge from hospital did not happen",
    "landlord_message.sent": lambda data: f"Landlord written to: {words(data['kind'])}",
}
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {}
PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "referral": ("referrals/{}", "referral_id"),
    "discharge": ("discharge-notices/{}", "discharge_id"),
    "landlord_message": ("landlord-messages/{}", "landlord_message_id"),
}
PARTS: Final[Mapping[str, PartOf]] = {key: sealed_by("domain") for key in WRITERS if key.startswith("referral.")}
