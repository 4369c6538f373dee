"""Sending: once, whatever dies when; held while somebody rings; honest about what nobody knows."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey
from pydantic import ValidationError

from gateway.app import SERVICE
from gateway.issuer import DemoIssuer
from gateway.messages import commands, domain, sending
from gateway.messages.egress import Arrival, NotTaken, Outgoing, Refused, Taken, Unclear
from gateway.messages.notify import Notify
from gateway.messages.sink import Sink, taken
from gateway.pages import open_pages
from kit import clock
from kit.contracts.catalogue import CATALOGUE
from kit.contracts.envelope import Event
from kit.contracts.messages import Addressed, Way
from kit.events import sealed
from kit.ids import new_id
from kit.settings import GatewaySettings
from kit.store.db import Database
from kit.store.unit import Cause, unit_of_work
from kit.testing.databases import ServiceDatabase
from tests.gateway.message_child import Lines

KEY = OKPKey.generate_key("X25519", {"kid": "gateway"})
HOME, KELLY = uuid4(), uuid4()
MOBILE = "+447700900123"
TYPE = "casefile.message.addressed"
SERVICE_ID, SECRET = "a" * 8 + "-1111-2222-3333-" + "b" * 12, "c" * 8 + "-1111-2222-3333-" + "d" * 12
TEMPLATES = {"sms": "t-sms", "email": "t-email", "letter": "t-letter"}


@pytest.fixture(autouse=True)
def _keys() -> Iterator[None]:
    sealed.use_keys("gateway", {"keys": [KEY.as_dict(private=True)]}, {})
    sealed.use_keys("casefile", None, {"gateway": KEY.as_dict(private=False)})
    yield
    clock.set_offset(timedelta(0))


@pytest.fixture
def store(database: Callable[[str], ServiceDatabase]) -> ServiceDatabase:
    return database("gateway")


@pytest.fixture
async def opened(store: ServiceDatabase) -> AsyncIterator[Database]:
    made = Database(store.url, pool=6)
    yield made
    await made.close()


@dataclass
class Telephone:
    """A sender that does as it is told and remembers everything: its own truth of what went out."""

    answers: list[Exception | None] = field(default_factory=list)
    sent: list[UUID] = field(default_factory=list)
    asked: list[UUID] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    mute: bool = False

    async def send(self, message: Outgoing) -> Taken:
        answer = self.answers.pop(0) if self.answers else None
        if answer is None or isinstance(answer, Unclear):
            # The worst kind of unclear: it went out, and we do not hear of it.
            self.sent.append(message.reference)
        if answer is not None:
            raise answer
        return Taken(str(message.reference))

    async def find(self, reference: UUID) -> Taken | None:
        self.asked.append(reference)
        if self.mute:
            raise NotTaken("no line")
        return Taken(str(reference)) if reference in self.sent else None

    async def arrival(self, provider_id: str) -> Arrival:
        return self.arrivals.pop(0)


def addressed(**more: Any) -> Addressed:
    given = {
        "message_id": new_id(),
        "person_id": KELLY,
        "household_ids": (HOME,),
        "template": "appointment.reminder",
        "asked_by": "triage",
        "way": Way.SMS,
        "to": (MOBILE,),
        "subject": "Your appointment",
        "text": "A reminder",
        "addressed_at": clock.business_now(),
    }
    return Addressed.model_validate({**given, **more})


async def arrives(opened: Database, *messages: Addressed) -> None:
    """Casefile's sealed events come in, as the inbox would hand them over."""
    cause = Cause("worker-1", "front_door", "gateway.test")
    async with unit_of_work(opened, "gateway", cause) as unit:
        for each in messages:
            event_id = new_id()
            header = {"event": str(event_id), "type": TYPE, "subject": str(each.message_id)}
            jwe = sealed._RINGS["casefile"].encrypt("gateway", header, each.model_dump_json().encode())
            event = CATALOGUE[TYPE].parse(json.dumps(_event(TYPE, {"jwe": jwe}, each.message_id, event_id, 2)))
            await commands.receive(unit, cast(Any, event))


