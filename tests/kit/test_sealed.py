"""Sealed events: one service can open them, everyone else has ciphertext."""

import base64
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc.jwk import OKPKey

from kit.contracts.catalogue import CATALOGUE
from kit.contracts.envelope import Concerns, Event, EventData, Sealed
from kit.contracts.event_type import live_sealed
from kit.events import sealed
from kit.events.bus import Bus
from kit.events.handlers import Handlers, handled
from kit.events.inbox import Inbox
from kit.events.sealed import CannotOpen, Keyring, TooLargeToSeal, open_sealed, seal
from kit.ids import new_id
from kit.service import Service
from kit.store.db import Database
from kit.store.unit import UnitOfWork, unit_of_work
from kit.testing.bus import BusServer
from kit.testing.databases import ServiceDatabase
from tests.kit import ground
from tests.kit.ground import CAUSE, MAKER
from tests.kit.test_inbox import Paper
from tests.kit.test_relay import relaying

TYPE, READER = "casefile.letter.written", "risk"
SECRET_WORDS = "Ada Lovelace, 12 St James's Square"


class Letter(EventData):
    person_id: UUID
    words: str

    def concerns(self) -> Concerns:
        return Concerns.of(people=(self.person_id,))


def keys(kid: str) -> OKPKey:
    return OKPKey.generate_key("X25519", {"kid": kid, "use": "enc"})


SERVICES = ("casefile", "housing", "risk", "gateway")
OWN = {service: keys(service) for service in SERVICES}
PUBLIC = {service: key.as_dict(private=False) for service, key in OWN.items()}


def private(*held: OKPKey) -> dict[str, Any]:
    return {"keys": [key.as_dict(private=True) for key in held]}


