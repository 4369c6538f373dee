"""What can be asked of the ward index and of measures."""

from gateway.routes.line import Route, changes, creates, reads
from gateway.routes.purposes import STATISTICS

BOARD = frozenset({"oversight"})
SEEN = STATISTICS | BOARD
"""Figures that may be seen: nobody is in them."""

ROUTES: tuple[Route, ...] = (
    reads("/v1/risk/index/wards", "risk.index.read", SEEN),
    reads("/v1/risk/index/wards/{area}", "risk.index.read", SEEN),
    reads("/v1/risk/index/history", "risk.index.read", SEEN),
    reads("/v1/risk/index/framework", "risk.index.read", SEEN),
    creates("/v1/risk/index/frameworks", "risk.index.keep", STATISTICS),
    changes("PUT", "/v1/risk/index/areas", "risk.index.keep", STATISTICS),
    changes("PUT", "/v1/risk/index/values", "risk.index.keep", STATISTICS),
    creates("/v1/risk/index/editions", "risk.index.keep", STATISTICS),
    reads("/v1/risk/index/editions", "risk.index.read", SEEN),
    reads("/v1/risk/index/editions/{edition_id}", "risk.index.read", SEEN),
    creates("/v1/risk/index/editions/{edition_id}/publication", "risk.index.publish", STATISTICS),
    reads("/v1/risk/measures", "risk.measure.read", SEEN),
    reads("/v1/risk/measures/definitions", "risk.measure.read", SEEN),
    reads("/v1/risk/measures/costs", "risk.measure.read", SEEN),
    changes("PUT", "/v1/risk/measures/costs/{code}", "risk.measure.keep", STATISTICS),
    reads("/v1/risk/measures/baselines/{quarter}", "risk.measure.read", SEEN),
    changes("PUT", "/v1/risk/measures/baselines/{quarter}/{measure}", "risk.measure.keep", STATISTICS),
    reads("/v1/risk/measures/{code}", "risk.measure.read", SEEN),
    creates("/v1/risk/packs", "risk.pack.close", BOARD),
    reads("/v1/risk/packs", "risk.pack.read", SEEN),
    reads("/v1/risk/packs/{quarter}", "risk.pack.read", SEEN),
    reads("/v1/risk/packs/{quarter}/figures", "risk.pack.read", SEEN),
    # Nothing comes of these two but what is given: a POST, because they draw and count.
    Route("POST", "/v1/risk/packs/{quarter}/print", "risk.pack.read", SEEN, "search", body="json"),
    Route("POST", "/v1/risk/packs/{quarter}/recount", "risk.pack.read", SEEN, "search"),
)
# What anyone may read without signing in.
PUBLISHED: tuple[Route, ...] = ()