def _event(type_: str, data: Any, subject: UUID, id_: UUID, sequence: int) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": str(id_),
        "source": f"urn:newstart:{type_.partition('.')[0]}",
        "type": type_,
        "subject": str(subject),
        "time": datetime.now(UTC).isoformat(),
        "datacontenttype": "application/json",
        "actor": "worker-1",
        "purpose": "front_door",
        "sequence": f"{sequence:020d}",
        "correlationid": str(new_id()),
        "data": data,
    }


async def call(
    opened: Database, state: str = "ringing", *, sequence: int = 1, minutes: int = 60, id_: UUID = HOME
) -> None:
    now = clock.business_now()
    data = {
        "call_id": str(id_),
        "person_id": str(KELLY),
        "household_id": str(HOME),
        "state": state,
        "started_at": now.isoformat(),
        "until": (now + timedelta(minutes=minutes)).isoformat(),
        "changed_at": now.isoformat(),
    }
    type_ = "triage.call.started" if state == "ringing" else "triage.call.ended"
    event: Event[Any] = CATALOGUE[type_].parse(json.dumps(_event(type_, data, id_, new_id(), sequence)))
    async with unit_of_work(opened, "gateway", Cause.system("gateway", "test")) as unit:
        for handler in SERVICE.handlers:
            for each in handler.all:
                if type_ in each.types:
                    await each.run(unit, [event])


def outcomes(store: ServiceDatabase) -> list[tuple[str, str | None]]:
    rows = store.rows("select type, envelope from outbox order by id")
    return [(row["type"].rpartition(".")[2], json.loads(row["envelope"])["data"]["reason"]) for row in rows]


async def all_sent(opened: Database, sender: Any) -> int:
    tries = 0
    while await sending.send_one(opened, sender):
        tries += 1
        assert tries < 50
    return tries


def age(store: ServiceDatabase, column: str, by: timedelta) -> None:
    store.execute(f"update message set {column} = {column} - %s::interval", [f"{by.total_seconds()} seconds"])


# Once ----------------------------------------------------------------------------------------------------


async def test_it_goes_out_once_and_is_announced(opened: Database, store: ServiceDatabase) -> None:
    message, phone = addressed(), Telephone()
    await arrives(opened, message)
    (kept,) = store.rows("select to_jsonb(message)::text as whole from message")
    assert MOBILE not in kept["whole"]
    assert "A reminder" not in kept["whole"]
    assert await all_sent(opened, phone) == 1
    assert (phone.sent, outcomes(store)) == ([message.message_id], [("sent", None)])
    (row,) = store.rows("select state, sealed, version from message")
    assert (row["state"], row["sealed"], row["version"]) == ("sent", None, 3)


async def test_two_workers_send_one_message_once(opened: Database, store: ServiceDatabase) -> None:
    messages, phone = [addressed(person_id=uuid4(), household_ids=()) for _ in range(5)], Telephone()
    await arrives(opened, *messages)
    await asyncio.gather(*(all_sent(opened, phone) for _ in range(3)))
    assert sorted(phone.sent) == sorted(each.message_id for each in messages)


async def test_killed_after_the_claim_it_goes_out_later(opened: Database, store: ServiceDatabase) -> None:
    message, phone = addressed(), Telephone()
    await arrives(opened, message)
    async with unit_of_work(opened, "gateway", Cause.system("gateway", "test")) as unit:
        assert isinstance(await commands.claim(unit, can_send=True), Outgoing)
    # Nobody else takes it while the lease runs: whoever claimed it may be sending.
    assert await all_sent(opened, phone) == 0
    age(store, "claimed_at", domain.LEASE)
    assert await all_sent(opened, phone) == 1
    assert (phone.asked, phone.sent) == ([message.message_id], [message.message_id])