@pytest.fixture(autouse=True)
def a_sealed_type(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A live sealed type of casefile for risk, and everybody's keys."""
    declared = live_sealed(TYPE, Letter, "A letter of the tests", READER)
    catalogue = {**CATALOGUE, TYPE: declared}
    for module in ("kit.store.unit", "kit.events.sealed", "kit.events.inbox", "kit.events.handlers"):
        monkeypatch.setattr(f"{module}.CATALOGUE", catalogue)
    monkeypatch.setattr("kit.events.topology.CATALOGUE", catalogue)
    monkeypatch.setattr("kit.events.dead_letters.CATALOGUE", catalogue)
    before = dict(sealed._RINGS)
    for service in SERVICES:
        sealed.use_keys(service, private(OWN[service]), PUBLIC)
    yield
    sealed._RINGS.clear()
    sealed._RINGS.update(before)


async def write(store: Database, words: str = SECRET_WORDS, **how: Any) -> UUID:
    async with unit_of_work(store, how.pop("service", MAKER), CAUSE) as unit:
        data = how.pop("data", None) or Letter(person_id=uuid4(), words=words)
        options: dict[str, Any] = {"to": READER, "type_": TYPE, "aggregate_id": new_id(), "sequence": 1, **how}
        return seal(unit, options.pop("to"), options.pop("type_"), data, **options)


def envelope_in(maker: ServiceDatabase) -> Event[Any]:
    (row,) = maker.rows("select envelope, subject from outbox")
    assert row["subject"] == "newstart.vault.risk.casefile"
    return Event[Sealed].from_json(row["envelope"])


async def read(database: Database, event: Event[Any], service: str = READER) -> EventData:
    async with unit_of_work(database, service, CAUSE) as unit:
        return open_sealed(unit, event)


async def test_what_was_sealed_opens_for_its_reader(store: Database, counted: Database, maker: ServiceDatabase) -> None:
    event_id = await write(store)
    event = envelope_in(maker)
    assert event.id == event_id
    found = await read(counted, event)
    assert isinstance(found, Letter)
    assert found.words == SECRET_WORDS


async def test_the_outbox_holds_no_word_of_it(store: Database, maker: ServiceDatabase) -> None:
    person = uuid4()
    await write(store, data=Letter(person_id=person, words=SECRET_WORDS))
    (row,) = maker.rows("select * from outbox")
    text = json.dumps({name: str(value) for name, value in row.items()})
    for word in ("Ada", "Lovelace", str(person), base64.b64encode(SECRET_WORDS.encode()).decode()[:20]):
        assert word not in text


@pytest.mark.parametrize("other", [service for service in SERVICES if service != READER])
async def test_nobody_elses_key_opens_it(store: Database, maker: ServiceDatabase, other: str) -> None:
    await write(store)
    event = envelope_in(maker)
    with pytest.raises(CannotOpen):
        await read(store, event, other)
    # Nor the sender's, who could have kept nothing to open it with; nor all of theirs together; nor none.
    ring = Keyring(private(*(OWN[service] for service in SERVICES if service != READER)), {})
    for each in (ring, Keyring(None, {})):
        with pytest.raises(CannotOpen):
            each.decrypt(event.data.jwe, sealed._header(event.id, event.type, event.subject))


async def test_a_new_key_of_the_same_name_does_not_open_it(store: Database, maker: ServiceDatabase) -> None:
    await write(store)
    sealed.use_keys(READER, private(keys(READER)), PUBLIC)
    with pytest.raises(CannotOpen):
        await read(store, envelope_in(maker))


async def test_an_older_key_still_opens_it(store: Database, maker: ServiceDatabase) -> None:
    await write(store)
    newer = keys("risk-2")
    sealed.use_keys(READER, private(newer, OWN[READER]), PUBLIC)
    assert await read(store, envelope_in(maker))
    ring = Keyring(None, {READER: newer.as_dict(private=False)})
    text = ring.encrypt(READER, {"event": "1"}, b"new")
    assert sealed._RINGS[READER].decrypt(text, {"event": "1"}) == b"new"


async def test_both_sides_are_on_record(
    store: Database, counted: Database, maker: ServiceDatabase, counter: ServiceDatabase
) -> None:
    person = uuid4()
    event_id = await write(store, data=Letter(person_id=person, words="x"))
    await read(counted, envelope_in(maker))
    columns = "select actor, purpose, action, record, person_ids from audit_entry"
    expected = {"actor": "ada", "purpose": "front_door", "record": f"sealed_event/{event_id}", "person_ids": [person]}
    assert maker.rows(columns) == [expected | {"action": "casefile.sealed_event.seal"}]
    assert counter.rows(columns) == [expected | {"action": "risk.sealed_event.open"}]


async def test_a_ciphertext_under_another_event_does_not_open(store: Database, maker: ServiceDatabase) -> None:
    await write(store)
    event = envelope_in(maker)
    for change in ({"id": uuid4()}, {"subject": uuid4()}):
        with pytest.raises(CannotOpen, match="another event"):
            await read(store, event.model_copy(update=change))


async def test_a_changed_ciphertext_does_not_open(store: Database, maker: ServiceDatabase) -> None:
    await write(store)
    event = envelope_in(maker)
    parts = event.data.jwe.split(".")
    for number, part in enumerate(parts):
        changed = [*parts]
        changed[number] = ("A" if part[0] != "A" else "B") + part[1:]
        with pytest.raises(CannotOpen):
            await read(store, event.model_copy(update={"data": Sealed(jwe=".".join(changed))}))


def b64(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(st.text(alphabet="ABCabc012_-", max_size=20), min_size=5, max_size=5).map(".".join),
        st.builds(
            lambda header, rest: ".".join([b64(header), *rest]),
            st.dictionaries(
                st.sampled_from(["alg", "enc", "kid", "epk", "zip", "crit", "apu"]),
                st.sampled_from(["ECDH-ES+A256KW", "A256GCM", "dir", "risk", "DEF", {}, [], 1, None, "none"]),
            ),
            st.lists(st.text(alphabet="ABCabc012_-", max_size=20), min_size=4, max_size=4),
        ),
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_nonsense_is_refused_and_never_a_fault(text: str) -> None:
    with pytest.raises(CannotOpen):
        sealed._RINGS[READER].decrypt(text, {})


async def test_only_the_declared_sender_reader_and_data(store: Database) -> None:
    letter = Letter(person_id=uuid4(), words="x")
    wrong: tuple[dict[str, Any], ...] = (
        {"service": "housing"},
        {"to": "housing"},
        {"type_": ground.FORMED},
        {"type_": "casefile.message.addressed"},
        {"data": Sealed(jwe="a")},
    )
    for how in wrong:
        with pytest.raises(ValueError, match=r"belongs to|not for|not live|not a live sealed"):
            await write(store, **{"data": letter, **how})
    async with unit_of_work(store, MAKER, CAUSE) as unit:
        with pytest.raises(ValueError, match="sealed"):
            unit.emit(TYPE, Sealed(jwe="plain words"), aggregate_id=new_id(), sequence=1)


async def test_a_reader_whose_key_we_lack_is_named(store: Database) -> None:
    sealed.use_keys(MAKER, None, {})
    with pytest.raises(ValueError, match="no public key of risk"):
        await write(store)


async def test_a_large_one_goes_up_to_the_limit(store: Database, counted: Database, maker: ServiceDatabase) -> None:
    room = sealed.LARGEST_BYTES - len(Letter(person_id=uuid4(), words="").model_dump_json())
    await write(store, "x" * room)
    found = await read(counted, envelope_in(maker))
    assert isinstance(found, Letter)
    assert len(found.words) == room
    with pytest.raises(TooLargeToSeal):
        await write(store, "x" * (room + 1))
    assert len(maker.rows("select * from outbox")) == 1


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "oct", "k": "AAAA"},
        OKPKey.generate_key("Ed25519").as_dict(private=True),
        OWN["gateway"].as_dict(private=False),
    ],
    ids=["nothing", "a password", "a signing key", "a public key"],
)
def test_only_a_private_sealing_key_is_taken_as_ones_own(jwk: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a sealing key is a private X25519 key"):
        Keyring({"keys": [jwk]}, {})


def test_anothers_private_key_is_not_taken() -> None:
    with pytest.raises(ValueError, match="a sealing key is a public X25519 key"):
        Keyring(None, {"gateway": OWN["gateway"].as_dict(private=True)})


def test_a_key_without_a_name_goes_by_its_thumbprint() -> None:
    bare = {name: value for name, value in OWN["gateway"].as_dict(private=True).items() if name != "kid"}
    public = {name: value for name, value in bare.items() if name != "d"}
    text = Keyring(None, {"gateway": public}).encrypt("gateway", {}, b"x")
    assert Keyring({"keys": [bare]}, {}).decrypt(text, {}) == b"x"


# Across the bus ---------------------------------------------------------------------------------------------

letters = Handlers()


def reader() -> Handlers:
    group = Handlers()

    @group.reaction(TYPE)
    async def read_letter(unit: UnitOfWork, event: Event[Any]) -> None:
        data = open_sealed(unit, event)
        assert isinstance(data, Letter)
        await ground.count_effect(unit, event)

    return group


async def test_a_sealed_event_crosses_the_bus(
    store: Database, counted: Database, maker: ServiceDatabase, counter: ServiceDatabase, bus: BusServer
) -> None:
    service: Service = ground.service(READER, routers=(), handlers=(reader(),))
    await ground.lay_out(bus.url("topology"), service)
    assert [(each.stream, each.subjects) for each in ground.wanted(service)] == [
        ("VAULT", ("newstart.vault.risk.casefile",))
    ]
    await write(store)
    lines = {name: await Bus.connect(bus.url(name), name) for name in (MAKER, READER, "housing")}
    async with relaying(store, lines[MAKER]):
        # Someone else asks first: the server does not let them.
        assert await (await lines["housing"].pull("VAULT", "risk-reactions")).next(0.5) == []
        batch = await (await lines[READER].pull("VAULT", "risk-reactions")).next(10)
        await Inbox(counted, READER, "reactions", handled(service.handlers, "reactions")).take(batch)
    for line in lines.values():
        await line.close()
    assert len(counter.rows("select * from effect")) == 1
    assert len(counter.rows("select * from audit_entry where action = 'risk.sealed_event.open'")) == 1


async def test_one_that_does_not_open_is_a_dead_letter_without_its_words(
    store: Database, counted: Database, maker: ServiceDatabase, counter: ServiceDatabase
) -> None:
    await write(store)
    sealed.use_keys(READER, private(keys("risk-lost")), PUBLIC)
    (row,) = maker.rows("select envelope, subject from outbox")
    delivery = Paper(row["envelope"].encode(), subject=row["subject"])
    await Inbox(counted, READER, "reactions", handled([reader()], "reactions")).take([delivery])  # type: ignore[list-item]
    assert delivery.said == ["drop"]
    (letter,) = counter.rows("select type, reason, envelope from dead_letter")
    assert letter["type"] == TYPE
    assert letter["reason"].startswith("cannot-open: ")
    assert "Ada" not in str(letter)
