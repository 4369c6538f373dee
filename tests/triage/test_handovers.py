"""Handovers: somebody always holds a contact, whatever happens at once, and each retelling is counted."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kit import clock
from kit.contracts.codes import Urgency
from kit.contracts.envelope import Event, subject_for
from kit.contracts.gateway import WorkerState
from kit.errors import Conflict, Forbidden, Invalid
from kit.events.effects import dispatch
from kit.events.handlers import handled
from kit.store.db import Database
from kit.store.timers import Timers
from kit.store.unit import Cause, unit_of_work
from kit.testing.databases import ServiceDatabase
from services.triage.app import SERVICE
from services.triage.handovers import domain
from services.triage.handovers.domain import Handover, State, Worker
from tests.triage.desk import Desk, events, know, looks, problem, set_clock

CONTACTS = "/v1/triage/contacts"
PERSON, HOME = uuid4(), uuid4()


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    yield
    clock.set_offset(timedelta(0))


@pytest.fixture
async def opened(store: ServiceDatabase) -> AsyncIterator[Database]:
    database = Database(store.url)
    yield database
    await database.close()


@pytest.fixture
def priya(desk: Desk) -> Desk:
    """The receiver."""
    return desk.other(worker="priya", role="targeted_specialist", purpose="targeted_support")


async def recorded(desk: Desk, **body: Any) -> dict[str, Any]:
    answer = await desk.post(CONTACTS, {"channel": "walk_in", "person_id": str(PERSON), **body})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def offered(desk: Desk, contact: dict[str, Any], **body: Any) -> httpx.Response:
    to = {} if "to_team" in body else {"to_worker": "priya"}
    made = {**to, "resident": "present", "reason": "she knows the courts", **body}
    version = (await desk.get(f"{CONTACTS}/{contact['id']}")).json()["version"]
    return await desk.post(f"{CONTACTS}/{contact['id']}/handovers", made, if_match=f'"{version}"')


async def holder(desk: Desk, contact: dict[str, Any]) -> str:
    found: str = (await desk.get(f"{CONTACTS}/{contact['id']}")).json()["held_by"]
    return found


async def accept(desk: Desk, handover: str, *, retold: bool = False) -> httpx.Response:
    return await desk.post(f"{handover}/acceptance", {"retold": retold})


async def hears(database: Database, worker: str, *, suspended: bool = False, version: int = 1) -> None:
    """What the gateway's event tells triage of a worker: first the picture, then what follows from it."""
    now = clock.now()
    state = WorkerState(worker_id=worker, suspended_at=now if suspended else None, changed_at=now)
    event: Event[Any] = Event[WorkerState](
        id=uuid4(),
        source="urn:newstart:gateway",
        type="gateway.worker.changed",
        subject=subject_for("worker", worker),
        time=now,
        actor="administrator-1",
        purpose="administration",
        sequence=version,
        correlationid=uuid4(),
        data=state,
    )
    for kind in ("projections", "reactions"):
        async with unit_of_work(database, "triage", Cause.system("triage", "test")) as unit:
            await dispatch(unit, handled(SERVICE.handlers, kind), [event])


def told(store: ServiceDatabase) -> list[str]:
    return [each["type"].rpartition(".")[2] for each in events(store) if ".handover." in each["type"]]


# The path -------------------------------------------------------------------------------------------------


async def test_the_sender_holds_until_it_is_accepted_by_name(desk: Desk, priya: Desk, store: ServiceDatabase) -> None:
    contact = await recorded(desk, household_id=str(HOME))
    made = await offered(desk, contact)
    assert made.status_code == 201, made.text
    handover = made.headers["location"]
    assert (made.json()["state"], made.json()["from_worker"]) == ("offered", "officer-1")
    assert await holder(desk, contact) == "officer-1", "offered is not handed over"
    taken = await accept(priya, handover, retold=False)
    assert taken.status_code == 201, taken.text
    assert (taken.json()["state"], taken.json()["accepted_by"]) == ("accepted", "priya")
    assert await holder(desk, contact) == "priya"
    assert taken.headers["event-id"] == events(store)[-1]["id"]
    assert told(store) == ["offered", "accepted"]
    last = events(store)[-1]["data"]
    assert (last["household_id"], last["retold"], last["accepted_by"]) == (str(HOME), False, "priya")
    changed = [each for each in events(store) if each["type"] == "triage.contact.changed"]
    assert changed[-1]["data"]["held_by"] == "priya"
    assert "courts" not in str(events(store))
    assert (
        "triage.handover.answer",
        handover.removeprefix("/v1/triage/handovers/").join(["handover/", ""]),
        [PERSON],
    ) in (looks(store))


