"""What people text back: taken from Notify alone, kept once, sealed for casefile, readable nowhere on the way."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import httpx
import pytest
from joserfc.jwk import OKPKey
from pydantic import SecretStr, ValidationError
from structlog.testing import capture_logs

from gateway.app import api
from gateway.issuer import DemoIssuer
from gateway.messages import replies
from gateway.pages import open_pages
from kit.contracts.catalogue import CATALOGUE
from kit.contracts.messages import TextReply
from kit.events import sealed
from kit.store.db import Database
from kit.testing.databases import ServiceDatabase
from tests.gateway.doors import listening
from tests.gateway.test_workers import settings

PATH = "/messages/replies"
TOKEN = "a-token-that-we-gave-notify"
NUMBER, WORDS = "447700900123", "I can't come on Tuesday, Wayne is back"
_GATEWAY, _CASEFILE = (OKPKey.generate_key("X25519", {"kid": name}) for name in ("gateway", "casefile"))
_PUBLIC = {"casefile": _CASEFILE.as_dict(private=False)}


@pytest.fixture(autouse=True)
def _keys() -> None:
    sealed.use_keys("gateway", {"keys": [_GATEWAY.as_dict(private=True)]}, _PUBLIC)
    sealed.use_keys("casefile", {"keys": [_CASEFILE.as_dict(private=True)]}, {})


@dataclass
class Notify:
    """GOV.UK Notify, as it calls us back; and what lies in our database afterwards."""

    http: aiohttp.ClientSession
    address: str
    store: ServiceDatabase

    async def posts(self, body: Any, token: str | None = f"Bearer {TOKEN}") -> tuple[int, Any]:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"content-type": "application/json"} | ({} if token is None else {"authorization": token})
        async with self.http.post(self.address + PATH, data=raw, headers=headers) as got:
            if got.status != 202:
                assert got.content_type == "application/problem+json"
            return got.status, await got.json(content_type=None)

    def kept(self) -> list[UUID]:
        return [row["id"] for row in self.store.rows("select id from text_reply order by received_at")]

    def events(self) -> list[str]:
        return [row["envelope"] for row in self.store.rows("select envelope from outbox order by id")]


@asynccontextmanager
async def door(store: ServiceDatabase, **more: Any) -> AsyncIterator[Notify]:
    given = {"sealing_public_keys": json.dumps(_PUBLIC), "notify_callback_token": TOKEN, **more}
    async with (
        aiohttp.ClientSession() as http,
        listening(api(settings(store.url, **given)), lifespan=True) as address,
    ):
        yield Notify(http, address, store)


@pytest.fixture
def store(database: Callable[[str], ServiceDatabase]) -> ServiceDatabase:
    return database("gateway")


@pytest.fixture
async def notify(store: ServiceDatabase) -> AsyncIterator[Notify]:
    async with door(store) as opened:
        yield opened


@pytest.fixture
async def own(store: ServiceDatabase) -> AsyncIterator[Database]:
    """The gateway's database as its processes have it."""
    made = Database(store.url, pool=2)
    yield made
    await made.close()


def told(**more: Any) -> dict[str, Any]:
    """As in Notify's documentation, with a field that we know nothing of."""
    return {
        "id": str(uuid4()),
        "source_number": NUMBER,
        "destination_number": "447700900999",
        "message": WORDS,
        "date_received": "2026-11-22T20:30:00.000000Z",
        "template_id": None,
        **more,
    }


def opened(envelope: str) -> TextReply:
    """What casefile finds inside."""
    event = CATALOGUE["gateway.reply.received"].parse(envelope)
    data: Any = event.data
    header = {"event": str(event.id), "type": event.type, "subject": str(event.subject)}
    return TextReply.model_validate_json(sealed._RINGS["casefile"].decrypt(data.jwe, header))


def everything(store: ServiceDatabase) -> str:
    """Every row of every table, as a copy of the database would hold it."""
    tables = store.rows("select tablename from pg_tables where schemaname = 'public'")
    rows = [store.rows(f'select cast(t as text) as row from "{each["tablename"]}" as t') for each in tables]
    return "\n".join(row["row"] for found in rows for row in found)


