"""The demo's cohort: the combination that was published, counted known and unknown for the analyst to look at.

By the doors the analyst uses. Again changes nothing.
"""

from collections.abc import Callable
from typing import Final

import httpx

_PATH: Final = "/v1/risk/cohorts"
_CODE: Final = "rent_work_debt_shock"
_TITLE: Final = "Private rent, low or no pay, rising debt and a shock"
_SHOCKS: Final = ("mental_health", "domestic_abuse", "job_loss", "bereavement", "illness")
_COMBINATION: Final = {
    "all": [
        {"factor": "private_rent"},
        {"factor": "low_or_no_pay"},
        {"factor": "rising_debt"},
        {"any": [{"factor": f"shock_{each}"} for each in _SHOCKS]},
    ]
}
_WHY: Final = "Of households in this combination about eight times as many saw children come into care (mission, S4)."


def load_cohorts(gateway: str, say: Callable[[str], None]) -> None:
    """Keeps and counts it, unless it is there. Raises httpx.HTTPStatusError if a door refuses."""
    with httpx.Client(base_url=gateway, timeout=60, trust_env=False) as client:
        token = client.post("/demo/token", json={"role": "analyst"}).raise_for_status().json()["access_token"]
        client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": "data_linkage"})
        listed = client.get(_PATH, params={"limit": 200}).raise_for_status().json()["items"]
        if any(each["code"] == _CODE for each in listed):
            return
        body = {"code": _CODE, "title": _TITLE, "definition": _COMBINATION, "why": _WHY}
        made = (
            client.post(_PATH, json=body, headers={"Idempotency-Key": f"demo-cohort-{_CODE}"}).raise_for_status().json()
        )
        counted = client.post(f"{_PATH}/{made['id']}/runs", headers={"Idempotency-Key": f"demo-cohort-run-{_CODE}"})
        counted.raise_for_status()
    say(f"{_TITLE}: kept as a cohort, counted known and unknown")