async def test_a_team_is_accepted_for_by_one_of_its_people(desk: Desk, priya: Desk, store: ServiceDatabase) -> None:
    member = {"worker_id": "priya", "role": "targeted_specialist", "from": "2020-01-01", "to": None}
    left = {**member, "worker_id": "tom", "to": "2020-02-01"}
    store.execute(
        "insert into known_team (id, sequence, code, members) values (%s, 1, 'abuse', %s)",
        [uuid4(), json.dumps([member, left])],
    )
    contact = await recorded(desk)
    handover = (await offered(desk, contact, to_team="abuse")).headers["location"]
    problem(await accept(desk.other(worker="tom"), handover), 403, "forbidden")
    assert (await accept(priya, handover)).status_code == 201
    assert await holder(desk, contact) == "priya"


@pytest.mark.full
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"to_worker": None}, "/to_worker"),
        ({"to_worker": "priya", "to_team": "abuse"}, "/to_worker"),
        ({"to_worker": "officer-1"}, "/to_worker"),
        ({"resident": "not_told"}, "/resident"),
        ({"reason": ""}, "/reason"),
    ],
)
async def test_what_is_wrong_is_named(desk: Desk, body: dict[str, Any], pointer: str) -> None:
    contact = await recorded(desk)
    document = problem(await offered(desk, contact, **body), 422, "invalid")
    assert [each["pointer"] for each in document["errors"]] == [pointer]
    assert await holder(desk, contact) == "officer-1"


async def test_only_who_holds_it_or_a_manager_hands_over(desk: Desk) -> None:
    contact = await recorded(desk)
    problem(await offered(desk.other(worker="officer-2"), contact), 403, "forbidden")
    manager = desk.other(worker="hannah", role="manager", purpose="supervision")
    version = f'"{contact["version"]}"'
    body = {"to_worker": "priya", "resident": "told", "reason": "away"}
    made = await manager.post(f"{CONTACTS}/{contact['id']}/handovers", body, if_match=version)
    assert (made.status_code, made.json()["from_worker"], made.json()["offered_by"]) == (201, "officer-1", "hannah")


@pytest.mark.full
async def test_a_declined_or_withdrawn_one_stays_with_its_sender(desk: Desk, priya: Desk) -> None:
    contact = await recorded(desk)
    first = (await offered(desk, contact)).headers["location"]
    assert problem(await offered(desk, contact, to_worker="tom"), 409, "conflict")["allowed"] == ["withdrawn"]
    problem(await desk.other(worker="tom").post(f"{first}/withdrawal", {"reason": "mine"}), 403, "forbidden")
    assert (await priya.post(f"{first}/refusal", {"reason": "on leave"})).json()["state"] == "declined"
    second = (await offered(desk, contact)).headers["location"]
    assert (await desk.post(f"{second}/withdrawal", {"reason": "solved"})).json()["state"] == "withdrawn"
    document = problem(await accept(priya, second), 409, "conflict")
    assert (document["state"], document["allowed"]) == ("withdrawn", [])
    assert await holder(desk, contact) == "officer-1"


async def test_a_closed_contact_leaves_nothing_to_accept(desk: Desk, priya: Desk, store: ServiceDatabase) -> None:
    contact = await recorded(desk, needs=[{"domain": "money"}])
    handover = (await offered(desk, contact)).headers["location"]
    version = f'"{(await desk.get(CONTACTS + "/" + contact["id"])).json()["version"]}"'
    over = {"outcome": "resolved", "reason": "paid together"}
    assert (await desk.post(f"{CONTACTS}/{contact['id']}/decisions", over, if_match=version)).status_code == 201
    problem(await accept(priya, handover), 409, "conflict")
    assert told(store) == ["offered", "lapsed"]
    problem(await offered(desk, contact), 409, "conflict")


