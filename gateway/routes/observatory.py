"""What can be asked of the observatory."""

from gateway.routes.line import Route, changes, creates, reads
from gateway.routes.purposes import COUNTING, GOVERN, STATISTICS

_SEEN = STATISTICS | GOVERN

ROUTES: tuple[Route, ...] = (
    # A question, answered with safe counts: a POST because a table is no address.
    Route("POST", "/v1/risk/observatory/queries", "risk.aggregate.ask", COUNTING, "search", body="json"),
    reads("/v1/risk/observatory/queries", "risk.aggregate.review", GOVERN),
    reads("/v1/risk/observatory/dimensions", "risk.aggregate.ask", COUNTING),
    Route("POST", "/v1/risk/observatory/releases", "risk.aggregate.release", COUNTING, "write", keyed=True),
    reads("/v1/risk/observatory/members", "risk.observatory.read", _SEEN),
    creates("/v1/risk/observatory/members", "risk.observatory.keep", GOVERN),
    changes("PUT", "/v1/risk/observatory/members/{area}", "risk.observatory.keep", GOVERN),
    reads("/v1/risk/observatory/packages", "risk.observatory.read", _SEEN),
    creates("/v1/risk/observatory/packages", "risk.observatory.send", STATISTICS),
    reads("/v1/risk/observatory/refusals", "risk.observatory.read", _SEEN),
    reads("/v1/risk/observatory/tables", "risk.observatory.read", _SEEN),
)
# What anyone may read without signing in.
PUBLISHED: tuple[Route, ...] = ()
