"""Partners for the tests of referrals: an organisation's row, and bodies that are complete."""

from typing import Any
from uuid import UUID, uuid4

from kit.testing.databases import ServiceDatabase
from tests.triage.desk import Desk

REFERRALS = "/v1/triage/referrals"
CONSENT: dict[str, Any] = {
    "basis": "consent",
    "consent": {"given_on": "2026-01-05", "how": "phone", "explicit": True, "words": "referral_1"},
}
# Said by people: must never be on the bus, nor in anybody's mailbox.
SAID = "the blue door by the mosque"
NAME = "Amina Yusuf"
MANAGER = "manager-of-partners"


def organisation(
    store: ServiceDatabase, *, kind: str = "advice", answers_by: str = "api", manager: str | None = MANAGER
) -> UUID:
    """One that works with us."""
    id_ = uuid4()
    store.execute(
        "insert into organisation (id, version, name, kind, status, listed, answers_by, answer_email, manager,"
        " changed_by, changed_at) values (%s, 1, 'Harbour Advice', %s, 'active', true, %s, %s, %s, 'test', now())",
        [id_, kind, answers_by, "team@harbour.example" if answers_by != "not_at_all" else None, manager],
    )
    return id_


def body(organisation_id: UUID, **more: Any) -> dict[str, Any]:
    """A referral that lacks nothing."""
    return {
        "organisation_id": str(organisation_id),
        "person_id": str(uuid4()),
        "domain": "money",
        "request": f"Please help with the debts. {SAID}",
        "share": {"name": NAME, "phone": "07700 900123", "safe_contact": f"Text only. {SAID}"},
        "basis": CONSENT,
        "sharing_for": "to advise on debts",
        "tell_person": False,
        **more,
    }


async def referred(desk: Desk, organisation_id: UUID, **more: Any) -> dict[str, Any]:
    answer = await desk.post(REFERRALS, body(organisation_id, **more))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def partner(desk: Desk, organisation_id: UUID) -> Desk:
    """That organisation's own system."""
    return desk.other(
        worker="harbour-system", role="partner", purpose="partner_referral", organisation=str(organisation_id)
    )


async def moved(desk: Desk, referral: dict[str, Any], to: str, **more: Any) -> dict[str, Any]:
    answer = await desk.post(f"{REFERRALS}/{referral['id']}/transitions", {"to": to, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found
