"""The demo's one separation: Marta came with her son; nobody who works with Owen finds her. Again changes nothing.

Signed in as Priya one sees her; Sade, who met Owen at the hub, is told what a stranger is told.
"""

from collections.abc import Callable, Mapping
from datetime import date
from uuid import NAMESPACE_URL, uuid5

import httpx

from gateway.demo.people import SIGN_INS

_CASEFILE = "/v1/casefile"
_WORKERS = {person.slug: str(person.id) for person in SIGN_INS}


def load_separation(gateway: str, say: Callable[[str], None]) -> None:
    """A family of three, a checklist's total, and two people kept apart."""
    with httpx.Client(base_url=gateway, timeout=10, trust_env=False) as client:
        marta = _person(client, "priya-nair", "Marta", "Lindqvist-Hale", born="1992-08-14")
        if marta is None:
            say("One couple of the demo is kept apart already")
            return
        home = marta["household_id"]
        _person(client, "priya-nair", "Elias", "Lindqvist-Hale", born="2018-03-30", home=home)
        owen = _person(client, "sade-okafor", "Owen", "Hale-Lindqvist", born="1989-12-01", purpose="front_door")
        if owen is None:
            return
        found = {"person_id": marta["id"], "incident_on": date(2026, 1, 5).isoformat(), "total": 15}
        _post(client, "priya-nair", "domestic_abuse", f"{_CASEFILE}/abuse/assessments", found, "total")
        work = {"person_id": marta["id"], "idva": _WORKERS["priya-nair"], "perpetrator_person_id": owen["id"]}
        _post(client, "priya-nair", "domestic_abuse", f"{_CASEFILE}/abuse/works", work, "work")
        two = {"protected_person_id": marta["id"], "separated_person_id": owen["id"]}
        _post(client, "priya-nair", "domestic_abuse", f"{_CASEFILE}/separations", two, "apart")
    say("One couple of the demo is kept apart: Priya sees Marta Lindqvist-Hale, Sade sees nobody of that name")


def _person(
    client: httpx.Client,
    slug: str,
    given: str,
    family: str,
    *,
    born: str,
    home: str | None = None,
    purpose: str = "targeted_support",
) -> Mapping[str, str] | None:
    """Somebody new; None when they are found as a likely duplicate of themselves."""
    body: dict[str, object] = {"names": [{"given": given, "family": family}], "date_of_birth": born}
    if home is not None:
        body["household_id"] = home
    answer = _send(client, slug, purpose, f"{_CASEFILE}/people", body, given)
    if answer.status_code == httpx.codes.CONFLICT:
        return None
    made: Mapping[str, str] = answer.raise_for_status().json()
    return made


def _post(client: httpx.Client, slug: str, purpose: str, path: str, body: Mapping[str, object], key: str) -> None:
    _send(client, slug, purpose, path, body, key).raise_for_status()


def _send(
    client: httpx.Client, slug: str, purpose: str, path: str, body: Mapping[str, object], key: str
) -> httpx.Response:
    token = client.post("/demo/token", json={"worker": slug}).raise_for_status().json()["access_token"]
    fields = {
        "Authorization": f"Bearer {token}",
        "Newstart-Purpose": purpose,
        "Idempotency-Key": str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:separation:{key}")),
    }
    return client.post(path, json=body, headers=fields)
