"""A bus that lost everything, events that nobody can use, and a release that breaks a handler."""

import asyncio
import contextlib
import itertools
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from kit.contracts.codes import Channel, ContactStatus, Outcome, Stage, Urgency
from kit.contracts.envelope import EventData, envelope_json
from kit.contracts.event_type import OWNERS
from kit.contracts.triage.contacts import ContactDecided, Decision
from kit.events.bus import Bus, Outgoing
from kit.events.republish import republish
from kit.ids import new_id
from kit.store.db import Database
from kit.store.unit import Cause
from kit.testing.faults import stalled
from kit.testing.platform import Platform
from tests.chaos.books import Books
from tests.chaos.desks import Desks, sign_in
from tests.chaos.hands import run, until, without

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(420)]

DECIDED = "triage.contact.decided"
LETTERS = "/v1/casefile/dead-letters"
# As often as the inbox lets an event wait for what it stands on.
PATIENCE = 12


async def test_a_bus_that_lost_everything_is_filled_again(platform: Platform, books: Books) -> None:
    """Each owner sends again: what was lost arrives, an emptied read model is rebuilt, nothing happens twice."""
    async with Desks(platform) as desks:
        with stalled(platform.pid("housing-worker")):
            # Housing does not hear of these before they are lost.
            await desks.more(40)
            await asyncio.to_thread(platform.stop, "nats")
            shutil.rmtree(platform.state / "nats" / "jetstream")
        await desks.more(10)
        for table in ("known_person", "known_household"):
            assert books.change("grants", f"delete from {table}") > 0
        books.change("grants", "delete from inbox where consumer = 'projections'")
        await asyncio.to_thread(platform.start, "nats")
        await until(lambda: _answers(books), "NATS to answer")
        assert books.streams() == []
        await run(platform, "topology", "kit.run", "topology")
        said = await run(platform, "casefile", "kit.run.republish", "casefile", "--since", "2020-01-01")
        assert json.loads(said)["events"] > 40
        for owner in OWNERS:
            if owner != "casefile":
                await _republish(platform, owner)
        # What was sealed for one receiver goes again only by name: identities, messages, who read what elsewhere.
        for owner, reader in itertools.permutations(OWNERS, 2):
            await _republish(platform, owner, sealed_to=reader)
        await desks.more(10)
    await books.settle(120)
    await books.check(desks)
    # Alarms go on ringing: one more event may be on its way between the two counts.
    for owner in OWNERS:
        await until(lambda owner=owner: _held(books, owner.upper()) == _told(books, owner), f"all of {owner}'s")
    await until(lambda: _held(books, "VAULT") == sum(_told(books, each, "") for each in OWNERS), "all that is sealed")


def _answers(books: Books) -> bool:
    with contextlib.suppress(OSError):
        books.streams()
        return True
    return False


async def _republish(platform: Platform, owner: str, sealed_to: str | None = None) -> None:
    """What the command does, without a process of its own."""
    database = Database(platform.environment(owner)["NEWSTART_DATABASE_URL"], pool=1, name="chaos")
    try:
        cause = Cause.system(owner, "republish")
        await republish(database, owner, cause, datetime(2020, 1, 1, tzinfo=UTC), sealed_to=sealed_to)
    finally:
        await database.close()


async def test_what_cannot_be_read_becomes_a_dead_letter_and_holds_nobody_up(platform: Platform, books: Books) -> None:
    """Malformed, empty, of another type, impossible: each is put aside at once, and a person settles it."""
    nowhere, impossible = _decided(household_id=None), new_id()
    # Impossible for casefile alone: who only shows that something changed takes it as it is.
    books.strangers.add(impossible)
    poison = [b"not json", b"\xff\xfe\x00", b"", b"{}", b"[]", json.dumps({"id": str(uuid4())}).encode()]
    poison += [_enveloped("casefile.person.registered", nowhere), _enveloped(DECIDED, nowhere, impossible)]
    async with Desks(platform) as desks, _operator(platform) as operator:
        await desks.more(5)
        await _publish(platform, poison)
        with desks.watched() as meanwhile:
            await desks.more(10)
        await _followed(books, desks)
        await until(lambda: len(_open(books)) >= len(poison), f"{len(poison)} dead letters")
        # What cannot be read is put aside by both that hear decisions there; what can't be true, by whoever acts on it.
        await until(lambda: len(_open(books)) == 2 * len(poison) - 1, "a letter from each that hears them")
        # Everyone who hears of decisions has put aside what they can't read.
        for owner in OWNERS:
            await _settle_letters(operator, f"/v1/{owner}/dead-letters", len(_open(books, owner)))
    assert meanwhile.said.keys() == {201}
    await books.settle()
    await books.check(desks)


async def test_an_event_about_a_household_nobody_knows(platform: Platform, books: Books) -> None:
    """It waits its turn again and again, then for a person; once the cause is mended, a retry makes it take effect."""
    household, event_id = new_id(), new_id()
    books.strangers.add(event_id)
    async with Desks(platform) as desks:
        await desks.more(5)
        await _publish(platform, [_enveloped(DECIDED, _decided(household_id=household), event_id)])
        await _followed(books, desks)
    assert _open(books) == []
    async with without(platform, "casefile-worker"):
        # Minutes of waiting in a moment: given back as often as the worker would have.
        await _impatient(platform, event_id)
    await until(lambda: _open(books), "a dead letter")
    async with _operator(platform) as operator:
        (letter,) = (await operator.get(LETTERS)).json()
        assert letter["event_id"] == str(event_id)
        assert (await operator.post(f"{LETTERS}/{letter['id']}/retry")).json()["type"].endswith("/still-fails")
        books.change("casefile", _FORM_HOUSEHOLD, [household])
        assert (await operator.post(f"{LETTERS}/{letter['id']}/retry")).status_code == 204
        assert (await operator.post(f"{LETTERS}/{letter['id']}/retry")).status_code == 409
    assert books.one("casefile", "select count(*) from case_file where household_id = %s", [household]) == 1
    assert books.one("casefile", "select count(*) from timeline_log where event_id = %s", [event_id]) == 1
    await books.settle()
    await books.check(desks)


