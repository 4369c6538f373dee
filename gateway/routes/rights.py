"""What people may ask of those who hold their data; complaints; agreements."""

from gateway.routes.line import Route, changes, creates, reads
from gateway.routes.purposes import ADMINISTER, COMPLAINT, GOVERN, REVIEW

_ACCESS = "/v1/casefile/subject-access-requests"
_RIGHTS = "/v1/casefile/rights-requests"
_COMPLAINTS = "/v1/casefile/complaints"
_AGREEMENTS = "/v1/casefile/agreements"
# About nobody: the board, councillors and whoever runs the platform read it too.
_REGISTER = GOVERN | ADMINISTER | frozenset({"oversight"})


def _step(path: str, action: str, purposes: frozenset[str]) -> Route:
    return changes("POST", path, action, purposes)


ROUTES: tuple[Route, ...] = (
    creates(_ACCESS, "casefile.rights.receive", GOVERN),
    reads(_ACCESS, "casefile.rights.read", REVIEW),
    reads(f"{_ACCESS}/{{request_id}}", "casefile.rights.read", REVIEW),
    reads(f"{_ACCESS}/{{request_id}}/items", "casefile.rights.check", REVIEW),
    _step(f"{_ACCESS}/{{request_id}}/checks", "casefile.rights.check", REVIEW),
    _step(f"{_ACCESS}/{{request_id}}/release", "casefile.rights.release", GOVERN),
    reads(f"{_ACCESS}/{{request_id}}/release", "casefile.rights.release", GOVERN),
    creates(_RIGHTS, "casefile.rights.receive", GOVERN),
    reads(_RIGHTS, "casefile.rights.read", REVIEW),
    reads(f"{_RIGHTS}/{{request_id}}", "casefile.rights.read", REVIEW),
    *(
        _step(f"{_RIGHTS}/{{request_id}}/{step}", "casefile.rights.work", GOVERN)
        for step in ("questions", "answers", "extensions", "refusal", "withdrawal", "decision")
    ),
    _step(f"{_RIGHTS}/{{request_id}}/clearance", "casefile.rights.clear", REVIEW),
    reads(f"{_RIGHTS}/{{request_id}}/proof", "casefile.rights.read", REVIEW),
    reads(f"{_RIGHTS}/{{request_id}}/recipients", "casefile.rights.read", REVIEW),
    creates(f"{_RIGHTS}/{{request_id}}/recipients/{{organisation_id}}/settlement", "casefile.rights.work", GOVERN),
    creates("/v1/casefile/legal-holds", "casefile.legal_hold.keep", GOVERN),
    reads("/v1/casefile/legal-holds", "casefile.legal_hold.read", GOVERN),
    _step("/v1/casefile/legal-holds/{hold_id}/lift", "casefile.legal_hold.keep", GOVERN),
    reads("/v1/casefile/retention-over", "casefile.rights.read", REVIEW),
    reads("/v1/casefile/retention-schedule", "casefile.retention.read", _REGISTER),
    creates(_COMPLAINTS, "casefile.complaint.receive", COMPLAINT),
    reads(_COMPLAINTS, "casefile.complaint.read", COMPLAINT),
    reads(f"{_COMPLAINTS}/{{complaint_id}}", "casefile.complaint.read", COMPLAINT),
    *(
        _step(f"{_COMPLAINTS}/{{complaint_id}}/{step}", "casefile.complaint.work", COMPLAINT)
        for step in ("acknowledgement", "extension", "escalation", "close", "withdrawal")
    ),
    _step(f"{_COMPLAINTS}/{{complaint_id}}/answer", "casefile.complaint.answer", COMPLAINT),
    reads(_AGREEMENTS, "casefile.agreement.read", _REGISTER),
    creates(_AGREEMENTS, "casefile.agreement.keep", GOVERN),
    reads(f"{_AGREEMENTS}/{{agreement_id}}", "casefile.agreement.read", _REGISTER),
    changes("PUT", f"{_AGREEMENTS}/{{agreement_id}}", "casefile.agreement.keep", GOVERN),
    creates(f"{_AGREEMENTS}/{{agreement_id}}/decisions", "casefile.agreement.decide", GOVERN),
)
