"""Models and emergency lists in the demo: three models defined, those with enough to learn from trained and published,
and a cold snap's list that was looked at twice and waits for a manager's name. Again changes nothing that stands.
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import httpx

_MODELS: Final = "/v1/risk/models"
_LISTS: Final = "/v1/risk/emergencies"
_OWNERS: Final[Mapping[str, str]] = {
    "debt_rising": "Tom Abiola, money advice",
    "homeless_within_six_months": "Marcus Bell, housing options",
    "falls_after_discharge": "Samir Haddad, social prescribing",
}
# Logistic regression alone is trained in seconds; boosting beside it takes a minute or two.
_QUICK: Final = {"algorithms": ["logistic"]}
_WAIT_SECONDS: Final = 60


def load_prediction(gateway: str, say: Callable[[str], None]) -> None:
    """Puts in what the demo shows of models and emergency lists, by the doors of real people; again changes nothing."""
    with httpx.Client(base_url=gateway, timeout=30, trust_env=False) as client:
        _sign_in(client, "analyst", "data_linkage")
        known = {each["code"] for each in _items(client, _MODELS)}
        asked = [_defined(client, code, owner) for code, owner in _OWNERS.items() if code not in known]
        published = sum(_publish(client, model) for model in asked)
        written = _cold_snap(client)
    if asked:
        say(f"{len(asked)} models defined and trained, {published} of them published with their figures")
    if written:
        say("A cold snap's list was looked at twice and waits for a manager's signature")


def _defined(client: httpx.Client, code: str, owner: str) -> dict[str, Any]:
    """Define it, name who answers for it and where the panel was told, and ask for a training."""
    model = _post(client, _MODELS, {"delivered": code, "why": "The outcomes that the Partnership asked for"})
    place, today = f"{_MODELS}/{model['id']}", datetime.fromisoformat(model["created_at"]).date()
    training = {**model["definition"].get("training", {}), **_QUICK}
    changes = {
        "definition": {**model["definition"], "training": training},
        "why": "The demo trains in seconds: logistic regression alone",
        "owner": owner,
        "review_on": (today + timedelta(days=180)).isoformat(),
        "panel_reference": "Residents' data panel, second meeting, paper 4",
        "panel_told_on": (today - timedelta(days=10)).isoformat(),
    }
    client.patch(place, json=changes, headers={"If-Match": '"1"'}).raise_for_status()
    return {"place": place, "training": _post(client, f"{place}/trainings", {})["id"]}


def _publish(client: httpx.Client, model: Mapping[str, Any]) -> bool:
    """When it is trained, a manager publishes it, if it has its figures. What has too few outcomes stays a draft."""
    limit, told = time.monotonic() + _WAIT_SECONDS, {"state": "running"}
    _sign_in(client, "analyst", "data_linkage")
    while told["state"] == "running" and time.monotonic() < limit:
        time.sleep(0.5)
        told = client.get(f"{model['place']}/trainings/{model['training']}").raise_for_status().json()
    if told["state"] != "succeeded" or client.get(model["place"]).raise_for_status().json()["lacks"]:
        return False
    _sign_in(client, "manager", "supervision")
    _post(client, f"{model['place']}/publications", {"training_id": model["training"]}, version=2)
    return True


def _cold_snap(client: httpx.Client) -> bool:
    """An emergency list, checked by the safeguarding lead; nobody has signed it."""
    _sign_in(client, "analyst", "data_linkage")
    if _items(client, _LISTS):
        return False
    today = datetime.fromisoformat(_as_of(client)).date()
    _sign_in(client, "analyst", "data_linkage")
    body = {
        "kind": "cold",
        "title": "Amber cold weather alert",
        "forecast": "Cold weather alert, amber, for London and the South East",
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=3)).isoformat(),
    }
    place = f"{_LISTS}/{_post(client, _LISTS, body)['id']}"
    _sign_in(client, "safeguarding_lead", "emergency_response")
    sample = client.get(f"{place}/sample").raise_for_status().json()
    if not sample:
        return False
    verdicts = [{"household": each["household"], "verdict": "right"} for each in sample]
    _post(client, f"{place}/checks", {"verdicts": verdicts, "note": "Wardens and wards asked by phone"}, version=1)
    return True


def _as_of(client: httpx.Client) -> str:
    _sign_in(client, "manager", "supervision")
    told: str = client.get("/v1/triage/queue/counts").raise_for_status().json()["as_of"]
    return told


def _items(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(path).raise_for_status().json()["items"]
    return found


def _sign_in(client: httpx.Client, role: str, purpose: str) -> None:
    token = client.post("/demo/token", json={"role": role}).raise_for_status().json()["access_token"]
    client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": purpose})


def _post(client: httpx.Client, path: str, body: dict[str, Any], *, version: int | None = None) -> dict[str, Any]:
    key = str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:prediction:{path}:{sorted(body)}:{body.get('delivered', '')}"))
    headers = {"Idempotency-Key": key} | ({"If-Match": f'"{version}"'} if version is not None else {})
    # Some addresses take no body, and refuse even an empty one.
    answer = client.post(path, json=body or None, headers=headers).raise_for_status()
    told: dict[str, Any] = answer.json()
    return told