@pytest.mark.full
@pytest.mark.parametrize("point", ["message-after-claim", "message-after-send"])
async def test_a_process_that_dies_while_it_sends_loses_and_repeats_nothing(
    opened: Database, store: ServiceDatabase, tmp_path: Path, point: str
) -> None:
    message, phone = addressed(), Lines(tmp_path / "sent")
    await arrives(opened, message)
    keys = json.dumps({"keys": [KEY.as_dict(private=True)]})
    command = [sys.executable, "-m", "tests.gateway.message_child", store.url, keys, str(tmp_path / "sent")]
    armed = {**os.environ, "NEWSTART_ENVIRONMENT": "test", "NEWSTART_CRASH_AT": point}
    child = await asyncio.create_subprocess_exec(*command, env=armed)
    assert await child.wait() == 9
    assert (len(phone.sent), outcomes(store)) == (int(point == "message-after-send"), [])
    assert await all_sent(opened, phone) == 0, "whoever claimed it may be sending"
    age(store, "claimed_at", domain.LEASE)
    assert await all_sent(opened, phone) == 1
    assert (phone.sent, outcomes(store)) == ([message.message_id], [("sent", None)])


async def test_killed_between_sending_and_recording_it_is_not_sent_again(
    opened: Database, store: ServiceDatabase
) -> None:
    message, phone = addressed(), Telephone(answers=[Unclear("killed")])
    await arrives(opened, message)
    await all_sent(opened, phone)
    assert (phone.sent, outcomes(store)) == ([message.message_id], [])
    age(store, "claimed_at", domain.LEASE)
    await all_sent(opened, phone)
    assert (phone.sent, outcomes(store)) == ([message.message_id], [("sent", None)])


async def test_what_nobody_knows_is_said_to_be_unknown(opened: Database, store: ServiceDatabase) -> None:
    message, phone = addressed(), Telephone(answers=[Unclear("killed")], mute=True)
    await arrives(opened, message)
    await all_sent(opened, phone)
    age(store, "claimed_at", domain.LEASE)
    await all_sent(opened, phone)
    assert (len(phone.sent), outcomes(store)) == (1, [])
    age(store, "claimed_at", domain.LEASE)
    age(store, "received_at", domain.KEEP_TRYING)
    await all_sent(opened, phone)
    assert (len(phone.sent), outcomes(store)) == (1, [("failed", "unknown")])


async def test_what_was_not_taken_is_tried_again_and_given_up_after_a_day(
    opened: Database, store: ServiceDatabase
) -> None:
    phone = Telephone(answers=[NotTaken("429"), NotTaken("429")])
    await arrives(opened, addressed())
    assert await all_sent(opened, phone) == 1
    assert await all_sent(opened, phone) == 0  # not before its time
    age(store, "next_try_at", timedelta(seconds=30))
    assert await all_sent(opened, phone) == 1
    age(store, "received_at", domain.KEEP_TRYING)
    age(store, "next_try_at", timedelta(seconds=120))
    await all_sent(opened, phone)
    assert (phone.sent, outcomes(store)) == ([], [("failed", "not_accepted")])


async def test_an_address_that_is_refused(opened: Database, store: ServiceDatabase) -> None:
    await arrives(opened, addressed())
    await all_sent(opened, Telephone(answers=[Refused("no such number")]))
    assert outcomes(store) == [("failed", "refused")]


async def test_a_reminder_that_comes_too_late_is_not_sent(opened: Database, store: ServiceDatabase) -> None:
    phone = Telephone()
    await arrives(opened, addressed(useless_after=clock.business_now() - timedelta(seconds=1)))
    await all_sent(opened, phone)
    assert (phone.sent, outcomes(store)) == ([], [("failed", "too_late")])


async def test_nobody_is_pestered(opened: Database, store: ServiceDatabase) -> None:
    phone = Telephone()
    await arrives(opened, *(addressed() for _ in range(domain.MOST_A_DAY + 1)), addressed(person_id=uuid4()))
    await all_sent(opened, phone)
    assert len(phone.sent) == domain.MOST_A_DAY + 1
    assert outcomes(store).count(("failed", "too_many")) == 1


async def test_without_a_sender_it_fails_and_says_so(opened: Database, store: ServiceDatabase) -> None:
    await arrives(opened, addressed())
    assert await sending.send_one(opened, None)
    assert outcomes(store) == [("failed", "no_sender")]


