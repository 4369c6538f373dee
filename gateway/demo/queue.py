"""A morning's queue for the demo, put in by the desk's own door. A queue that has anybody in it is left alone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx

# Minutes ago, hub, channel, needs. Nobody is named: help can be given unnamed, and the queue shows why each waits.
_MORNING: tuple[tuple[int, str | None, str, tuple[dict[str, Any], ...]], ...] = (
    (12, "heath", "walk_in", ({"domain": "health", "urgency": "immediate", "goal": "To be seen now"},)),
    (95, "heath", "walk_in", ({"domain": "housing", "urgency": "today", "where_tonight": "friends_or_family",
        "may_lose_home_within_56_days": True, "homelessness_signs": ["asked_to_leave"]},)),
    (230, "thames", "walk_in", ({"domain": "food_and_fuel", "urgency": "today"}, {"domain": "money"})),
    (41, "thames", "phone", ({"domain": "family_and_children", "urgency": "today"},)),
    (26 * 60, None, "web", ({"domain": "money", "urgency": "this_week", "tried": "Rang the bank twice"},)),
    (3 * 24 * 60, None, "web", ({"domain": "work_and_skills", "goal": "A job near school hours"},)),
    (55, "heath", "phone", ({"domain": "mental_health", "urgency": "this_week"},)),
    (2 * 24 * 60, "river", "walk_in", ({"domain": "loneliness"},)),
    (170, "river", "partner", ({"domain": "housing", "where_tonight": "home", "may_lose_home_within_56_days": False,
        "goal": "The damp gone from the bedroom"},)),
    (20, "heath", "walk_in", ({"domain": "housing"},)),
    (9 * 60, None, "web", ({"domain": "drugs_and_alcohol", "urgency": "this_week"},)),
)  # fmt: skip


def load_queue(gateway: str, say: Callable[[str], None]) -> None:
    """Put the morning in, unless somebody waits already. Raises httpx.HTTPStatusError if the door refuses it."""
    with httpx.Client(base_url=gateway, timeout=10, trust_env=False) as client:
        token = client.post("/demo/token", json={"role": "triage_officer"}).raise_for_status().json()["access_token"]
        client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": "front_door"})
        counts = client.get("/v1/triage/queue/counts").raise_for_status().json()
        if counts["waiting"]:
            return
        now = datetime.fromisoformat(counts["as_of"])
        for number, (minutes, hub, channel, needs) in enumerate(_MORNING):
            body = {
                "channel": channel,
                "hub": hub,
                "occurred_at": (now - timedelta(minutes=minutes)).isoformat(),
                "needs": needs,
            }
            key = str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:queue:{now.isoformat()}:{number}"))
            client.post("/v1/triage/contacts", json=body, headers={"Idempotency-Key": key}).raise_for_status()
    say(f"{len(_MORNING)} contacts wait in the queue")