async def test_a_reply_is_kept_and_goes_to_casefile_sealed(notify: Notify) -> None:
    sent = told()
    with capture_logs() as logs:
        status, answer = await notify.posts(sent)
    assert (status, answer) == (202, {"id": sent["id"]})
    assert notify.kept() == [UUID(sent["id"])]
    (row,) = notify.store.rows("select type, aggregate_id, sequence, envelope from outbox")
    assert (row["type"], row["aggregate_id"], row["sequence"]) == ("gateway.reply.received", UUID(sent["id"]), 1)
    assert opened(row["envelope"]) == TextReply(
        reply_id=UUID(sent["id"]),
        from_number=f"+{NUMBER}",
        text=WORDS,
        received_at=datetime(2026, 11, 22, 20, 30, tzinfo=UTC),
    )
    found = everything(notify.store) + str(logs)
    assert sent["id"] in found
    assert NUMBER not in found
    assert "Wayne" not in found


async def test_a_repeat_changes_nothing_also_with_other_words_and_at_the_same_moment(notify: Notify) -> None:
    sent = told()
    answers = await asyncio.gather(*(notify.posts(sent) for _ in range(6)))
    answers.append(await notify.posts({**sent, "message": "Something else"}))
    assert answers == [(202, {"id": sent["id"]})] * 7
    assert notify.kept() == [UUID(sent["id"])]
    (event,) = notify.events()
    assert opened(event).text == WORDS
    assert (await notify.posts(told()))[0] == 202
    assert len(notify.events()) == 2


WRONG_TOKENS = (
    None, "", "Bearer", "Bearer ", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer tökèn"
)  # fmt: skip


async def test_without_our_token_nothing_is_looked_at(notify: Notify) -> None:
    said = []
    for token in WRONG_TOKENS:
        for body in (told(), b"no json", b"x" * (replies.LARGEST_BYTES + 1)):
            status, problem = await notify.posts(body, token)
            assert (token, status) == (token, 401)
            said.append({key: value for key, value in problem.items() if key != "instance"})
    # Whoever tries learns nothing of what was wrong.
    assert all(each == said[0] for each in said)
    assert said[0]["type"].endswith("/wrong-token")
    assert (notify.kept(), notify.events()) == ([], [])


async def test_where_no_token_was_given_to_notify_it_may_try_again_later(store: ServiceDatabase) -> None:
    async with door(store, notify_callback_token=None) as notify:
        for token in (f"Bearer {TOKEN}", "Bearer None", "Bearer ", None):
            status, problem = await notify.posts(told(), token)
            assert (status, problem["detail"]) == (503, "Text messages are not received here")
        assert (notify.kept(), notify.events()) == ([], [])


WRONG_BODIES: tuple[tuple[Any, list[str]], ...] = (
    (b"", [""]),
    (b"{" + WORDS.encode(), [""]),
    (b'{"id": "\xff"}', [""]),
    ([told()], [""]),
    ({}, ["/id", "/source_number", "/message", "/date_received"]),
    (told(id=NUMBER), ["/id"]),
    (told(id=7), ["/id"]),
    (told(source_number=447700900123), ["/source_number"]),
    (told(source_number=NUMBER * 3), ["/source_number"]),
    (told(message=None), ["/message"]),
    (told(message=[WORDS]), ["/message"]),
    (told(date_received="yesterday"), ["/date_received"]),
    (told(date_received="2026-11-22T20:30:00"), ["/date_received"]),
    (told(date_received="0001-01-01T00:00:00+14:00"), ["/date_received"]),
)


async def test_a_wrong_body_is_told_by_field_and_never_by_value(notify: Notify) -> None:
    for body, pointers in WRONG_BODIES:
        with capture_logs() as logs:
            status, problem = await notify.posts(body)
        assert (body, status, [each["pointer"] for each in problem["errors"]]) == (body, 422, pointers)
        found = json.dumps(problem) + str(logs)
        assert NUMBER not in found
        assert "Wayne" not in found
    assert (notify.kept(), notify.events()) == ([], [])


async def test_a_body_that_is_too_large_is_refused(notify: Notify) -> None:
    largest = json.dumps(told(message="")).encode()
    room = replies.LARGEST_BYTES - len(largest)
    assert (await notify.posts(told(message="x" * (room + 1))))[0] == 413
    assert notify.kept() == []
    assert (await notify.posts(told(message="x" * room)))[0] == 202


async def test_nobodys_words_are_lost_for_being_many_or_odd(notify: Notify) -> None:
    for message in ("ö" * 2001, "", "a\0b", "👋" * 2000):
        assert (await notify.posts(told(message=message)))[0] == 202
    assert [opened(each).text for each in notify.events()] == ["ö" * 2000, "", "ab", "👋" * 2000]


AS_THEY_COME = ("+447700900123", "07700900123", "33612345678", "44", "44x", "44٧٧٠٠", "44" * 16, "VODAFONE")


