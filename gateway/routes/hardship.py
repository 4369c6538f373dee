"""What can be asked of hardship payments, projects and commissions."""

from gateway.routes.line import Route, changes, creates, reads
from gateway.routes.purposes import NOTHING_PERSONAL, SUPERVISE

_HARDSHIP = frozenset({"hardship", "debt_advice", "universal_support", "targeted_support"})
_LOOK = _HARDSHIP | SUPERVISE
_PAYMENTS = "/v1/grants/hardship-payments"
_PAYMENT = f"{_PAYMENTS}/{{payment_id}}"

ROUTES: tuple[Route, ...] = (
    creates(_PAYMENTS, "grants.hardship.ask", _HARDSHIP),
    reads(_PAYMENTS, "grants.hardship.read", _LOOK),
    reads(f"{_PAYMENTS}/limits", "grants.hardship_limit.read", _LOOK),
    reads(f"{_PAYMENTS}/spent", "grants.hardship_count.read", _LOOK | NOTHING_PERSONAL),
    reads(_PAYMENT, "grants.hardship.read", _LOOK),
    changes("POST", f"{_PAYMENT}/payment", "grants.hardship.pay", _HARDSHIP),
    Route("POST", f"{_PAYMENT}/approval", "grants.hardship.pay", _HARDSHIP, "write"),
    changes("POST", f"{_PAYMENT}/refusal", "grants.hardship.pay", _HARDSHIP),
    changes("POST", f"{_PAYMENT}/reconsideration", "grants.hardship.ask", _HARDSHIP),
    Route("POST", f"{_PAYMENT}/withdrawal", "grants.hardship.ask", _HARDSHIP, "write"),
    changes("POST", f"{_PAYMENT}/return", "grants.hardship.pay", _HARDSHIP),
    changes("POST", f"{_PAYMENT}/check", "grants.hardship.check", _LOOK),
    reads("/v1/grants/desk-training", "grants.desk_training.keep", _LOOK),
    changes("PUT", "/v1/grants/desk-training/{worker}", "grants.desk_training.keep", _LOOK),
)
PUBLISHED: tuple[Route, ...] = ()
