"""The demo's concerns and messages: what the duty team's screen and `/demo/messages` show. Again changes nothing."""

from collections.abc import Callable, Mapping
from uuid import NAMESPACE_URL, uuid5

import httpx

from gateway.demo.people import SIGN_INS

_TRIAGE = "/v1/triage"
_WORKERS = {person.slug: str(person.id) for person in SIGN_INS}
_ROSA: Mapping[str, object] = {
    "names": [{"given": "Rosalind", "family": "Achterberg"}],
    "date_of_birth": "1974-03-09",
    "contacts": [{"kind": "phone", "value": "07700 900201"}],
}
_TEXTS = (
    ("07700 900201", "Thank you. Letters are fine, I keep the calls for my sister"),
    ("07700 900977", "hello is this the new start place, when are you open on saturday"),
)
_CONCERNS: tuple[Mapping[str, object], ...] = (
    {"kind": "child", "level": "red", "what_happened": "A boy of about six, alone in the lobby since ten, no coat."},
    {"kind": "adult", "level": "amber", "what_happened": "Says her son holds her bank card and gives her no money."},
    {"about_workers": [_WORKERS["abena-mensah"]], "what_happened": "Raised her voice at a visitor who cried."},
)


def load_safety(gateway: str, say: Callable[[str], None]) -> None:
    """Concerns that wait for somebody, and one person who objected and is told so by text message."""
    with httpx.Client(base_url=gateway, timeout=10, trust_env=False) as client:
        token = client.post("/demo/token", json={"role": "triage_officer"}).raise_for_status().json()["access_token"]
        client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": "front_door"})
        for number, concern in enumerate(_CONCERNS):
            # Under its own reference the same words are the same concern.
            body = {**concern, "reference": _id(f"concern:{number}")}
            client.post(f"{_TRIAGE}/safeguarding-concerns", json=body).raise_for_status()
        if _told(client):
            _texts_back(client)
            say("A message went to the demo's sink, and two texts came back: see /demo/messages")
    say(f"{len(_CONCERNS)} concerns wait to be acknowledged")


def _told(client: httpx.Client) -> bool:
    """Whether somebody new objected; she is found as a likely duplicate of herself the next time."""
    answer = client.post("/v1/casefile/people", json=_ROSA, headers={"Idempotency-Key": _id("rosa")})
    if answer.status_code == httpx.codes.CONFLICT:
        return False
    person_id = answer.raise_for_status().json()["id"]
    said = {"person_id": person_id, "said_by": "themselves", "confirmed_by": "in_person"}
    key = {"Idempotency-Key": _id("objection")}
    client.post(f"{_TRIAGE}/objections", json=said, headers=key).raise_for_status()
    return True


def _texts_back(client: httpx.Client) -> None:
    """She answers from her own number; somebody else from one that nobody has."""
    for number, text in _TEXTS:
        answer = client.post("/demo/messages", data={"number": number, "text": text}, headers={"Authorization": ""})
        if not answer.is_redirect:
            answer.raise_for_status()


def _id(what: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:safety:{what}"))
