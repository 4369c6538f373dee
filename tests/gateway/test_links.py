"""One-time links through the gateway's own door: minted, sent, opened by scanners, answered once, of no use after."""

import asyncio
import html
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest
from joserfc.jwk import OKPKey

from gateway.app import api
from gateway.links import domain, forms, handlers, sending
from gateway.links.domain import Kind
from gateway.messages.egress import NotTaken, Outgoing, Refused, Taken, Unclear
from kit import clock
from kit.contracts.catalogue import CATALOGUE
from kit.contracts.codes import CapacityAnswer
from kit.contracts.triage.partners import PartnerMessage
from kit.contracts.triage.referrals import ReferralState
from kit.errors import DomainError
from kit.events import sealed
from kit.events.effects import claim, dispatch
from kit.events.handlers import Kind as HandlerKind
from kit.events.handlers import handled
from kit.store.db import Database
from kit.store.unit import Cause, unit_of_work
from kit.testing.databases import ServiceDatabase
from services.triage.referrals import domain as referrals
from tests.gateway.doors import MadeUpService, Seen, answer, listening, read_all
from tests.gateway.test_workers import Client, settings

KEY = OKPKey.generate_key("X25519", {"kid": "gateway"}, private=True)
ORGANISATION = uuid4()
NAME = "Amina Yusuf"
SHARED = {"name": NAME, "phone": "07700 900123", "safe_contact": "Text only <b>"}


@dataclass
class Post:
    """A sender that keeps what it is given, or fails as told."""

    sent: list[Outgoing] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)
    has: set[UUID] = field(default_factory=set)

    async def send(self, message: Outgoing) -> Taken:
        if self.fails:
            raise self.fails.pop(0)
        self.sent.append(message)
        return Taken(None)

    async def find(self, reference: UUID) -> Taken | None:
        return Taken(None) if reference in self.has else None

    async def arrival(self, provider_id: str) -> Any:
        raise NotImplementedError


@dataclass
class Ground:
    """A gateway before a made-up triage, with its database at hand."""

    client: Client
    stored: ServiceDatabase
    store: Database
    triage: MadeUpService
    post: Post

    async def hear(self, kind: HandlerKind, *envelopes: bytes) -> None:
        """As the worker's inbox would: each event once."""
        events = {event.id: event for event in (CATALOGUE[json.loads(each)["type"]].parse(each) for each in envelopes)}
        async with unit_of_work(self.store, "gateway", Cause.system("gateway", "test")) as unit:
            new = await claim(unit.session, kind, events)
            await dispatch(unit, handled([handlers.handlers], kind), new)

    async def letter(self, *, kind: str | None = "referral", days: int = 14) -> UUID:
        """Triage writes to a partner; what the link answers."""
        target = uuid4()
        await self.hear("reactions", addressed(kind, target, days))
        return target

    async def mail(self) -> str | None:
        """The letter goes out; the address in it, as a path."""
        await sending.send_one(self.store, self.post, "https://door.test")
        found = re.search(r"https://door\.test(/links/\S+)", self.post.sent[-1].text) if self.post.sent else None
        return found[1] if found else None

    async def open(self, path: str) -> tuple[int, str]:
        async with self.client.http.get(self.client.address + path) as got:
            assert "no-store" in got.headers["Cache-Control"]
            assert got.headers["Referrer-Policy"] == "no-referrer"
            return got.status, await got.text()

    async def give(self, path: str, value: str = "accepted", note: str = "") -> tuple[int, str]:
        async with self.client.http.post(self.client.address + path, data={"answer": value, "note": note}) as got:
            return got.status, await got.text()


def addressed(kind: str | None, target: UUID, days: int = 14) -> bytes:
    event_id = uuid4()
    message_id = uuid4()
    data = PartnerMessage(
        partner_message_id=message_id,
        organisation_id=ORGANISATION,
        to="team@harbour.example",
        subject="Referral",
        text="Open the link to answer.",
        link_kind=kind,
        link_target=target if kind else None,
        link_until=clock.business_now() + timedelta(days=days) if kind else None,
    )
    type_ = "triage.partner_message.addressed"
    ring = sealed.Keyring(None, {"gateway": KEY.as_dict(private=False)})
    header = {"event": str(event_id), "type": type_, "subject": str(message_id)}
    jwe = ring.encrypt("gateway", header, data.model_dump_json().encode())
    return envelope(type_, message_id, {"jwe": jwe}, event_id=event_id)


def envelope(type_: str, subject: UUID, data: Any, *, sequence: int = 1, event_id: UUID | None = None) -> bytes:
    whole = {
        "specversion": "1.0", "id": str(event_id or uuid4()), "source": "urn:newstart:triage", "type": type_,
        "subject": str(subject), "time": "2026-12-04T12:00:00Z", "datacontenttype": "application/json",
        "actor": "officer-1", "purpose": "front_door", "sequence": f"{sequence:020d}",
        "correlationid": str(uuid4()), "data": data,
    }  # fmt: skip
    return json.dumps(whole).encode()


