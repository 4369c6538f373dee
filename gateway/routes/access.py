"""What can be asked about who may see whom, who looked, and who is shut out."""

from gateway.routes.line import Route, changes, creates, reads
from gateway.routes.purposes import ADMINISTER, CASEWORK, GOVERN, GUARD, LOOK_UP, REVIEW, STORY

_GLASS = "/v1/casefile/access/broken-glass"
_RESTRICTION = "/v1/casefile/people/{person_id}/restriction"

ROUTES: tuple[Route, ...] = (
    reads("/v1/casefile/access/reads", "casefile.access.review", GOVERN),
    reads("/v1/casefile/access/chains", "casefile.access.review", GOVERN),
    creates("/v1/casefile/access/break-glass", "casefile.glass.break", CASEWORK),
    reads(_GLASS, "casefile.glass.read", STORY),
    reads(f"{_GLASS}/{{glass_id}}", "casefile.glass.read", STORY),
    changes("POST", f"{_GLASS}/{{glass_id}}/review", "casefile.glass.review", REVIEW),
    reads(_RESTRICTION, "casefile.person.restrict", GUARD),
    creates(_RESTRICTION, "casefile.person.restrict", GUARD),
    changes("PUT", _RESTRICTION, "casefile.person.restrict", GUARD),
    changes("POST", f"{_RESTRICTION}/lift", "casefile.person.restrict", GUARD),
    reads("/v1/casefile/access/conflicts", "casefile.conflict.read", LOOK_UP),
    creates("/v1/casefile/access/conflicts", "casefile.conflict.declare", LOOK_UP),
    changes("POST", "/v1/casefile/access/conflicts/{conflict_id}/end", "casefile.conflict.end", REVIEW),
    creates("/v1/casefile/people/{person_id}/barred-workers", "casefile.conflict.bar", STORY),
    reads("/v1/casefile/access/alerts", "casefile.access_alert.settle", GOVERN),
    changes("POST", "/v1/casefile/access/alerts/{alert_id}/settle", "casefile.access_alert.settle", GOVERN),
    reads("/v1/sessions", "gateway.session.read", ADMINISTER | GOVERN),
    creates("/v1/sessions/{session_id}/suspension", "gateway.session.suspend", ADMINISTER | GOVERN),
    creates("/v1/workers/{worker_id}/suspension", "gateway.session.suspend", ADMINISTER | GOVERN),
    changes("DELETE", "/v1/workers/{worker_id}/suspension", "gateway.session.suspend", ADMINISTER | GOVERN),
)
