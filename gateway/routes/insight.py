"""What can be asked of the ward index and of measures."""

from gateway.routes.line import Route, changes, creates, reads
from gateway.routes.purposes import STATISTICS

SEEN = STATISTICS | frozenset({"oversight"})
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
)
# What anyone may read without signing in.
PUBLISHED: tuple[Route, ...] = ()