def moved(referral: UUID, state: str, sequence: int) -> bytes:
    data = ReferralState.model_validate(
        {
            "referral_id": referral, "organisation_id": ORGANISATION, "person_id": uuid4(), "domain": "money",
            "urgency": "today", "state": state, "basis": "consent", "requested_at": "2026-12-04T12:00:00Z",
            "changed_at": "2026-12-04T12:00:00Z",
        }
    )  # fmt: skip
    event = "requested" if state == "requested" else state
    return envelope(f"triage.referral.{event}", referral, data.model_dump(mode="json"), sequence=sequence)


async def says_yes(seen: Seen, receive: Any, send: Any) -> None:
    seen.body = await read_all(receive)
    told = {"state": "accepted", "shared": SHARED, "request": "Please ring <script>"}
    await answer(send, json.dumps(told).encode(), 201)


@pytest.fixture
async def ground(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[Ground]:
    stored = database("gateway")
    triage = MadeUpService(says_yes)
    async with listening(triage) as address, aiohttp.ClientSession() as http:
        door = api(settings(stored.url, upstreams=json.dumps({"triage": address})))
        async with listening(door, lifespan=True) as served:
            sealed.use_keys("gateway", {"keys": [KEY.as_dict(private=True)]}, {})
            store = Database(stored.url)
            yield Ground(Client(http, served), stored, store, triage, Post())
            await store.close()


# Minting and sending --------------------------------------------------------------------------------------------


async def test_a_link_is_minted_as_the_letter_leaves_and_only_its_digest_is_kept(ground: Ground) -> None:
    target = await ground.letter()
    assert ground.stored.rows("select digest from link") == [{"digest": None}], "there is no secret yet"
    path = await ground.mail()
    assert path is not None
    token = path.removeprefix("/links/")
    assert re.fullmatch(r"[a-z2-7]{32}", token), "nothing about anybody, and nothing to guess"
    (row,) = ground.stored.rows("select digest, target_id from link")
    assert (bytes(row["digest"]), row["target_id"]) == (domain.digest_of(token), target)
    tables = ("link", "partner_letter", "outbox", "audit_entry", "idempotency", "inbox")
    everything = "".join(str(ground.stored.rows(f"select * from {table}")) for table in tables)
    assert token not in everything
    assert ground.post.sent[0].to == ("team@harbour.example",)
    assert ground.stored.rows("select state, sealed from partner_letter") == [{"state": "sent", "sealed": None}]
    assert await ground.mail() == path, "nothing more to send"
    assert len(ground.post.sent) == 1


@pytest.mark.full
async def test_an_event_heard_twice_makes_one_link(ground: Ground) -> None:
    told = addressed("referral", uuid4())
    await ground.hear("reactions", told)
    await ground.hear("reactions", told)
    assert len(ground.stored.rows("select 1 from link")) == 1


@pytest.mark.full
async def test_a_letter_without_a_question_has_no_link(ground: Ground) -> None:
    await ground.letter(kind=None)
    assert await ground.mail() is None
    assert ground.post.sent[0].text == "Open the link to answer."
    assert ground.stored.rows("select 1 from link") == []


async def test_a_letter_not_taken_is_sent_later_with_a_new_secret(ground: Ground) -> None:
    await ground.letter()
    ground.post.fails = [NotTaken("busy")]
    assert await ground.mail() is None
    (first,) = ground.stored.rows("select digest from link")
    ground.stored.execute("update partner_letter set next_try_at = now()")
    path = await ground.mail()
    assert path is not None
    assert ground.stored.rows("select digest from link") != [first]
    assert (await ground.open(path))[0] == 200


@pytest.mark.full
async def test_one_that_may_have_gone_out_is_asked_for_first(ground: Ground) -> None:
    for found in (True, False):
        await ground.letter()
        ground.post.fails = [Unclear("cut off")]
        await sending.send_one(ground.store, ground.post, "https://door.test")
        (row,) = ground.stored.rows("select id from partner_letter where state = 'sending'")
        if found:
            ground.post.has.add(row["id"])
        ground.stored.execute("update partner_letter set claimed_at = now() - interval '2 minutes'")
        assert await sending.send_one(ground.store, ground.post, "https://door.test")
        (after,) = ground.stored.rows("select state from partner_letter where id = %s", [row["id"]])
        assert after["state"] == ("sent" if found else "queued")
        assert ground.post.sent == []


@pytest.mark.full
async def test_a_wrong_mailbox_is_given_up(ground: Ground) -> None:
    await ground.letter()
    ground.post.fails = [Refused("no such mailbox")]
    await ground.mail()
    assert ground.stored.rows("select state from partner_letter") == [{"state": "failed"}]


# Opening and answering ------------------------------------------------------------------------------------------


@pytest.mark.full
async def test_looking_uses_nothing_up_and_tells_nothing_about_anybody(ground: Ground) -> None:
    target = await ground.letter()
    await ground.hear("projections", moved(target, "requested", 1))
    path = await ground.mail()
    assert path is not None
    before = ground.stored.rows("select * from link")
    for _ in range(5):
        status, page = await ground.open(path)
        assert status == 200
    assert ground.stored.rows("select * from link") == before
    assert ground.triage.seen == []
    assert "money" in page
    assert "needed today" in page
    assert not re.search(r"Yusuf|07700|<script", page)
    assert page.count("<script") == 0
    assert f"Referral {target.hex[-8:].upper()}" in page
    async with ground.client.http.head(ground.client.address + path) as got:
        assert got.status == 405


async def test_one_answer_reaches_its_owner_as_a_principal_of_its_own(ground: Ground) -> None:
    target = await ground.letter()
    path = await ground.mail()
    assert path is not None
    status, page = await ground.give(path, note="We ring on Monday")
    assert status == 200
    (seen,) = ground.triage.seen
    assert (seen.method, seen.path) == ("POST", f"/v1/triage/referrals/{target}/transitions")
    assert json.loads(seen.body) == {"to": "accepted", "note": "We ring on Monday"}
    (row,) = ground.stored.rows("select id, answered_at from link")
    assert seen.header("idempotency-key") == str(row["id"])
    assert row["answered_at"] is not None
    claims = _claims(seen.header("authorization") or "")
    assert (claims["sub"], claims["org"]) == (f"link:{row['id']}", str(ORGANISATION))
    assert (claims["roles"], claims["action"]) == (["answer_link"], "triage.referral.move")
    # Whom to help is shown to who takes it on, once, and escaped.
    assert NAME in page
    assert html.escape("Text only <b>") in page
    assert "<script>" not in page
    for status_, shown in (await ground.give(path), await ground.open(path)):
        assert status_ == 410
        assert NAME not in shown
    assert len(ground.triage.seen) == 1


def _claims(authorization: str) -> dict[str, Any]:
    import base64

    body = authorization.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


async def test_of_two_who_answer_at_once_one_counts(ground: Ground) -> None:
    async def slow(seen: Seen, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.1)
        await says_yes(seen, receive, send)

    ground.triage.handler = slow
    await ground.letter()
    path = await ground.mail()
    assert path is not None
    answers = await asyncio.gather(
        *(ground.give(path, value) for value in ("accepted", "rejected.no_capacity", "accepted", "rejected.other"))
    )
    statuses = sorted(status for status, _ in answers)
    assert statuses == [200, 409, 409, 409]
    assert len(ground.triage.seen) == 1


@pytest.mark.parametrize(("status", "shown"), [(409, 410), (404, 410), (503, 503), (500, 503), (422, 503)])
@pytest.mark.full
async def test_what_the_owner_says_decides(ground: Ground, status: int, shown: int) -> None:
    async def refuse(seen: Seen, receive: Any, send: Any) -> None:
        await read_all(receive)
        await answer(send, b'{"status": %d}' % status, status)

    ground.triage.handler = refuse
    await ground.letter()
    path = await ground.mail()
    assert path is not None
    assert (await ground.give(path))[0] == shown
    # Withdrawn or answered by another way: of no use any more. Not received: given again, it counts.
    ground.triage.handler = says_yes
    assert (await ground.give(path))[0] == (410 if shown == 410 else 200)


@pytest.mark.full
async def test_an_answer_cut_off_is_given_again_under_the_same_key(ground: Ground) -> None:
    async def breaks(seen: Seen, receive: Any, send: Any) -> None:
        seen.body = await read_all(receive)
        raise ConnectionResetError

    ground.triage.handler = breaks
    await ground.letter()
    path = await ground.mail()
    assert path is not None
    assert (await ground.give(path))[0] == 503

    async def another_body(seen: Seen, receive: Any, send: Any) -> None:
        await read_all(receive)
        await answer(send, b'{"status": 422}', 422)

    # It had arrived: another answer under the same key is refused by the owner, and the link is of no use any more.
    keys = {seen.header("idempotency-key") for seen in ground.triage.seen}
    assert len(keys) == 1
    ground.triage.handler = another_body
    assert (await ground.give(path, "rejected.other"))[0] == 410
    assert (await ground.open(path))[0] == 410


@pytest.mark.full
async def test_who_is_cut_off_before_the_owner_answers_waits_a_minute(ground: Ground) -> None:
    await ground.letter()
    path = await ground.mail()
    assert path is not None
    ground.stored.execute("update link set claimed_at = now()")
    assert (await ground.give(path))[0] == 409
    ground.stored.execute("update link set claimed_at = now() - interval '61 seconds'")
    assert (await ground.give(path))[0] == 200


async def test_what_is_of_no_use(ground: Ground) -> None:
    assert (await ground.open("/links/" + "a" * 32))[0] == 404
    assert (await ground.give("/links/" + "a" * 32))[0] == 404
    target = await ground.letter()
    path = await ground.mail()
    assert path is not None
    status, page = await ground.give(path, "burn it down")
    assert (status, "Choose one" in page) == (422, True)
    # Cancelled meanwhile.
    await ground.hear("projections", moved(target, "requested", 1), moved(target, "cancelled", 2))
    assert (await ground.open(path))[0] == 410
    assert (await ground.give(path))[0] == 410
    assert ground.triage.seen == []
    await ground.letter(days=-1)
    ground.post.sent.clear()
    assert await ground.mail() is None, "a link that is too old is not sent"


@pytest.mark.full
async def test_a_link_too_old_is_refused(ground: Ground) -> None:
    await ground.letter()
    path = await ground.mail()
    assert path is not None
    ground.stored.execute("update link set until = now() - interval '1 second'")
    assert (await ground.open(path))[0] == 410
    assert (await ground.give(path))[0] == 410


async def test_a_capacity_question_is_answered_without_a_word(ground: Ground) -> None:
    target = await ground.letter(kind="capacity_question")
    path = await ground.mail()
    assert path is not None
    assert "textarea" not in (await ground.open(path))[1]
    assert (await ground.give(path, "waiting_list", note="ignored"))[0] == 200
    (seen,) = ground.triage.seen
    assert (seen.path, json.loads(seen.body)) == (
        f"/v1/triage/capacity-questions/{target}/answers",
        {"answer": "waiting_list"},
    )


@pytest.mark.full
async def test_guessing_is_slowed_down(ground: Ground) -> None:
    statuses = [(await ground.open("/links/" + "b" * 32))[0] for _ in range(60)]
    assert set(statuses) == {404}
    async with ground.client.http.get(ground.client.address + "/links/" + "b" * 32) as got:
        assert (got.status, "Retry-After" in got.headers) == (429, True)


# For our own people ---------------------------------------------------------------------------------------------


@pytest.mark.full
async def test_officers_see_renew_and_revoke_links(ground: Ground) -> None:
    target = await ground.letter()
    old = await ground.mail()
    assert old is not None
    officer = ("triage_officer", "partner_referral")
    status, page, _ = await ground.client.ask("GET", f"/v1/links?target_id={target}", *officer)
    (link,) = page["items"]
    assert (status, link["standing"], link["letter"]) == (200, "open", "sent")
    assert old.removeprefix("/links/") not in json.dumps(page)
    at = f"/v1/links/{link['id']}"
    assert (await ground.client.ask("POST", f"{at}/renew", *officer))[0] == 428
    seen = {"If-Match": f'"{link["version"]}"'}
    status, renewed, _ = await ground.client.ask("POST", f"{at}/renew", *officer, headers=seen)
    new = "/links/" + renewed["address"].rpartition("/")[2]
    assert (status, (await ground.open(old))[0], (await ground.open(new))[0]) == (200, 404, 200)
    assert (await ground.client.ask("POST", f"{at}/revoke", *officer, headers=seen))[0] == 412
    seen = {"If-Match": f'"{renewed["link"]["version"]}"'}
    status, revoked, _ = await ground.client.ask("POST", f"{at}/revoke", *officer, headers=seen)
    assert (status, revoked["standing"]) == (200, "revoked")
    assert (await ground.open(new))[0] == 410
    assert (await ground.give(new))[0] == 410
    assert (await ground.client.ask("GET", "/v1/links", "partner", "partner_referral"))[0] == 403


# What may be answered -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [None, *referrals.S])
def test_every_choice_of_a_form_is_a_move_that_triage_takes(state: referrals.S | None) -> None:
    offered = forms.choices(Kind.REFERRAL, state)
    now = state or referrals.S.REQUESTED
    assert bool(offered) == (now in referrals.OPEN)
    for choice in offered:
        move = referrals.Answer(referrals.S(choice.body["to"]), choice.body.get("reason"))
        try:
            referrals.check_move(now, move, referrals.Party.RECEIVER, clock.today())
        except DomainError as refused:
            pytest.fail(f"{choice.words}: {refused.detail}")


def test_every_answer_about_capacity_can_be_given() -> None:
    offered = {choice.body["answer"] for choice in forms.choices(Kind.CAPACITY_QUESTION, "asked")}
    assert offered == {each.value for each in CapacityAnswer}
    assert forms.choices(Kind.CAPACITY_QUESTION, "answered") == ()
