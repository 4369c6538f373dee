"""What the gateway answers itself."""

from gateway.routes.line import Route, changes, reads
from gateway.routes.purposes import ADMINISTER, ANY, GOVERN, OPERATE, STORY

# Two officers make a payment together: each sees who the other was.
_COLLEAGUES = STORY | ADMINISTER | frozenset({"grants_administration", "resident_panel"})

ROUTES: tuple[Route, ...] = (
    reads("/v1/workers", "gateway.worker.read", _COLLEAGUES),
    reads("/v1/workers/{worker_id}", "gateway.worker.read", _COLLEAGUES),
    changes("PUT", "/v1/workers/{worker_id}", "gateway.worker.change", ADMINISTER | GOVERN),
    reads("/v1/teams", "gateway.worker.read", _COLLEAGUES),
    reads("/v1/teams/{code}", "gateway.worker.read", _COLLEAGUES),
    changes("PUT", "/v1/teams/{code}", "gateway.worker.change", ADMINISTER | GOVERN),
    Route("GET", "/v1/live", "gateway.live.follow", ANY),
    reads("/v1/ops/health", "gateway.standing.read", OPERATE | ADMINISTER),
    changes("POST", "/demo/clock", "gateway.clock.move", OPERATE | ADMINISTER),
)
