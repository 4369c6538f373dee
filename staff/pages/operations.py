"""How the platform stands: what Prometheus would be told, for a page that needs no Prometheus."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from staff.page import SignedIn

router = APIRouter()

_LATE: Final = {
    "outbox_oldest_seconds": (60, "events wait to reach the bus"),
    "dead_letters": (1, "events could not take effect"),
    "job_queued_oldest_seconds": (600, "a long piece of work has not begun"),
    "job_silent_seconds": (600, "a long piece of work shows no progress"),
    "alarms_failing": (1, "alarms fail"),
    "unsealed_oldest_seconds": (60, "reads are not sealed into the chain"),
}


@router.get("/operations")
async def operations(page: SignedIn) -> Response:
    """Every service, the bus and the partners, with what is wrong first."""
    health = await page.get("/v1/ops/health")
    return page.render("operations/health.html", health=health.body, wrong=_wrong(health.body))


def _wrong(health: Mapping[str, Any]) -> list[str]:
    """What somebody should look at now, in words."""
    said = [f"{each['service']} does not answer" for each in health["services"] if not each["up"]]
    for each in health["services"]:
        standing = each["standing"] or {}
        said += [
            f"{each['service']}: {words}" for name, (most, words) in _LATE.items() if standing.get(name, 0) >= most
        ]
    webhooks = health["webhooks"]
    said += [
        f"{each['consumer']} is {each['waiting']:,} events behind"
        for each in health["consumers"]
        if each["waiting"] > 1000
    ]
    if webhooks["dead"] or webhooks["in_dead"]:
        said.append("deliveries to or from partners were given up")
    if webhooks["disabled_failing"]:
        said.append("we stopped sending to a partner that did not answer")
    return said
