"""What passes between triage and its partners: referrals, capacity, discharges from hospital, landlords."""

from gateway.routes.line import Route, changes, creates, reads
from gateway.routes.purposes import DISCHARGE, GOVERN, LANDLORD, REFER, REVIEW, SUPERVISE, TO_PARTNERS

MOVE_REFERRAL = "/v1/triage/referrals/{referral_id}/transitions"
ANSWER_CAPACITY = "/v1/triage/capacity-questions/{question_id}/answers"

ROUTES: tuple[Route, ...] = (
    creates("/v1/triage/referrals", "triage.referral.refer", REFER),
    reads("/v1/triage/referrals", "triage.referral.read", REFER | REVIEW),
    reads("/v1/triage/referrals/{referral_id}", "triage.referral.read", REFER | REVIEW),
    changes("PATCH", "/v1/triage/referrals/{referral_id}", "triage.referral.refer", REFER),
    reads("/v1/triage/referrals/{referral_id}/next-offers", "triage.referral.refer", REFER),
    # Also where a one-time link answers, as a principal of its own (gateway/links).
    creates(MOVE_REFERRAL, "triage.referral.move", REFER | SUPERVISE),
    reads("/v1/triage/disclosure-notices/{notice_id}", "triage.disclosure_notice.read", REFER | GOVERN),
    creates("/v1/triage/capacity-questions", "triage.capacity.ask", REFER),
    reads("/v1/triage/capacity-questions", "triage.capacity.read", REFER | SUPERVISE),
    reads("/v1/triage/capacity-questions/{question_id}", "triage.capacity.read", REFER | SUPERVISE),
    creates(ANSWER_CAPACITY, "triage.capacity.answer", REFER),
    creates("/v1/triage/discharge-notices", "triage.discharge.notify", TO_PARTNERS),
    reads("/v1/triage/discharge-notices", "triage.discharge.read", DISCHARGE | SUPERVISE),
    reads("/v1/triage/discharge-notices/{discharge_id}", "triage.discharge.read", DISCHARGE | SUPERVISE),
    changes("PATCH", "/v1/triage/discharge-notices/{discharge_id}", "triage.discharge.work", DISCHARGE),
    creates("/v1/triage/discharge-notices/{discharge_id}/checks", "triage.discharge.work", DISCHARGE),
    creates("/v1/triage/landlord-messages", "triage.landlord.write", LANDLORD),
    reads("/v1/triage/landlord-messages", "triage.landlord.read", LANDLORD | REVIEW),
    reads("/v1/triage/landlord-messages/{message_id}", "triage.landlord.read", LANDLORD | REVIEW),
    reads("/v1/links", "gateway.link.read", REFER | SUPERVISE),
    reads("/v1/links/{link_id}", "gateway.link.read", REFER | SUPERVISE),
    # A new address in place of the one that was sent, to be handed over by whoever asks; shown this once.
    changes("POST", "/v1/links/{link_id}/renew", "gateway.link.keep", REFER | SUPERVISE),
    changes("POST", "/v1/links/{link_id}/revoke", "gateway.link.keep", REFER | SUPERVISE),
)
