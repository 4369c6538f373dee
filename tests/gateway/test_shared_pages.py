"""A person's own page through the gateway's door: link and word, once, one device, guessing ends, nothing is kept."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest
from joserfc.jwk import OKPKey

from gateway.app import api
from gateway.links import handlers, shared
from kit import chosen_word, clock
from kit.contracts.casefile.papers import SharedPage
from kit.contracts.catalogue import CATALOGUE
from kit.contracts.messages import Addressed, Way
from kit.events import sealed
from kit.events.effects import claim, dispatch
from kit.events.handlers import handled
from kit.store.db import Database
from kit.store.unit import Cause, unit_of_work
from kit.testing.databases import ServiceDatabase
from tests.gateway.doors import MadeUpService, Seen, answer, listening, read_all
from tests.gateway.test_links import envelope
from tests.gateway.test_workers import settings

KEY = OKPKey.generate_key("X25519", {"kid": "gateway"}, private=True)
WORD = "Blue Kettle"
HOSTILE = "<script>alert(1)</script>\n& sons"
PAGE: dict[str, Any] = {
    "plan": {
        "version": 3,
        "agreed": True,
        "what_matters": "My girl",
        "review_on": "2027-01-15",
        "goals": [
            {
                "words": HOSTILE, "language": "so", "english": "I want to sleep", "by": "2027-03-01", "reached": False,
                "actions": [{"words": "Ring the landlord", "who": "we", "due_on": "2026-12-11", "done": False}],
            }
        ],
        "actions": [{"words": "Bring the letters", "who": "you", "due_on": None, "done": True}],
    },
    "looked": {
        "since": "2024-12-04",
        "lines": [
            {"on": "2026-12-04", "team": "Account managers", "why": "To work through several issues."},
            {"on": "2026-12-04", "team": "Housing", "why": "To help you keep a home."},
            {"on": "2026-12-01", "team": "You", "why": "You looked at your own information."},
        ],
    },
}  # fmt: skip


async def shows(seen: Seen, receive: Any, send: Any) -> None:
    seen.body = await read_all(receive)
    await answer(send, json.dumps(PAGE).encode())


def sealed_event(type_: str, data: Any, subject: UUID, sequence: int = 1) -> bytes:
    event_id = uuid4()
    ring = sealed.Keyring(None, {"gateway": KEY.as_dict(private=False)})
    header = {"event": str(event_id), "type": type_, "subject": str(subject)}
    inside = {"jwe": ring.encrypt("gateway", header, data.model_dump_json().encode())}
    made = json.loads(envelope(type_, subject, inside, sequence=sequence, event_id=event_id))
    return json.dumps({**made, "source": "urn:newstart:casefile"}).encode()


@dataclass
class Ground:
    """A gateway before a made-up casefile, and one person's page."""

    address: str
    http: aiohttp.ClientSession
    stored: ServiceDatabase
    store: Database
    casefile: MadeUpService

    async def share(self, token: str = "t" * 32, share_id: UUID | None = None, **more: Any) -> UUID:
        share_id = share_id or uuid4()
        salt = chosen_word.salt()
        told = SharedPage(
            share_id=share_id,
            person_id=uuid4(),
            version=more.pop("version", 1),
            state=more.pop("state", "open"),
            token_digest=hashlib.sha256(token.encode()).hexdigest(),
            word_salt=salt.hex(),
            word_digest=chosen_word.digest(WORD, salt).hex(),
            until=more.pop("until", clock.business_now() + timedelta(days=7)),
        )
        event = CATALOGUE["casefile.share.changed"].parse(
            sealed_event("casefile.share.changed", told, share_id, told.version)
        )
        async with unit_of_work(self.store, "gateway", Cause.system("gateway", "test")) as unit:
            new = await claim(unit.session, "reactions", {event.id: event})
            await dispatch(unit, handled([handlers.handlers], "reactions"), new)
        return share_id

    async def look(self, token: str = "t" * 32) -> tuple[int, str, Any]:
        async with self.http.get(f"{self.address}/pages/{token}") as got:
            return got.status, await got.text(), got.headers

    async def give(self, word: str = WORD, token: str = "t" * 32, cookie: str = "") -> tuple[int, str, Any]:
        headers = {"Cookie": cookie} if cookie else {}
        async with self.http.post(f"{self.address}/pages/{token}", data={"word": word}, headers=headers) as got:
            return got.status, await got.text(), got.headers

    def row(self) -> dict[str, Any]:
        (row,) = self.stored.rows("select wrong, opened_at, device_digest, state from shared_page")
        return row


