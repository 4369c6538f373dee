"""The observatory in the demo: the month counted, a few questions asked, so that its log has something to read.

By the doors the analyst uses. Again changes nothing.
"""

import time
from collections.abc import Callable
from typing import Any, Final

import httpx

_PATH: Final = "/v1/risk/observatory"
_PATIENCE_SECONDS: Final = 60.0
_QUESTIONS: Final[tuple[dict[str, Any], ...]] = (
    {"by": ["ward"], "share": {"dimension": "factor:rising_debt", "category": "yes"}},
    {"by": ["tenure", "children"]},
    {"count": "residents", "by": ["age", "ethnicity"]},
    {"count": "amounts", "kind": "rent.arrears", "by": ["ward"]},
)


def load_observatory(gateway: str, say: Callable[[str], None]) -> None:
    """Puts it in, unless a month is counted already. Raises httpx.HTTPStatusError if a door refuses."""
    with httpx.Client(base_url=gateway, timeout=60, trust_env=False) as client:
        _sign_in(client, "analyst", "research_statistics")
        if client.get(f"{_PATH}/dimensions").status_code == 200:
            return
        limit, asked = time.monotonic() + _PATIENCE_SECONDS, False
        while (offered := client.get(f"{_PATH}/dimensions")).status_code != 200:
            if not asked:
                # Refused while the borough is still being loaded and linked.
                key = {"Idempotency-Key": f"demo-observatory-{time.monotonic_ns()}"}
                asked = client.post(f"{_PATH}/releases", headers=key).status_code == 202
            if time.monotonic() > limit:
                say("The observatory counts the month tonight: the borough was still being linked")
                return
            time.sleep(1)
        shown = 0
        for question in _QUESTIONS:
            told = client.post(f"{_PATH}/queries", json=question)
            if told.status_code == 200:
                shown += sum(row["count"] is not None for row in told.json()["rows"])
    say(f"{offered.json()['month']} is counted for the observatory; {len(_QUESTIONS)} tables show {shown} safe counts")


def _sign_in(client: httpx.Client, role: str, purpose: str) -> None:
    client.headers.pop("Authorization", None)
    token = client.post("/demo/token", json={"role": role}).raise_for_status().json()["access_token"]
    client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": purpose})