# While somebody rings ----------------------------------------------------------------------------------------------


async def test_no_letter_leaves_while_a_worker_is_ringing(opened: Database, store: ServiceDatabase) -> None:
    phone = Telephone()
    other = addressed(person_id=uuid4(), household_ids=(uuid4(),))
    await arrives(opened, addressed(way=Way.LETTER, to=("Kelly Pike", "1 Heath Road", "RM10 1AA")), other)
    await call(opened)
    await all_sent(opened, phone)
    assert phone.sent == [other.message_id]
    await call(opened, "ended", sequence=2)
    await all_sent(opened, phone)
    assert len(phone.sent) == 2


async def test_a_call_that_nobody_ended_is_over_by_its_time(opened: Database) -> None:
    phone = Telephone()
    await arrives(opened, addressed())
    await call(opened, minutes=60)
    assert await all_sent(opened, phone) == 0
    clock.set_offset(timedelta(minutes=61))
    assert await all_sent(opened, phone) == 1


async def test_an_end_heard_before_its_beginning_counts(opened: Database) -> None:
    phone = Telephone()
    await arrives(opened, addressed())
    await call(opened, "ended", sequence=2)
    await call(opened, "ringing", sequence=1)
    assert await all_sent(opened, phone) == 1


# Whether it arrived ------------------------------------------------------------------------------------------------


async def test_one_that_comes_back_is_told_to_whoever_asked(opened: Database, store: ServiceDatabase) -> None:
    phone = Telephone(arrivals=["on_its_way", "came_back"])
    await arrives(opened, addressed())
    await all_sent(opened, phone)
    assert not await sending.check_one(opened, phone)
    for _ in range(2):
        age(store, "check_at", timedelta(hours=2))
        assert await sending.check_one(opened, phone)
    assert outcomes(store) == [("sent", None), ("failed", "undeliverable")]
    assert not store.rows("select from message where check_at is not null")


# GOV.UK Notify -----------------------------------------------------------------------------------------------------


def notify(handler: Callable[[httpx.Request], httpx.Response]) -> Notify:
    key = f"newstart-{SERVICE_ID}-{SECRET}"
    return Notify("https://notify.test", key, cast(Any, TEMPLATES), transport=httpx.MockTransport(handler))


def outgoing(way: Way = Way.SMS, to: tuple[str, ...] = (MOBILE,)) -> Outgoing:
    return Outgoing(uuid4(), way, to, "Your appointment", "A reminder", False)


@pytest.mark.parametrize(
    ("way", "to", "wanted"),
    [
        (Way.SMS, (MOBILE,), {"phone_number": MOBILE}),
        (Way.EMAIL, ("kelly@example.org",), {"email_address": "kelly@example.org"}),
        (Way.LETTER, ("Kelly Pike", "1 Heath Road", "RM10 1AA"), {}),
    ],
)
async def test_what_notify_is_asked(way: Way, to: tuple[str, ...], wanted: dict[str, str]) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(201, json={"id": "n-1"})

    port, message = notify(answer), outgoing(way, to)
    assert await port.send(message) == Taken("n-1")
    await port.close()
    (request,) = seen
    body = json.loads(request.content)
    assert request.url.path == f"/v2/notifications/{way}"
    assert (body["reference"], body["template_id"]) == (str(message.reference), TEMPLATES[way])
    assert wanted.items() <= body.items()
    if way is Way.LETTER:
        assert body["personalisation"]["address_line_3"] == "RM10 1AA"
    token = jwt.decode(request.headers["authorization"].removeprefix("Bearer "), OctKey.import_key(SECRET.encode()))
    assert token.claims["iss"] == SERVICE_ID


@pytest.mark.parametrize(
    ("status", "raised"), [(400, Refused), (403, NotTaken), (429, NotTaken), (500, Unclear), (503, Unclear)]
)
async def test_what_notify_says(status: int, raised: type[Exception]) -> None:
    port = notify(lambda _: httpx.Response(status, json={"errors": [{"message": f"phone_number {MOBILE}"}]}))
    with pytest.raises(raised) as refused:
        await port.send(outgoing())
    assert MOBILE not in str(refused.value)
    await port.close()


