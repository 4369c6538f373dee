"""What the others are told of referrals: ids, codes and dates, never what was shared or said."""

from kit.contracts.codes import NeedDomain, ReferralStatus, Urgency
from kit.contracts.triage.referrals import ReferralState
from services.triage.referrals.models import Referral


def published(row: Referral) -> ReferralState:
    """A referral's present state."""
    basis = row.basis or {}
    return ReferralState(
        referral_id=row.id,
        organisation_id=row.organisation_id,
        service_id=row.service_id,
        contact_id=row.contact_id,
        need_id=row.need_id,
        person_id=row.person_id,
        household_id=row.household_id,
        domain=NeedDomain(row.domain),
        urgency=Urgency(row.urgency),
        state=ReferralStatus(row.state),
        reason=row.reason,
        next_step=row.next_step,
        basis=basis.get("basis", "none"),
        chases=row.chases,
        escalated_to=row.escalated_to,
        requested_at=row.requested_at or row.created_at,
        changed_at=row.changed_at,
    )
