"""What can be asked of hardship payments, projects and commissions."""

from gateway.routes.line import Route, changes, creates, published, reads
from gateway.routes.purposes import NOTHING_PERSONAL, SUPERVISE

_HARDSHIP = frozenset({"hardship", "debt_advice", "universal_support", "targeted_support"})
_LOOK = _HARDSHIP | SUPERVISE
_PAYMENTS = "/v1/grants/hardship-payments"
_PAYMENT = f"{_PAYMENTS}/{{payment_id}}"
_WORK = frozenset({"grants_administration", "participation"})
_PROJECTS = "/v1/grants/projects"
_PROJECT = f"{_PROJECTS}/{{project_id}}"
_COMMISSIONS = "/v1/grants/commissions"
_COMMISSION = f"{_COMMISSIONS}/{{commission_id}}"

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
    creates(_PROJECTS, "grants.project.keep", _WORK),
    reads(_PROJECTS, "grants.project.read", _WORK),
    reads(f"{_PROJECTS}/blockers", "grants.project.read", _WORK),
    reads(_PROJECT, "grants.project.read", _WORK),
    changes("POST", f"{_PROJECT}/state", "grants.project.keep", _WORK),
    changes("POST", f"{_PROJECT}/fixer", "grants.project.keep", _WORK),
    creates(f"{_PROJECT}/sessions", "grants.project.keep", _WORK),
    reads(f"{_PROJECT}/sessions", "grants.project.read", _WORK),
    changes("POST", "/v1/grants/project-sessions/{session_id}/count", "grants.project.keep", _WORK),
    creates(f"{_PROJECT}/blockers", "grants.project.keep", _WORK),
    changes("POST", "/v1/grants/project-blockers/{blocker_id}/clearance", "grants.project.keep", _WORK),
    creates(_COMMISSIONS, "grants.commission.keep", _WORK),
    reads(_COMMISSIONS, "grants.commission.read", _WORK),
    reads(f"{_COMMISSIONS}/loads", "grants.commission.read", _WORK),
    changes("PUT", f"{_COMMISSIONS}/loads", "grants.commission.keep", _WORK),
    reads(_COMMISSION, "grants.commission.read", _WORK),
    changes("POST", f"{_COMMISSION}/recommendation", "grants.commission.keep", _WORK),
    changes("POST", f"{_COMMISSION}/agreement", "grants.commission.decide", _WORK),
    changes("POST", f"{_COMMISSION}/refusal", "grants.commission.decide", _WORK),
    changes("POST", f"{_COMMISSION}/payment", "grants.commission.decide", _WORK),
    creates("/v1/grants/community-businesses", "grants.project.keep", _WORK),
    reads("/v1/grants/community-businesses", "grants.project.read", _WORK),
    changes("POST", "/v1/grants/community-businesses/{business_id}/progress", "grants.project.keep", _WORK),
)
PUBLISHED: tuple[Route, ...] = (
    published("GET", f"{_PROJECTS}/published", "grants.project.published"),
    published("GET", f"{_PROJECTS}/figures", "grants.project.published"),
)