def cookie_of(headers: Any) -> str:
    return str(headers["Set-Cookie"]).partition(";")[0]


@pytest.fixture(autouse=True)
def quick_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same digest with less work: what it costs to guess is no matter here."""
    monkeypatch.setattr(chosen_word, "_N", 2**8)


@pytest.fixture
async def ground(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[Ground]:
    stored = database("gateway")
    casefile = MadeUpService(shows)
    jar = aiohttp.DummyCookieJar()
    async with listening(casefile) as upstream, aiohttp.ClientSession(cookie_jar=jar) as http:
        door = api(settings(stored.url, upstreams=json.dumps({"casefile": upstream})))
        async with listening(door, lifespan=True) as served:
            sealed.use_keys("gateway", {"keys": [KEY.as_dict(private=True)]}, {})
            store = Database(stored.url)
            yield Ground(served, http, stored, store, casefile)
            await store.close()


@pytest.mark.full
async def test_looking_uses_nothing_up_and_tells_nothing(ground: Ground) -> None:
    await ground.share()
    known, unknown = await ground.look(), await ground.look("u" * 32)
    for _ in range(20):
        await ground.look()
    assert known[:2] == unknown[:2]
    assert "Set-Cookie" not in known[2]
    assert ground.row() == {"wrong": 0, "opened_at": None, "device_digest": None, "state": "open"}
    said = known[1].casefold()
    for word in ("new start", "council", "support", "plan", "kelly", "og:", "http-equiv"):
        assert word not in said, word
    assert ground.casefile.seen == []
    async with ground.http.head(f"{ground.address}/pages/{'t' * 32}") as got:
        assert got.status in (404, 405)


@pytest.mark.full
async def test_link_and_word_open_it_once_on_one_device(ground: Ground) -> None:
    share_id = await ground.share()
    status, text, headers = await ground.give("  blue-kettle ")
    assert status == 200
    for each in ("My girl", "I want to sleep", "Ring the landlord", "Friday 11 December 2026", "Account managers"):
        assert each in text, each
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>&amp; sons" in text
    assert "<script" not in text
    assert 'lang="so"' in text
    (seen,) = ground.casefile.seen
    assert (seen.method, seen.path) == ("POST", f"/v1/casefile/shares/{share_id}/page")
    morsel = SimpleCookie(headers["Set-Cookie"])["page"]
    assert (morsel["httponly"], morsel["samesite"], morsel["path"]) == (True, "strict", "/pages")
    # Another device has nothing, with the right word too; this one reads on, the word given again.
    assert (await ground.give())[0] == 403
    assert (await ground.give(cookie="page=made-up"))[0] == 403
    assert (await ground.give(cookie=cookie_of(headers)))[0] == 200
    assert (await ground.give("wrong word", cookie=cookie_of(headers)))[0] == 403
    ground.stored.execute("update shared_page set opened_at = now() - interval '16 minutes'")
    assert (await ground.give(cookie=cookie_of(headers)))[0] == 403


@pytest.mark.full
async def test_nothing_is_to_be_kept(ground: Ground) -> None:
    await ground.share()
    for status, _, headers in (await ground.look(), await ground.give("wrong"), await ground.give()):
        assert status in (200, 403)
        kept = headers["Cache-Control"]
        assert {"no-store", "private"} <= {each.strip() for each in kept.split(",")}
        assert headers["Pragma"] == "no-cache"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "script-src" not in headers["Content-Security-Policy"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "noindex" in headers["X-Robots-Tag"]
        assert "noarchive" in headers["X-Robots-Tag"]
        assert "ETag" not in headers
        assert "Last-Modified" not in headers
    assert headers["Clear-Site-Data"] == '"cache"'


async def test_every_no_is_the_same_no(ground: Ground) -> None:
    await ground.share()
    await ground.share("w" * 32, state="withdrawn")
    await ground.share("e" * 32, until=clock.business_now() - timedelta(seconds=1))
    answers = [await ground.give("wrong")]
    answers += [await ground.give(token=each * 32) for each in "wex"]
    assert {each[:2] for each in answers} == {answers[0][:2]}
    assert answers[0][0] == 403
    assert ground.casefile.seen == []
    assert (await ground.give(" "))[0] == 422


async def test_guessing_ends_after_five_words(ground: Ground) -> None:
    await ground.share()
    for number in range(shared.MOST_WRONG):
        assert (await ground.give(f"guess {number}"))[0] == 403
    assert (await ground.give())[0] == 403, "the right word is too late"
    assert ground.row()["opened_at"] is None
    refused = ground.stored.rows("select outcome from audit_entry where record like 'shared_page/%%'")
    assert [each["outcome"] for each in refused].count("refused") == shared.MOST_WRONG + 1


@pytest.mark.full
async def test_guesses_at_the_same_time_are_all_counted(ground: Ground) -> None:
    await ground.share()
    tries = [ground.give(f"guess {number}") for number in range(12)] + [ground.give(f"more {n}") for n in range(4)]
    assert {each[0] for each in await asyncio.gather(*tries)} == {403}
    assert (await ground.give())[0] == 403


@pytest.mark.full
async def test_of_two_devices_at_once_one_has_it(ground: Ground) -> None:
    await ground.share()
    answers = await asyncio.gather(ground.give(), ground.give(), ground.give())
    assert sorted(each[0] for each in answers) == [200, 403, 403]
    assert len(ground.casefile.seen) == 1


async def test_a_page_that_could_not_be_shown_was_not_opened(ground: Ground) -> None:
    async def away(seen: Seen, receive: Any, send: Any) -> None:
        await answer(send, b"{}", 503)

    await ground.share()
    ground.casefile.handler = away
    status, text, _ = await ground.give()
    assert (status, "Nothing is lost" in text) == (503, True)
    assert ground.row()["opened_at"] is None
    ground.casefile.handler = shows
    assert (await ground.give())[0] == 200


@pytest.mark.full
async def test_one_that_its_maker_withdrew_shows_nothing(ground: Ground) -> None:
    async def gone(seen: Seen, receive: Any, send: Any) -> None:
        await answer(send, b"{}", 404)

    await ground.share()
    ground.casefile.handler = gone
    assert (await ground.give())[:2] == (await ground.give("wrong"))[:2]


@pytest.mark.full
async def test_a_newer_address_replaces_an_older_one_unless_it_was_opened(ground: Ground) -> None:
    share_id = await ground.share()
    for number in range(shared.MOST_WRONG):
        await ground.give(f"guess {number}")
    await ground.share("n" * 32, share_id, version=2)
    await ground.share("o" * 32, share_id, version=1)
    assert (await ground.give())[0] == 403
    assert (await ground.give(token="o" * 32))[0] == 403
    assert (await ground.give(token="n" * 32))[0] == 200
    await ground.share("m" * 32, share_id, version=3)
    assert (await ground.give(token="m" * 32))[0] == 403


@pytest.mark.full
async def test_nobody_signed_in_opens_one_by_the_owners_route(ground: Ground) -> None:
    share_id = await ground.share()
    for role in ("resident", "manager", "administrator"):
        async with ground.http.post(f"{ground.address}/demo/token", json={"role": role}) as got:
            token = (await got.json())["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Newstart-Purpose": "resident_self"}
        place = f"{ground.address}/v1/casefile/shares/{share_id}/page"
        async with ground.http.post(place, headers=headers) as got:
            assert got.status == 403
    assert ground.casefile.seen == []


def test_a_message_with_a_path_of_ours_carries_a_whole_address() -> None:
    told = Addressed(
        message_id=uuid4(), person_id=uuid4(), template="page.shared", asked_by="casefile", way=Way.SMS,
        to=("+447700900123",), text="Here is the page you asked for.", path="/pages/abc",
        addressed_at=clock.business_now(),
    )  # fmt: skip
    assert told.path == "/pages/abc"
