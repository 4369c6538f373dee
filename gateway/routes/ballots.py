"""What can be asked of ballots, proposals and campaigns."""

from gateway.routes.line import Route, changes, creates, published, reads

_OFFICERS = frozenset({"grants_administration", "participation"})
_RESIDENTS = frozenset({"participation"})
_DRAFT = "/v1/grants/ballot-drafts/{ballot_id}"
_BALLOT = "/v1/grants/ballots/{ballot_id}"

ROUTES: tuple[Route, ...] = (
    creates("/v1/grants/ballot-drafts", "grants.ballot.keep", _OFFICERS),
    reads("/v1/grants/ballot-drafts", "grants.ballot.keep", _OFFICERS),
    reads(_DRAFT, "grants.ballot.keep", _OFFICERS),
    changes("PUT", _DRAFT, "grants.ballot.keep", _OFFICERS),
    changes("POST", f"{_BALLOT}/open", "grants.ballot.keep", _OFFICERS),
    changes("POST", f"{_BALLOT}/close", "grants.ballot.keep", _OFFICERS),
    creates(f"{_BALLOT}/codes", "grants.ballot.issue", _OFFICERS),
    creates(f"{_BALLOT}/papers", "grants.vote.enter", _OFFICERS),
    creates(f"{_BALLOT}/votes", "grants.vote.cast", _RESIDENTS),
    changes("POST", f"{_BALLOT}/decision", "grants.ballot.decide", _OFFICERS),
    changes("POST", f"{_BALLOT}/answers", "grants.ballot.answer", _OFFICERS),
)
PUBLISHED: tuple[Route, ...] = (
    published("GET", "/v1/grants/ballots", "grants.ballot.read"),
    published("GET", _BALLOT, "grants.ballot.read"),
    published("GET", f"{_BALLOT}/result", "grants.ballot.read"),
    published("GET", f"{_BALLOT}/receipts/{{receipt}}", "grants.ballot.read"),
    published("GET", f"{_BALLOT}/ballots.pb", "grants.ballot.read"),
    # The code that came by post is what lets them vote.
    published("POST", f"{_BALLOT}/coded-votes", "grants.vote.by_code"),
)