async def test_whose_contact_is_kept_back_is_handed_to_nobody(desk: Desk, priya: Desk, store: ServiceDatabase) -> None:
    contact = await recorded(desk)
    handover = (await offered(desk, contact)).headers["location"]
    know(store, PERSON, barred=["priya"])
    problem(await priya.get(handover), 404, "not-found")
    problem(await accept(priya, handover), 404, "not-found")
    assert (await priya.get("/v1/triage/handovers")).json()["items"] == []
    assert await holder(desk, contact) == "officer-1"


# At once --------------------------------------------------------------------------------------------------


@pytest.mark.full
async def test_two_who_accept_at_once_one_has_it(desk: Desk, store: ServiceDatabase) -> None:
    people = ["ann", "ben", "cem"]
    members = [{"worker_id": each, "role": "x", "from": "2020-01-01", "to": None} for each in people]
    store.execute(
        "insert into known_team (id, sequence, code, members) values (%s, 1, 'help', %s)",
        [uuid4(), json.dumps(members)],
    )
    for _ in range(4):
        contact = await recorded(desk)
        handover = (await offered(desk, contact, to_team="help")).headers["location"]
        answers = await asyncio.gather(*(accept(desk.other(worker=each), handover) for each in people))
        winners = [who for who, each in zip(people, answers, strict=True) if each.status_code == 201]
        assert sorted(each.status_code for each in answers) == [201, 409, 409]
        assert [await holder(desk, contact)] == winners


@pytest.mark.full
async def test_a_withdrawal_and_an_acceptance_at_once(desk: Desk, priya: Desk) -> None:
    ends = set()
    for turn in range(6):
        contact = await recorded(desk)
        handover = (await offered(desk, contact)).headers["location"]
        both = [accept(priya, handover), desk.post(f"{handover}/withdrawal", {"reason": "solved"})]
        answers = await asyncio.gather(*(both if turn % 2 else both[::-1]))
        assert sorted(each.status_code for each in answers) == [201, 409]
        state = (await desk.get(handover)).json()["state"]
        assert await holder(desk, contact) == {"accepted": "priya", "withdrawn": "officer-1"}[state]
        ends.add(state)
    assert ends


async def test_two_who_offer_at_once_one_did(desk: Desk) -> None:
    contact = await recorded(desk)
    answers = await asyncio.gather(*(offered(desk, contact, to_worker=each) for each in ("ann", "ben")))
    assert sorted(each.status_code for each in answers) == [201, 409]


async def test_a_suspended_receiver_holds_nothing(
    desk: Desk, priya: Desk, store: ServiceDatabase, opened: Database
) -> None:
    contact = await recorded(desk)
    handover = (await offered(desk, contact)).headers["location"]
    await hears(opened, "priya", suspended=True)
    problem(await accept(priya, handover), 409, "conflict")
    view = (await desk.get(handover)).json()
    assert (view["state"], view["ended_reason"]) == ("lapsed", "receiver may not act")
    assert await holder(desk, contact) == "officer-1"
    document = problem(await offered(desk, contact), 422, "invalid")
    assert document["errors"][0]["rule"] == "receiver-may-act"


async def test_a_suspended_member_of_a_team_accepts_nothing(
    desk: Desk, priya: Desk, store: ServiceDatabase, opened: Database
) -> None:
    member = {"worker_id": "priya", "role": "x", "from": "2020-01-01", "to": None}
    store.execute(
        "insert into known_team (id, sequence, code, members) values (%s, 1, 'abuse', %s)",
        [uuid4(), json.dumps([member])],
    )
    contact = await recorded(desk)
    handover = (await offered(desk, contact, to_team="abuse")).headers["location"]
    await hears(opened, "priya", suspended=True)
    problem(await accept(priya, handover), 403, "forbidden")
    assert (await desk.get(handover)).json()["state"] == "offered", "others of the team may still accept"
    assert await holder(desk, contact) == "officer-1"


