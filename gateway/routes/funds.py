"""What can be asked of funds, rounds, applications and awards."""

from gateway.routes.line import Route, changes, creates, published, reads

_RUN = frozenset({"grants_administration"})
_APPLY = _RUN | frozenset({"participation"})
_FUND = "/v1/grants/funds/{fund_id}"
_ROUND = "/v1/grants/rounds/{round_id}"
_APPLICATION = "/v1/grants/applications/{application_id}"
_AWARD = "/v1/grants/awards/{award_id}"

ROUTES: tuple[Route, ...] = (
    creates("/v1/grants/funds", "grants.fund.keep", _RUN),
    reads("/v1/grants/funds", "grants.fund.read", _RUN),
    reads("/v1/grants/funds/proof", "grants.fund.read", _RUN),
    reads(_FUND, "grants.fund.read", _RUN),
    changes("PATCH", _FUND, "grants.fund.keep", _RUN),
    creates(f"{_FUND}/receipts", "grants.receipt.enter", _RUN),
    creates(f"{_FUND}/levy-receipts", "grants.receipt.enter", _RUN),
    reads(f"{_FUND}/receipts", "grants.fund.read", _RUN),
    reads(f"{_FUND}/receipts/{{receipt_id}}", "grants.fund.read", _RUN),
    reads(f"{_FUND}/ledger", "grants.fund.read", _RUN),
    creates(f"{_FUND}/transfers", "grants.fund.keep", _RUN),
    creates("/v1/grants/rounds", "grants.round.keep", _RUN),
    reads("/v1/grants/rounds/drafts", "grants.round.read", _RUN),
    reads("/v1/grants/rounds/drafts/{round_id}", "grants.round.read", _RUN),
    changes("PATCH", _ROUND, "grants.round.keep", _RUN),
    changes("POST", f"{_ROUND}/open", "grants.round.open", _RUN),
    changes("POST", f"{_ROUND}/extend", "grants.round.open", _RUN),
    changes("POST", f"{_ROUND}/close", "grants.round.open", _RUN),
    creates(f"{_ROUND}/recommendations", "grants.award.recommend", _RUN),
    creates(f"{_ROUND}/ballot-awards", "grants.award.decide", _RUN),
    changes("POST", f"{_ROUND}/conclusion", "grants.award.decide", _RUN),
    changes("POST", "/v1/grants/recommendations/{recommendation_id}/adoption", "grants.award.decide", _RUN),
    creates("/v1/grants/applications", "grants.application.write", _APPLY),
    reads("/v1/grants/applications", "grants.application.read", _APPLY),
    reads(_APPLICATION, "grants.application.read", _APPLY),
    reads(f"{_APPLICATION}/checks", "grants.application.read", _APPLY),
    reads(f"{_APPLICATION}/file", "grants.application.assess", _RUN),
    changes("PATCH", _APPLICATION, "grants.application.write", _APPLY),
    changes("POST", f"{_APPLICATION}/submission", "grants.application.write", _APPLY),
    changes("POST", f"{_APPLICATION}/withdrawal", "grants.application.write", _APPLY),
    changes("POST", f"{_APPLICATION}/eligibility", "grants.application.assess", _RUN),
    creates(f"{_APPLICATION}/due-diligence", "grants.application.assess", _RUN),
    creates(f"{_APPLICATION}/interests", "grants.application.assess", _RUN),
    creates(f"{_APPLICATION}/assessments", "grants.application.assess", _RUN),
    changes("POST", f"{_APPLICATION}/moderation", "grants.application.assess", _RUN),
    reads(f"{_AWARD}/file", "grants.award.read", _APPLY),
    changes("POST", f"{_AWARD}/agreement", "grants.award.run", _RUN),
    creates(f"{_AWARD}/payments", "grants.award.run", _RUN),
    creates(f"{_AWARD}/reports", "grants.report.send", _APPLY),
    changes("POST", f"{_AWARD}/withdrawal", "grants.award.decide", _RUN),
    creates(f"{_AWARD}/recoveries", "grants.award.decide", _RUN),
    reads("/v1/grants/payments", "grants.award.run", _RUN),
    changes("POST", "/v1/grants/payments/{payment_id}/release", "grants.payment.release", _RUN),
    reads("/v1/grants/reports", "grants.award.run", _RUN),
    changes("POST", "/v1/grants/reports/{report_id}/review", "grants.award.run", _RUN),
    creates("/v1/grants/publications/360giving.xlsx", "grants.publication.check", _RUN),
    reads("/v1/grants/publications/360giving/checks", "grants.publication.check", _RUN),
)
# Who gets what by which rules is anyone's to read, and to work out again.
PUBLISHED: tuple[Route, ...] = (
    published("GET", "/v1/grants/rounds", "grants.round.published"),
    published("GET", _ROUND, "grants.round.published"),
    published("GET", f"{_ROUND}/decisions", "grants.award.published"),
    published("GET", f"{_ROUND}/outcomes", "grants.award.published"),
    published("GET", "/v1/grants/awards", "grants.award.published"),
    published("GET", _AWARD, "grants.award.published"),
    published("GET", "/v1/grants/publications/360giving.json", "grants.publication.published"),
    published("GET", "/v1/grants/publications/360giving.xlsx", "grants.publication.published"),
    published("GET", "/v1/grants/publications/infrastructure-funding-statement", "grants.publication.published"),
    published("GET", "/v1/grants/publications/grants-list.csv", "grants.publication.published"),
)
