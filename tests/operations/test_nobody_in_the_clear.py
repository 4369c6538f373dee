"""Words that stand nowhere else are planted through the main journey; then everything the processes wrote is searched:
logs, traces, figures, addresses, events. Where records are kept, in the databases, is where they may be.
"""

import asyncio
import base64
import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import nats
import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row

from kit.contracts.event_type import OWNERS
from kit.run.embedded.ports import HOST
from kit.testing.platform import Platform
from tests.chaos.books import Books
from tests.journeys.door import Person
from tests.operations.collector import Collector

pytestmark = [pytest.mark.full, pytest.mark.xdist_group("operations"), pytest.mark.timeout(300)]

RECORDS = "/v1/risk/sources/council_tax_accounts/records"
GIVEN, FAMILY, STREET, SAID = "Zephyrinda", "Quillfeather", "Marmalade Cloisters", "vermilion kettle"
PHONE, EMAIL, NINO, NHS = "+447700900917", "zq.private@harbour.example", "AB918273C", "9434765919"
PLANTED = (GIVEN, FAMILY, STREET, SAID, PHONE, PHONE[1:], "07700900917", EMAIL, NINO, NHS)
ZEPHYRINDA = {
    "names": [{"given": GIVEN, "family": FAMILY}],
    "date_of_birth": "1971-03-09",
    "nino": NINO,
    "nhs_number": NHS,
    "addresses": [{"lines": [f"77 {STREET}"], "postcode": "RM10 7XS", "ward": "E05014061"}],
    "contacts": [{"kind": "phone", "value": PHONE}, {"kind": "email", "value": EMAIL}],
    "confirmed_new": True,
}