@pytest.mark.full
async def test_suspended_while_accepting_is_one_or_the_other(desk: Desk, priya: Desk, opened: Database) -> None:
    for turn in range(5):
        await hears(opened, "priya", version=2 * turn + 1)
        contact = await recorded(desk)
        handover = (await offered(desk, contact)).headers["location"]
        answer, _ = await asyncio.gather(
            accept(priya, handover), hears(opened, "priya", suspended=True, version=2 * turn + 2)
        )
        assert answer.status_code in (201, 403, 409)
        held = await holder(desk, contact)
        assert held == ("priya" if answer.status_code == 201 else "officer-1")
        stranded = (await _manager(desk).get("/v1/triage/handovers/stranded")).json()["items"]
        assert (contact["id"] in {each["contact_id"] for each in stranded}) == (held == "priya")


async def test_what_a_suspended_worker_holds_is_found_and_handed_on(desk: Desk, opened: Database) -> None:
    contact = await recorded(desk)
    await hears(opened, "officer-1", suspended=True)
    (found,) = (await _manager(desk).get("/v1/triage/handovers/stranded")).json()["items"]
    assert (found["contact_id"], found["held_by"]) == (contact["id"], "officer-1")
    # Anybody may offer it on: its holder can't.
    assert (await offered(desk.other(worker="officer-2"), contact)).status_code == 201


def _manager(desk: Desk) -> Desk:
    return desk.other(worker="hannah", role="manager", purpose="supervision")


# Time -----------------------------------------------------------------------------------------------------


@pytest.mark.full
async def test_an_unanswered_one_goes_to_a_manager_and_can_still_be_accepted(
    desk: Desk, priya: Desk, store: ServiceDatabase, opened: Database
) -> None:
    contact = await recorded(desk, needs=[{"domain": "money", "urgency": "immediate"}])
    handover = (await offered(desk, contact)).headers["location"]
    alarms = Timers(opened, SERVICE.name, {each: run for each, run in SERVICE.timers.items() if "handover" in each})
    set_clock(store, clock.now() + timedelta(minutes=14))
    assert not await alarms.fire_one()
    set_clock(store, clock.now() + timedelta(minutes=15, seconds=5))
    assert await alarms.fire_one()
    assert (await desk.get(handover)).json()["escalated_at"] is not None
    assert await holder(desk, contact) == "officer-1"
    assert (await accept(priya, handover)).status_code == 201
    assert told(store) == ["offered", "escalated", "accepted"]


@pytest.mark.parametrize(
    ("offered_at", "urgency", "due"),
    [
        (datetime(2026, 12, 4, 16, 40, tzinfo=UTC), Urgency.TODAY, datetime(2026, 12, 4, 17, 40, tzinfo=UTC)),
        # Friday: the end of Monday.
        (datetime(2026, 12, 4, 16, 40, tzinfo=UTC), Urgency.ROUTINE, datetime(2026, 12, 8, 0, 0, tzinfo=UTC)),
        # Christmas Eve: Christmas Day, Boxing Day (in lieu on Monday) and the weekend do not count.
        (datetime(2026, 12, 24, 12, 0, tzinfo=UTC), Urgency.THIS_WEEK, datetime(2026, 12, 30, 0, 0, tzinfo=UTC)),
    ],
)
def test_when_a_manager_hears(offered_at: datetime, urgency: Urgency, due: datetime) -> None:
    assert domain.answer_due(offered_at, urgency) == due


# Counting -------------------------------------------------------------------------------------------------


@pytest.mark.full
async def test_each_retelling_of_a_household_is_counted(desk: Desk, priya: Desk) -> None:
    contact = await recorded(desk, household_id=str(HOME), confirmed=["person.languages"])
    await accept(priya, (await offered(desk, contact)).headers["location"], retold=True)
    await recorded(desk, household_id=str(HOME), asked_again=["accommodation.tonight", "person.languages"])
    other = await recorded(desk, household_id=str(uuid4()))
    await accept(priya, (await offered(desk, other)).headers["location"])
    count = (await desk.get(f"/v1/triage/households/{HOME}/handovers")).json()
    assert count == {"household_id": str(HOME), "handovers": 1, "retellings": 2}