@pytest.mark.parametrize(
    ("fault", "raised"), [(httpx.ConnectError, NotTaken), (httpx.ReadTimeout, Unclear), (httpx.ReadError, Unclear)]
)
async def test_a_broken_line(fault: type[httpx.TransportError], raised: type[Exception]) -> None:
    def breaks(_: httpx.Request) -> httpx.Response:
        raise fault("broken")

    port = notify(breaks)
    with pytest.raises(raised):
        await port.send(outgoing())
    with pytest.raises(NotTaken):
        await port.find(uuid4())
    await port.close()


async def test_the_reference_is_asked_for_before_anything_is_sent_again(
    opened: Database, store: ServiceDatabase
) -> None:
    """The crash, with Notify's own protocol: it took the message and the line broke before its answer."""
    has: dict[str, str] = {}
    posts = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal posts
        if request.method == "POST":
            posts += 1
            has[json.loads(request.content)["reference"]] = "n-1"
            raise httpx.ReadTimeout("gone")
        if request.url.path.endswith("/n-1"):
            return httpx.Response(200, json={"status": "delivered"})
        found = has.get(request.url.params["reference"])
        return httpx.Response(200, json={"notifications": [{"id": found}] if found else []})

    port = notify(answer)
    await arrives(opened, addressed())
    await all_sent(opened, port)
    age(store, "claimed_at", domain.LEASE)
    await all_sent(opened, port)
    assert (posts, outcomes(store)) == (1, [("sent", None)])
    age(store, "check_at", timedelta(minutes=5))
    assert await sending.check_one(opened, port)
    assert store.rows("select arrived from message")[0]["arrived"]
    await port.close()


def settings(**more: Any) -> GatewaySettings:
    given = {
        "environment": "production",
        "database_url": "postgresql+psycopg://gateway@localhost/gateway",
        "secret_key": "0123456789abcdef0123456789abcdef",
        "internal_public_keys": '{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "a"}]}',
        "internal_signing_key": "{}",
        "upstreams": "{}",
    }
    return GatewaySettings.model_validate({**given, **more})


async def test_who_sends(opened: Database) -> None:
    async with sending.sender_of(settings(), opened) as nobody:
        assert nobody is None
    async with sending.sender_of(settings(environment="demo"), opened) as sink:
        assert isinstance(sink, Sink)
    key = {"notify_api_key": f"newstart-{SERVICE_ID}-{SECRET}", "notify_templates": json.dumps(TEMPLATES)}
    async with sending.sender_of(settings(**key), opened) as port:
        assert isinstance(port, Notify)
    with pytest.raises(ValidationError, match="a template for each"):
        settings(notify_api_key="newstart", notify_templates='{"sms": "t"}')
    with pytest.raises(ValueError, match="API key"):
        Notify("https://notify.test", "not a key", cast(Any, TEMPLATES))


# The demo's sink ---------------------------------------------------------------------------------------------------


async def test_the_sink_takes_each_message_once_and_shows_it(opened: Database, store: ServiceDatabase) -> None:
    sink = Sink(opened)
    await arrives(opened, addressed(text="Come <b>now</b>"))
    await all_sent(opened, sink)
    (kept,) = await taken(opened)
    again = Outgoing(kept.id, Way.SMS, (MOBILE,), "", "twice", False, doubtful=True)
    assert await sink.find(kept.id) == Taken(None)
    await sink.send(again)
    assert len(await taken(opened)) == 1
    app = open_pages(DemoIssuer("http://demo", environment="demo"), taken=lambda: taken(opened))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://demo") as client:
        page = await client.get("/demo/messages")
    assert page.status_code == 200
    assert MOBILE in page.text
    assert "Come &lt;b&gt;now&lt;/b&gt;" in page.text


async def test_no_production_has_that_page() -> None:
    transport = httpx.ASGITransport(app=open_pages(None))
    async with httpx.AsyncClient(transport=transport, base_url="http://live") as client:
        assert (await client.get("/demo/messages")).status_code == 404
