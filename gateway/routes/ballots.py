"""What can be asked of ballots, proposals and campaigns."""

from gateway.routes.line import Route, changes, creates, published, reads

_OFFICERS = frozenset({"grants_administration", "participation"})
_RESIDENTS = frozenset({"participation"})
_DRAFT = "/v1/grants/ballot-drafts/{ballot_id}"
_BALLOT = "/v1/grants/ballots/{ballot_id}"
_PROPOSAL = "/v1/grants/proposals/{proposal_id}"
_MODERATED = "/v1/grants/moderation/proposals/{proposal_id}"
_CAMPAIGN = "/v1/grants/campaigns/{campaign_id}"

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
    creates("/v1/grants/proposals", "grants.proposal.take_part", _RESIDENTS),
    Route("POST", f"{_PROPOSAL}/supports", "grants.proposal.take_part", _RESIDENTS, "write", keyed=True),
    changes("DELETE", f"{_PROPOSAL}/supports", "grants.proposal.take_part", _RESIDENTS),
    creates(f"{_PROPOSAL}/comments", "grants.proposal.take_part", _RESIDENTS),
    changes("POST", f"{_PROPOSAL}/answer", "grants.proposal.answer", _OFFICERS),
    creates("/v1/grants/consultations", "grants.proposal.moderate", _OFFICERS),
    reads("/v1/grants/moderation/proposals", "grants.proposal.moderate", _OFFICERS),
    reads(_MODERATED, "grants.proposal.moderate", _OFFICERS),
    reads(f"{_MODERATED}/comments", "grants.proposal.moderate", _OFFICERS),
    changes("POST", f"{_MODERATED}/verdict", "grants.proposal.moderate", _OFFICERS),
    changes("POST", "/v1/grants/moderation/comments/{comment_id}/verdict", "grants.proposal.moderate", _OFFICERS),
    creates("/v1/grants/participation-codes", "grants.participation.issue", _OFFICERS),
    creates("/v1/grants/campaigns", "grants.campaign.keep", _OFFICERS),
    reads("/v1/grants/campaign-drafts", "grants.campaign.keep", _OFFICERS),
    reads("/v1/grants/campaign-drafts/{campaign_id}", "grants.campaign.keep", _OFFICERS),
    changes("POST", f"{_CAMPAIGN}/checks", "grants.campaign.keep", _OFFICERS),
    changes("POST", f"{_CAMPAIGN}/open", "grants.campaign.keep", _OFFICERS),
    changes("POST", f"{_CAMPAIGN}/withdrawal", "grants.campaign.keep", _OFFICERS),
    changes("POST", f"{_CAMPAIGN}/match-payment", "grants.campaign.keep", _OFFICERS),
    changes("POST", f"{_CAMPAIGN}/match-withdrawal", "grants.campaign.keep", _OFFICERS),
    creates(f"{_CAMPAIGN}/pledges", "grants.campaign.pledge", _RESIDENTS),
    changes("DELETE", f"{_CAMPAIGN}/pledges", "grants.campaign.pledge", _RESIDENTS),
)
PUBLISHED: tuple[Route, ...] = (
    published("GET", "/v1/grants/ballots", "grants.ballot.read"),
    published("GET", _BALLOT, "grants.ballot.read"),
    published("GET", f"{_BALLOT}/result", "grants.ballot.read"),
    published("GET", f"{_BALLOT}/receipts/{{receipt}}", "grants.ballot.read"),
    published("GET", f"{_BALLOT}/ballots.pb", "grants.ballot.read"),
    # The code that came by post is what lets them vote.
    published("POST", f"{_BALLOT}/coded-votes", "grants.vote.by_code", keyed=True),
    published("GET", "/v1/grants/proposals", "grants.proposal.read"),
    published("GET", _PROPOSAL, "grants.proposal.read"),
    published("GET", f"{_PROPOSAL}/comments", "grants.proposal.read"),
    # So is the code changed into a pass, and the pass.
    published("POST", "/v1/grants/participation-passes", "grants.participation.by_code", keyed=True),
    published("POST", "/v1/grants/proposals-by-pass", "grants.participation.by_code", keyed=True),
    published("POST", f"{_PROPOSAL}/supports-by-pass", "grants.participation.by_code", keyed=True),
    published("POST", f"{_PROPOSAL}/comments-by-pass", "grants.participation.by_code", keyed=True),
    published("GET", "/v1/grants/campaigns", "grants.campaign.read"),
    published("GET", _CAMPAIGN, "grants.campaign.read"),
)