class Patient(Person):
    """Comes again with the same key when a busy machine says 503, as a good client does."""

    def post(self, path: str, body: Any = None, **fields: str) -> httpx.Response:
        same = {"idempotency_key": str(uuid4()), **fields}
        return self._patiently(lambda: Person.post(self, path, body, **same))

    def put(self, path: str, body: Any, **fields: str) -> httpx.Response:
        return self._patiently(lambda: Person.put(self, path, body, **fields))

    def _patiently(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        limit = time.monotonic() + 60
        while (answer := ask()).status_code == 503 and time.monotonic() < limit:
            time.sleep(1)
        return answer


class Answers:
    """Every answer of the journey: its address and header fields are searched too."""

    def __init__(self) -> None:
        self.seen: list[httpx.Response] = []

    def keep(self, answer: httpx.Response, *expected: int) -> httpx.Response:
        assert answer.status_code in (expected or (200, 201)), f"{answer.status_code} {answer.text}"
        self.seen.append(answer)
        return answer


def journey(platform: Platform, answers: Answers) -> None:
    """From the door to a case, a note, a concern, a message, a record of One View; and what goes wrong on the way."""
    keep = answers.keep
    with Patient(platform, "triage_officer", "front_door") as officer:
        person = keep(officer.post("/v1/casefile/people", ZEPHYRINDA)).json()
        keep(officer.post("/v1/casefile/people/search", {"name": f"{GIVEN} {FAMILY}", "nino": NINO}))
        keep(officer.put("/v1/triage/drafts/contact/desk-9", {"what_matters": SAID}))
        told = {
            "channel": "walk_in", "person_id": person["id"], "household_id": person["household_id"],
            "what_matters": f"{GIVEN} says: {SAID}", "needs": [{"domain": "money", "goal": SAID}],
        }  # fmt: skip
        contact = keep(officer.post("/v1/triage/contacts", told))
        decisions = f"/v1/triage/contacts/{contact.json()['id']}/decisions"
        etag = contact.headers["etag"]
        keep(officer.post(decisions, {"outcome": "universal", "reason": f"{FAMILY}: {SAID}"}, if_match=etag))
        said = {"person_id": person["id"], "said_by": "themselves", "confirmed_by": "in_person"}
        keep(officer.post("/v1/triage/objections", said))
        # What goes wrong quotes nobody either.
        wrong = {**ZEPHYRINDA, "nino": f"{NINO}-{FAMILY}", "date_of_birth": SAID, GIVEN: FAMILY}
        keep(officer.post("/v1/casefile/people", wrong), 422)
        keep(
            officer.send(
                "POST",
                "/v1/casefile/people",
                f"{{'{GIVEN}'".encode(),
                content_type="application/json",
                idempotency_key=str(uuid4()),
            ),
            400,
            422,
        )
        # Addresses that a client should never make: they are answered, and not written down.
        for path in (f"/v1/casefile/people/{GIVEN}", f"/v1/triage/queue?name={FAMILY}", f"/{quote(STREET)}"):
            officer.get(path, x_request_id=FAMILY, traceparent=f"00-{GIVEN}-{FAMILY}-01")
    with Patient(platform, "volunteer_welcome", None) as volunteer:
        keep(volunteer.send("POST", "/v1/triage/safeguarding-concerns", f"{GIVEN} {FAMILY}, {SAID}".encode()))
    with Patient(platform, "administrator", "data_migration") as loader:
        record = {"reference": "CT-917", "person": {"given": GIVEN, "family": FAMILY, "nino": NINO, "phone": PHONE}}
        keep(loader.post(RECORDS, record))
        keep(
            loader.post(RECORDS, {**record, "person": {"given": 7, GIVEN: 1}}),
            422,
        )
    # A token that carries a name, and is no token.
    claims = base64.urlsafe_b64encode(json.dumps({"sub": FAMILY, "email": EMAIL}).encode()).decode().rstrip("=")
    for token in (f"Bearer {GIVEN}", f"Bearer eyJhbGciOiJub25lIn0.{claims}."):
        refused = httpx.get(f"{platform.gateway}/v1/triage/queue", headers={"Authorization": token}, trust_env=False)
        answers.keep(refused, 401)


def test_no_word_about_anybody_leaves_where_records_are_kept(platform: Platform, collector: Collector) -> None:
    answers = Answers()
    journey(platform, answers)
    asyncio.run(Books(platform).settle())
    # It was really written: where it belongs, it is found.
    kept = _rows(platform, "casefile", "select names::text as words from person")
    assert any(FAMILY in row["words"] for row in kept)
    for place, text in written(platform, collector, answers):
        found = [word for word in PLANTED if word.lower() in text.lower()]
        assert not found, f"{found} in the clear in {place}: {_around(text, found[0])}"
    places = [place for place, _ in written(platform, collector, answers)]
    kinds = {"log", "trace", "metrics", "address", "outbox", "bus", "webhook"}
    assert {place.split(":")[0] for place in places} == kinds
    assert len([place for place in places if place.startswith("log:")]) >= 14
    assert len([place for place in places if place.startswith("metrics:")]) == 2 * len(OWNERS)


def written(platform: Platform, collector: Collector, answers: Answers) -> Iterator[tuple[str, str]]:
    """Everything that leaves a process and is no record: where, and what."""
    for path in sorted((platform.state / "logs").glob("*")):
        yield f"log:{path.name}", path.read_text(errors="replace")
    for number, raw in enumerate(collector.raw):
        yield f"trace:{number}", raw.decode("latin-1") + raw.decode("utf-8", errors="ignore")
    for name in (*OWNERS, *(f"{owner}-worker" for owner in OWNERS)):
        with urllib.request.urlopen(f"http://{HOST}:{platform.ports[name]}/metrics", timeout=10) as answer:
            yield f"metrics:{name}", answer.read().decode()
    for answer_ in answers.seen:
        yield "address:", " ".join([answer_.headers.get("location", ""), answer_.headers.get("link", "")])
    for owner in OWNERS:
        for row in _rows(platform, owner, "select type, subject, envelope from outbox"):
            yield f"outbox:{row['type']}", f"{row['subject']} {row['envelope']}"
    for row in _rows(platform, "gateway", "select body from webhook_delivery"):
        yield "webhook:", row["body"]
    yield "webhook:", ""
    yield from asyncio.run(_on_the_bus(platform))


async def _on_the_bus(platform: Platform) -> list[tuple[str, str]]:
    """Every message of every stream, as the bus keeps it (on disk they are compressed)."""
    client = await nats.connect(platform.nats_url("admin"))
    found = []
    try:
        stream = client.jetstream()
        for info in await stream.streams_info():
            assert info.config.name is not None
            for number in range(max(1, info.state.first_seq), info.state.last_seq + 1):
                message = await stream.get_msg(info.config.name, number)
                text = f"{message.subject} {message.headers} {(message.data or b'').decode(errors='replace')}"
                found.append((f"bus:{message.subject}", text))
    finally:
        await client.close()
    return found


def _rows(platform: Platform, owner: str, query: str) -> list[dict[str, Any]]:
    with psycopg.connect(platform.admin_url(owner), row_factory=dict_row) as outside:
        return outside.execute(sql.SQL(query)).fetchall()


def _around(text: str, word: str) -> str:
    at = text.lower().index(word.lower())
    return text[max(0, at - 200) : at + 200]


def test_the_search_would_find_one(platform: Platform, collector: Collector) -> None:
    """A line with a name in a log, a span, an event: each is seen."""
    body = f"{GIVEN} was here"
    planted = platform.state / "logs" / "planted.log"
    planted.write_text(body)
    other = Collector()
    other.raw = [*collector.raw, body.encode()]
    try:
        hits = {place.split(":")[0] for place, text in written(platform, other, Answers()) if body in text}
    finally:
        planted.unlink()
    assert hits == {"log", "trace"}
