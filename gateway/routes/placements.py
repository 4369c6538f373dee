"""What can be asked of temporary accommodation, rough sleeping and the quarterly return."""

from gateway.routes.line import Route, changes, creates, reads
from gateway.routes.purposes import STATISTICS, SUPERVISE

_STAYS = frozenset({"homelessness", "lettings", "emergency_response"}) | SUPERVISE
_COUNTS = frozenset({"homelessness", "oversight"}) | SUPERVISE | STATISTICS
_STREET = frozenset({"homelessness", "outreach", "emergency_response"}) | SUPERVISE
_SEEN = _STREET | frozenset({"front_door", "hub_running", "community_safety"})
_RETURN = frozenset({"homelessness"}) | SUPERVISE
_STREET_COUNTS = _COUNTS | _STREET
_H_CLIC = "/v1/housing/returns/h-clic"
_BED = "/v1/housing/night-beds/{bed_id}"
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
    reads(f"{_STAY}/notices/{{notice_id}}/words", "housing.placement.read", _STAYS),
    changes("POST", f"{_STAY}/notices/{{notice_id}}/answers", "housing.placement.work", _STAYS),
    changes("POST", f"{_STAY}/alarms/{{day}}/answers", "housing.placement.work", _STAYS),
    reads("/v1/housing/sightings", "housing.rough_sleeping.read", _STREET),
    creates("/v1/housing/sightings", "housing.sighting.record", _SEEN),
    reads("/v1/housing/sightings/{sighting_id}", "housing.rough_sleeping.read", _STREET),
    changes("POST", "/v1/housing/sightings/{sighting_id}/looks", "housing.rough_sleeping.work", _STREET),
    reads("/v1/housing/street-stays", "housing.rough_sleeping.read", _STREET),
    creates("/v1/housing/street-stays", "housing.rough_sleeping.work", _STREET),
    reads("/v1/housing/street-stays/{stay_id}", "housing.rough_sleeping.read", _STREET),
    changes("POST", "/v1/housing/street-stays/{stay_id}/steps", "housing.rough_sleeping.work", _STREET),
    reads("/v1/housing/night-beds", "housing.rough_sleeping.read", _STREET),
    creates("/v1/housing/night-beds", "housing.night_bed.keep", _STREET),
    reads("/v1/housing/night-beds/{bed_id}", "housing.rough_sleeping.read", _STREET),
    changes("PUT", "/v1/housing/night-beds/{bed_id}", "housing.night_bed.keep", _STREET),
    reads("/v1/housing/night-beds/{bed_id}/offers", "housing.rough_sleeping.read", _STREET),
    reads("/v1/housing/night-beds/{bed_id}/offers/{offer_id}", "housing.rough_sleeping.read", _STREET),
    creates("/v1/housing/night-beds/{bed_id}/offers", "housing.rough_sleeping.work", _STREET),
    changes(
        "POST", "/v1/housing/night-beds/{bed_id}/offers/{offer_id}/answers", "housing.rough_sleeping.work", _STREET
    ),
    reads("/v1/housing/severe-weather", "housing.rough_sleeping.read", _STREET),
    creates("/v1/housing/severe-weather", "housing.severe_weather.declare", _STREET),
    reads("/v1/housing/severe-weather/{weather_id}", "housing.rough_sleeping.read", _STREET),
    changes("POST", "/v1/housing/severe-weather/{weather_id}/ends", "housing.severe_weather.declare", _STREET),
    reads("/v1/housing/night-counts", "housing.rough_sleeping_count.read", _STREET_COUNTS),
    creates("/v1/housing/night-counts", "housing.rough_sleeping.work", _STREET),
    reads("/v1/housing/night-counts/{count_id}", "housing.rough_sleeping_count.read", _STREET_COUNTS),
    changes("POST", "/v1/housing/night-counts/{count_id}/verifications", "housing.rough_sleeping.work", _STREET),
    reads("/v1/housing/rough-sleeping/figures", "housing.rough_sleeping_count.read", _STREET_COUNTS),
    reads("/v1/housing/homelessness-cases/{case_id}/return-checks", "housing.return_check.read", _RETURN),
    reads(_H_CLIC, "housing.h_clic.export", _RETURN),
    reads(f"{_H_CLIC}/summary", "housing.h_clic.read", _RETURN),
    reads(f"{_H_CLIC}/cases", "housing.h_clic.read", _RETURN),
    reads(f"{_H_CLIC}/codes", "housing.h_clic.read", _RETURN),
    reads(f"{_H_CLIC}/hand-overs", "housing.h_clic.read", _RETURN),
    creates(f"{_H_CLIC}/hand-overs", "housing.h_clic.export", _RETURN),
    reads(f"{_H_CLIC}/hand-overs/{{handover_id}}", "housing.h_clic.read", _RETURN),
)
PUBLISHED: tuple[Route, ...] = ()