async def test_a_release_that_breaks_a_handler_loses_nothing(platform: Platform, books: Books) -> None:
    """Every decision fails and is put aside; after the mend each is retried, and all is as if never broken."""
    async with Desks(platform) as desks, _operator(platform) as operator:
        await desks.more(5)
        books.change("casefile", "revoke insert, update on case_file from newstart_casefile")
        try:
            await until(lambda: len(_open(books)) >= 3, "decisions to be put aside", 150)
        finally:
            books.change("casefile", "grant insert, update on case_file to newstart_casefile")
        await _followed(books, desks)
        await desks.close()
        # The last ones still on their way to us: they heal by themselves.
        await books.settle()
        for letter in (await operator.get(LETTERS)).json():
            assert (await operator.post(f"{LETTERS}/{letter['id']}/retry")).status_code == 204
    await books.settle()
    await books.check(desks)


# Hands ----------------------------------------------------------------------------------------------------


@asynccontextmanager
async def _operator(platform: Platform) -> AsyncIterator[httpx.AsyncClient]:
    token = await asyncio.to_thread(sign_in, platform, "olu-martins")
    fields = {"Authorization": f"Bearer {token}", "Newstart-Purpose": "system_operations"}
    async with httpx.AsyncClient(base_url=platform.gateway, headers=fields, timeout=20, trust_env=False) as client:
        yield client


async def _settle_letters(operator: httpx.AsyncClient, address: str, expected: int) -> None:
    """A person looks at each, tries it again in vain, and drops it."""
    letters = (await operator.get(address)).json()
    assert len(letters) == expected
    for letter in letters:
        one = f"{address}/{letter['id']}"
        assert (await operator.get(one)).status_code == 200
        retried = await operator.post(f"{one}/retry")
        assert retried.status_code == 409, (letter, retried.text)
        assert retried.json()["type"].endswith("/still-fails"), letter
        assert (await operator.delete(one)).status_code == 204
    assert (await operator.get(address)).json() == []


def _open(books: Books, owner: str = "casefile") -> list[Any]:
    return list(books.rows(owner, "select event_id, type, reason from dead_letter where state = 'open'"))


def _held(books: Books, stream: str) -> int:
    (held,) = [each["state"]["messages"] for each in books.streams() if each["name"] == stream]
    return int(held)


def _told(books: Books, owner: str, which: str = "not") -> int:
    """How many events it told; with `which` empty: how many it sealed."""
    return int(books.one(owner, f"select count(*) from outbox where {which} starts_with(subject, 'newstart.vault.')"))


async def _followed(books: Books, desks: Desks) -> None:
    """A decision made from now on leads to a case within seconds: nothing stands in the way."""
    before = len(desks.kept("decision"))
    await until(lambda: len(desks.kept("decision")) > before, "one more decision")
    marker = desks.kept("decision")[before].marker
    (decision,) = books.rows("triage", "select id from decision where reason = %s", [marker])
    query = "select count(*) from case_file where %s = any(decision_ids)"
    await until(lambda: books.one("casefile", query, [decision["id"]]), "its case")


async def _publish(platform: Platform, bodies: list[bytes]) -> None:
    """As triage itself: only its owner may speak on a subject."""
    bus = await Bus.connect(platform.nats_url("triage"), "triage")
    try:
        wave = [Outgoing(str(uuid4()), f"newstart.{DECIDED}", body) for body in bodies]
        assert all(await bus.publish(wave))
    finally:
        await bus.close()


async def _impatient(platform: Platform, event_id: UUID) -> None:
    """Takes the event and gives it back at once, until it was delivered as often as the inbox lets it wait."""
    bus = await Bus.connect(platform.nats_url("casefile"), "casefile")
    try:
        pull = await bus.pull("TRIAGE", "casefile-reactions")
        async with asyncio.timeout(90):
            deliveries = 0
            while deliveries < PATIENCE:
                for delivery in await pull.next(1.0):
                    if str(event_id).encode() in delivery.body:
                        deliveries = delivery.deliveries
                    await delivery.retry(0)
        for delivery in await pull.stop():
            await delivery.retry(0)
    finally:
        await bus.close()


def _decided(*, household_id: UUID | None) -> ContactDecided:
    now = datetime.now(UTC)
    decision = Decision(
        decision_id=new_id(), outcome=Outcome.UNIVERSAL, stage=Stage.FINAL, decided_by="by-hand", decided_at=now
    )
    return ContactDecided(
        contact_id=new_id(),
        household_id=household_id,
        channel=Channel.PHONE,
        occurred_at=now,
        stage=Stage.FINAL,
        urgency=Urgency.ROUTINE,
        state=ContactStatus.CLOSED,
        decisions=(decision,),
        decision=decision,
        changed_at=now,
    )


def _enveloped(type_: str, data: EventData, event_id: UUID | None = None) -> bytes:
    return envelope_json(
        id=event_id or new_id(),
        type=type_,
        subject=new_id(),
        time=datetime.now(UTC),
        actor="by-hand",
        purpose="front_door",
        sequence=1,
        correlationid=new_id(),
        data_json=data.model_dump_json(),
    )


_FORM_HOUSEHOLD = """
    insert into household (id, version, formed_at, changed_at, formed_by) values (%s, 1, now(), now(), 'operator')
"""
