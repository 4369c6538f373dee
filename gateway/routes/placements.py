"""What can be asked of temporary accommodation, rough sleeping and the quarterly return."""

from gateway.routes.line import Route, changes, creates, reads
from gateway.routes.purposes import STATISTICS, SUPERVISE

_STAYS = frozenset({"homelessness", "lettings", "emergency_response"}) | SUPERVISE
_COUNTS = frozenset({"homelessness", "oversight"}) | SUPERVISE | STATISTICS
_HOMES = "/v1/housing/temporary-homes"
_STAY = "/v1/housing/placements/{placement_id}"

ROUTES: tuple[Route, ...] = (
    reads(_HOMES, "housing.temporary_home.read", _STAYS),
    creates(_HOMES, "housing.temporary_home.keep", _STAYS),
    reads(f"{_HOMES}/voids", "housing.temporary_home.read", _STAYS),
    reads(f"{_HOMES}/{{home_id}}", "housing.temporary_home.read", _STAYS),
    changes("PUT", f"{_HOMES}/{{home_id}}", "housing.temporary_home.keep", _STAYS),
    reads("/v1/housing/placements", "housing.placement.read", _STAYS),
    creates("/v1/housing/placements", "housing.placement.work", _STAYS),
    reads("/v1/housing/placements/alarms", "housing.placement.read", _STAYS),
    reads("/v1/housing/placements/notices", "housing.placement.read", _STAYS),
    reads("/v1/housing/placements/dashboard", "housing.placement_count.read", _COUNTS),
    reads(_STAY, "housing.placement.read", _STAYS),
    changes("PATCH", _STAY, "housing.placement.work", _STAYS),
    changes("POST", f"{_STAY}/moves", "housing.placement.work", _STAYS),
    changes("POST", f"{_STAY}/ends", "housing.placement.work", _STAYS),
    changes("POST", f"{_STAY}/rates", "housing.placement.work", _STAYS),
    changes("POST", f"{_STAY}/notices/{{notice_id}}/answers", "housing.placement.work", _STAYS),
    changes("POST", f"{_STAY}/alarms/{{day}}/answers", "housing.placement.work", _STAYS),
)
PUBLISHED: tuple[Route, ...] = ()
