"""What can be asked of triage."""

from gateway.routes.line import Route, changes, creates, reads
from gateway.routes.purposes import (
    ADMINISTER,
    ANY,
    ASK_FOR_HOLD,
    CASEWORK,
    CONCERN,
    CONTACT,
    GOVERN,
    HELP,
    HOLD,
    OUTREACH,
    REVIEW,
    SUPERVISE,
)

RAISE_CONCERN = "triage.safeguarding.raise"

ROUTES: tuple[Route, ...] = (
    creates("/v1/triage/contacts", "triage.contact.record", CONTACT),
    reads("/v1/triage/contacts", "triage.contact.read", CONTACT | REVIEW),
    reads("/v1/triage/contacts/{contact_id}", "triage.contact.read", CONTACT | REVIEW),
    changes("PATCH", "/v1/triage/contacts/{contact_id}", "triage.contact.change", CONTACT),
    creates("/v1/triage/contacts/{contact_id}/needs", "triage.need.record", CONTACT),
    creates("/v1/triage/contacts/{contact_id}/decisions", "triage.contact.decide", CONTACT),
    Route("POST", "/v1/triage/safeguarding-concerns", RAISE_CONCERN, ANY, "urgent", body="json", urgent=True),
    reads("/v1/triage/safeguarding-concerns", "triage.safeguarding.read", CONCERN),
    reads("/v1/triage/safeguarding-concerns/{concern_id}", "triage.safeguarding.read", CONCERN),
    creates(
        "/v1/triage/safeguarding-concerns/{concern_id}/acknowledgements",
        "triage.safeguarding.acknowledge",
        CONCERN,
    ),
    reads("/v1/triage/known", "triage.known.read", CASEWORK),
    reads("/v1/triage/outreach", "triage.outreach.read", OUTREACH | SUPERVISE),
    creates("/v1/triage/outreach", "triage.outreach.work", OUTREACH),
    reads("/v1/triage/outreach/{offer_id}", "triage.outreach.read", OUTREACH | SUPERVISE),
    changes("PATCH", "/v1/triage/outreach/{offer_id}", "triage.outreach.work", OUTREACH),
    creates("/v1/triage/outreach/{offer_id}/attempts", "triage.outreach.work", OUTREACH),
    creates("/v1/triage/outreach/{offer_id}/outcomes", "triage.outreach.work", OUTREACH),
    reads("/v1/triage/objections", "triage.objection.read", HELP | GOVERN),
    creates("/v1/triage/objections", "triage.objection.record", HELP | GOVERN),
    changes("POST", "/v1/triage/objections/{objection_id}/withdraw", "triage.objection.record", HELP | GOVERN),
    reads("/v1/triage/recovery-holds", "triage.recovery_hold.read", ASK_FOR_HOLD | HOLD | SUPERVISE),
    creates("/v1/triage/recovery-holds", "triage.recovery_hold.request", ASK_FOR_HOLD),
    reads("/v1/triage/recovery-holds/{hold_id}", "triage.recovery_hold.read", ASK_FOR_HOLD | HOLD | SUPERVISE),
    creates("/v1/triage/recovery-holds/{hold_id}/answers", "triage.recovery_hold.answer", HOLD),
    reads("/v1/triage/organisations", "triage.organisation.read", CONTACT | SUPERVISE | ADMINISTER),
    reads("/v1/triage/organisations/{organisation_id}", "triage.organisation.read", CONTACT | SUPERVISE | ADMINISTER),
    changes("PUT", "/v1/triage/organisations/{organisation_id}", "triage.organisation.keep", ADMINISTER),
)