async def test_the_published_count_is_of_whole_months_and_hides_few(desk: Desk, store: ServiceDatabase) -> None:
    board = desk.other(worker="joan", role="board_member", purpose="oversight")
    month = "/v1/triage/handovers/published?month=2026-11"
    set_clock(store, datetime(2026, 12, 2, 12, tzinfo=UTC))
    homes = [uuid4() for _ in range(30)]
    await _handed(desk, store, homes[:9], retold=False)
    few = (await board.get(month)).json()
    assert [few[name] for name in ("households", "handovers", "retellings", "told_once")] == [None] * 4
    await _handed(desk, store, homes[9:], retold=True)
    # One retold home among 30 would stand out between two numbers.
    many = (await board.get(month)).json()
    assert (many["households"], many["handovers"], many["retellings"]) == (30, 30, 21)
    assert many["told_once"] is None
    assert (many["since"], many["until"]) == ("2026-11-01", "2026-11-30")
    assert problem(await board.get(month.replace("11", "12")), 422, "invalid")["errors"][0]["rule"] == "month-over"
    assert (await board.get("/v1/triage/handovers/published")).json() == many
    assert [each for each in looks(store) if each[0] == "triage.handover_count.read"] == [], "nobody was looked at"


async def _handed(desk: Desk, store: ServiceDatabase, homes: list[UUID], *, retold: bool) -> None:
    contact = await recorded(desk)
    for home in homes:
        store.execute(
            "insert into handover (id, version, contact_id, household_id, from_worker, offered_by, resident, reason,"
            " state, offered_at, due_at, ended_at, retold, changed_at)"
            " values (%s, 2, %s, %s, 'a', 'a', 'told', 'r', 'accepted', %s, %s, %s, %s, %s)",
            [uuid4(), contact["id"], home, *[datetime(2026, 11, 9, tzinfo=UTC)] * 3, retold, clock.now()],
        )


def test_what_is_published_hides_the_small_and_their_rest() -> None:
    assert [domain.shown(each) for each in (0, 1, 9, 10)] == [0, None, None, 10]
    assert [domain.shown(20, of=each) for each in (20, 21, 29, 30)] == [20, None, None, 20]


# Every order ----------------------------------------------------------------------------------------------

NAMES = ("ann", "ben", "cem")


class Passing(RuleBasedStateMachine):
    """Whatever is tried in whatever order: exactly one person holds it, and it moves by acceptance alone."""

    @initialize(first=st.sampled_from(NAMES))
    def recorded(self, first: str) -> None:
        self.held_by = first
        self.handover: Handover | None = None
        self.suspended: set[str] = set()
        self.accepted_by: str | None = None

    def who(self, name: str, role: str = "") -> Worker:
        return Worker(name, name not in self.suspended, frozenset({role}), frozenset({"team"} - {name}))

    @rule(by=st.sampled_from(NAMES), to=st.sampled_from([*NAMES, None]), role=st.sampled_from(["", "manager"]))
    def offers(self, by: str, to: str | None, role: str) -> None:
        if self.handover is not None and self.handover.state is State.OFFERED:
            return  # the database's unique index
        try:
            made = domain.offer(
                self.who(self.held_by), self.who(by, role), self.who(to) if to else None, None if to else "team"
            )
        except (Invalid, Forbidden):
            return
        assert made.sender == self.held_by
        assert to is None or to not in self.suspended
        self.handover = made

    @rule(by=st.sampled_from(NAMES), what=st.sampled_from([domain.accept, domain.decline, domain.withdraw]))
    def answers(self, by: str, what: Any) -> None:
        if self.handover is None:
            return
        before = self.handover
        try:
            self.handover = what(before, self.who(by))
        except (Conflict, Forbidden):
            return
        assert before.state is State.OFFERED, "something that had ended changed"
        if self.handover.state is State.ACCEPTED:
            assert by not in self.suspended
            assert by != before.sender
            self.held_by = self.accepted_by = by

    @rule(name=st.sampled_from(NAMES))
    def is_suspended(self, name: str) -> None:
        self.suspended.add(name)
        if self.handover is not None and self.handover.to_worker == name:
            self.handover = domain.lapse(self.handover)

    @rule(name=st.sampled_from(NAMES))
    def comes_back(self, name: str) -> None:
        self.suspended.discard(name)

    @invariant()
    def somebody_holds_it(self) -> None:
        if not hasattr(self, "held_by"):
            return
        assert self.held_by in NAMES
        if self.handover is not None:
            if self.handover.state is State.ACCEPTED:
                assert self.handover.accepted_by is not None
            else:
                assert self.handover.accepted_by is None
                assert self.handover.sender == self.held_by


TestPassing = Passing.TestCase