async def test_a_british_number_becomes_an_international_one_and_any_other_stays(notify: Notify) -> None:
    for source in (NUMBER, *AS_THEY_COME):
        assert (await notify.posts(told(source_number=source)))[0] == 202
    assert [opened(each).from_number for each in notify.events()] == [f"+{NUMBER}", *AS_THEY_COME]


async def test_with_the_database_away_notify_is_told_to_try_again(store: ServiceDatabase) -> None:
    nowhere = Database("postgresql+psycopg://nobody:none@127.0.0.1:9/none", pool=1)
    app = open_pages(None, database=lambda: nowhere, callback_token=SecretStr(TOKEN))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
        got = await client.post(PATH, json=told(), headers={"authorization": f"bearer {TOKEN}"})
    await nowhere.close()
    assert (got.status_code, got.headers["retry-after"]) == (503, "5")
    assert got.headers["content-type"] == "application/problem+json"
    assert NUMBER not in got.text


async def test_what_breaks_in_the_middle_leaves_nothing_and_the_next_try_is_taken(
    notify: Notify, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = told()

    def lost(*_: Any, **__: Any) -> UUID:
        raise ConnectionResetError

    with monkeypatch.context() as broken:
        broken.setattr(sealed, "seal", lost)
        assert (await notify.posts(sent))[0] == 503
    assert (notify.kept(), notify.events()) == ([], [])
    assert (await notify.posts(sent))[0] == 202
    assert (notify.kept(), len(notify.events())) == ([UUID(sent["id"])], 1)


async def test_ids_are_forgotten_after_a_month(notify: Notify) -> None:
    first, second = told(), told()
    for each in (first, second):
        assert (await notify.posts(each))[0] == 202
    back = "update text_reply set received_at = now() - cast(%s as interval) where id = %s"
    notify.store.execute(back, ["30 days 1 minute", first["id"]])
    notify.store.execute(back, ["29 days 23 hours", second["id"]])
    third = told()
    assert (await notify.posts(third))[0] == 202
    assert notify.kept() == [UUID(second["id"]), UUID(third["id"])]


async def test_that_it_was_sealed_is_on_record(notify: Notify) -> None:
    assert (await notify.posts(told()))[0] == 202
    (row,) = notify.store.rows("select actor, purpose, action, person_ids from audit_entry")
    assert row == {
        "actor": "system:gateway",
        "purpose": "system_operations",
        "action": "gateway.sealed_event.seal",
        "person_ids": [],
    }


def test_a_token_that_can_be_guessed_or_does_not_arrive_is_told_at_the_start() -> None:
    url = "postgresql+psycopg://gateway@localhost/gateway"
    wrong_ones = ("", "hunter2-of-nineteen", "hunter2 " * 4, "hunter2-hunter2-hunter2\n", "hünter2-hünter2-hünter2")
    for wrong in wrong_ones:
        with pytest.raises(ValidationError, match="at least 20 characters") as caught:
            settings(url, notify_callback_token=wrong)
        assert "nter2" not in str(caught.value)
    enough = "hunter2-" * 3
    good = settings(url, notify_callback_token=enough)
    assert good.notify_callback_token == SecretStr(enough)
    assert "hunter2" not in repr(good)


# From the demo's telephones ----------------------------------------------------------------------------------------


async def test_a_text_from_the_demos_page_goes_the_way_of_one_that_notify_brings(
    own: Database, store: ServiceDatabase
) -> None:
    app = open_pages(DemoIssuer("http://demo", environment="demo"), database=lambda: own)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://demo") as trainer:
        sent = await trainer.post("/demo/messages", data={"number": "07700 900123", "text": WORDS})
        assert (sent.status_code, sent.headers["location"]) == (303, "/demo/messages")
        (row,) = store.rows("select envelope from outbox")
        text = opened(row["envelope"])
        assert (text.from_number, text.text) == (f"+{NUMBER}", WORDS)
        for number, words in (("", WORDS), ("07700 900123", "  "), ("7" * 40, WORDS)):
            wrong = await trainer.post("/demo/messages", data={"number": number, "text": words})
            assert wrong.status_code == 422
            assert "Type a number" in wrong.text
    assert len(store.rows("select id from text_reply")) == 1


async def test_no_production_takes_a_text_without_notify(own: Database, store: ServiceDatabase) -> None:
    app = open_pages(None, database=lambda: own)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://live") as anybody:
        assert (await anybody.post("/demo/messages", data={"number": NUMBER, "text": WORDS})).status_code == 404
    assert store.rows("select id from text_reply") == []
