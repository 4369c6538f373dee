"""What keeps people safe from each other: separations, and the work against abuse."""

from gateway.routes.line import Route, changes, creates, reads
from gateway.routes.purposes import CASEWORK, SUPERVISE

APART = CASEWORK | SUPERVISE
ABUSE = frozenset({"domestic_abuse", "safeguarding"}) | SUPERVISE

_ABUSE = "/v1/casefile/abuse"
_ONE = "/v1/casefile/separations/{separation_id}"

ROUTES: tuple[Route, ...] = (
    # The door reads this body: it hides the two from that moment on (gateway/separation).
    creates("/v1/casefile/separations", "casefile.separation.make", APART),
    reads("/v1/casefile/separations", "casefile.separation.read", APART),
    reads(_ONE, "casefile.separation.read", APART),
    changes("PATCH", _ONE, "casefile.separation.change", APART),
    changes("POST", f"{_ONE}/lifting", "casefile.separation.change", APART),
    changes("DELETE", f"{_ONE}/lifting", "casefile.separation.change", APART),
    changes("POST", f"{_ONE}/lift", "casefile.separation.lift", APART),
    creates(f"{_ABUSE}/assessments", "casefile.abuse.assess", ABUSE),
    reads(f"{_ABUSE}/assessments", "casefile.abuse.read", ABUSE),
    creates(f"{_ABUSE}/works", "casefile.abuse.work", ABUSE),
    reads(f"{_ABUSE}/works", "casefile.abuse.read", ABUSE),
    reads(f"{_ABUSE}/works/{{work_id}}", "casefile.abuse.read", ABUSE),
    changes("PATCH", f"{_ABUSE}/works/{{work_id}}", "casefile.abuse.work", ABUSE),
    creates(f"{_ABUSE}/works/{{work_id}}/safety-plans", "casefile.abuse.work", ABUSE),
    creates(f"{_ABUSE}/marac-referrals", "casefile.abuse.work", ABUSE),
    reads(f"{_ABUSE}/marac-referrals", "casefile.abuse.read", ABUSE),
    reads(f"{_ABUSE}/marac-referrals/{{referral_id}}", "casefile.abuse.read", ABUSE),
    changes("POST", f"{_ABUSE}/marac-referrals/{{referral_id}}/hearing", "casefile.abuse.work", ABUSE),
    creates(f"{_ABUSE}/marac-referrals/{{referral_id}}/actions", "casefile.abuse.work", ABUSE),
    changes("POST", f"{_ABUSE}/marac-actions/{{action_id}}/done", "casefile.abuse.work", ABUSE),
)
