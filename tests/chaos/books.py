"""The books of all six owners, read from outside as PostgreSQL's administrator, and what must be true of them.

Nothing here asks the platform: what it says of itself is what the tests of the doors are for.
"""

import asyncio
import json
import time
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from kit.contracts.catalogue import CATALOGUE
from kit.contracts.event_type import OWNERS
from kit.events.access import HOUSEHOLDS, PEOPLE
from kit.events.handlers import KINDS, handled
from kit.run.embedded.ports import HOST
from kit.store import audit
from kit.store.db import Database
from kit.store.migrate import service_named
from kit.store.unit import Cause, unit_of_work
from kit.testing.platform import Platform
from services.casefile.timeline.queries import first_break
from tests.chaos.desks import Desks, Write
from tests.chaos.figures import Figures

Row = Mapping[str, Any]
NEEDS_OF_A_CONTACT = 2
CASE_OUTCOMES = ("universal", "targeted", "statutory")


class Books:
    """What is committed. `strangers` are events that a test published by hand: in no outbox."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.strangers: set[UUID] = set()
        self.figures = Figures()

    def rows(self, owner: str, query: str, parameters: Sequence[Any] = ()) -> Sequence[Row]:
        with psycopg.connect(self.platform.admin_url(owner), row_factory=dict_row) as outside:
            return outside.execute(sql.SQL(query), parameters).fetchall()

    def one(self, owner: str, query: str, parameters: Sequence[Any] = ()) -> Any:
        (row,) = self.rows(owner, query, parameters)
        (value,) = row.values()
        return value

    def change(self, owner: str, statement: str, parameters: Sequence[Any] = ()) -> int:
        """`owner` "postgres" is the server itself."""
        url = self.platform.admin_url(None if owner == "postgres" else owner)
        with psycopg.connect(url, autocommit=True) as outside:
            return outside.execute(sql.SQL(statement), parameters).rowcount

    def waiting_events(self) -> int:
        """Committed, and not on the bus yet."""
        return sum(self.one(owner, "select count(*) from outbox where published_at is null") for owner in OWNERS)

    # Coming to rest.

    async def settle(self, within: float = 90.0) -> float:
        """Until nothing waits anywhere: outboxes, streams, inboxes, seals. Returns the seconds that took."""
        began = time.monotonic()
        while waiting := await asyncio.to_thread(self.waiting):
            assert time.monotonic() - began < within, f"after {within:.0f} s there still waits {waiting}"
            await asyncio.sleep(0.2)
        self.figures.rested(time.monotonic() - began)
        return time.monotonic() - began

    def waiting(self) -> dict[str, Any]:
        """What is still on its way."""
        found: dict[str, Any] = {}
        for owner in OWNERS:
            found[f"{owner} outbox"] = self.one(owner, "select count(*) from outbox where published_at is null")
            found[f"{owner} unsealed"] = self.one(owner, "select count(*) from audit_entry where batch is null")
        for consumer in self.consumers():
            name = f"{consumer['stream_name']} {consumer['name']}"
            found[name] = consumer["num_pending"] + consumer["num_ack_pending"]
        found |= {f"{owner} {kind} effects": len(missing) for owner, kind, missing, _ in self._effects()}
        return {name: number for name, number in found.items() if number}

    def consumers(self) -> list[Row]:
        """Every durable, as the server itself sees it."""
        return [consumer for stream in self.streams() for consumer in stream.get("consumer_detail") or ()]

    def streams(self) -> list[Row]:
        where = f"http://{HOST}:{self.platform.ports['nats-monitor']}/jsz?streams=true&consumers=true"
        with urllib.request.urlopen(where, timeout=10) as answer:
            accounts = json.load(answer).get("account_details") or ()
        return [stream for account in accounts for stream in account.get("stream_detail") or ()]

    # What must be true.

    async def check(self, desks: Desks, *, dead_letters: int = 0) -> None:
        """Everything that must hold when all is at rest, of this test's writes and of all there ever were."""
        assert not desks.wrong, desks.wrong
        assert desks.kept(), "the desks wrote nothing: this would prove nothing"
        await asyncio.to_thread(self._check_all, desks, dead_letters)
        await self._check_chains()

    def _check_all(self, desks: Desks, dead_letters: int) -> None:
        self._check_writes(desks.writes)
        self._check_contacts()
        self._check_effects()
        self._check_timeline()
        self._check_read_models()
        self._check_cases()
        self._check_dead_letters(dead_letters)
        self._check_logs()

    def _check_writes(self, writes: Iterable[Write]) -> None:
        found = {
            "person": self._marked(
                "casefile", "select p.id, n ->> 'family' from person p, jsonb_array_elements(names) n"
            ),
            "contact": self._marked("triage", "select id, what_matters from contact"),
            "decision": self._marked("triage", "select contact_id as id, reason from decision"),
            "concern": self._marked("triage", "select id, reference::text from safeguarding_concern"),
        }
        writes = list(writes)
        self.figures.count(writes, found)
        for write in writes:
            ids = found[write.kind].get(write.marker, [])
            told = f"{write.kind} {write.marker}: heard {write.heard}, rows {ids}"
            assert len(ids) <= 1, f"written twice: {told}"
            if write.answer is not None:
                assert ids == [write.answer.get("id") or write.answer["concern_id"]], f"answered and not there: {told}"
            if write.denied:
                assert not ids, f"said to have done nothing, and there it is: {told}"
        self._check_on_record(writes)

    def _check_on_record(self, writes: Iterable[Write]) -> None:
        """Each thing that was made is on the record of access as one act."""
        made = {
            "person": "casefile.person.register",
            "contact": "triage.contact.record",
            "decision": "triage.contact.decide",
        }
        for owner, kinds in (("casefile", ("person",)), ("triage", ("contact", "decision"))):
            counted = Counter((row["action"], row["record"]) for row in self.rows(owner, _ACTS))
            for write in writes:
                if write.kind in kinds and write.answer is not None:
                    record = ("person/" if write.kind == "person" else "contact/") + write.answer["id"]
                    assert counted[made[write.kind], record] == 1, f"{record}: {counted[made[write.kind], record]}"

    def _marked(self, owner: str, query: str) -> dict[str, list[str]]:
        found = defaultdict(list)
        for row in self.rows(owner, query):
            id_, marker = row.values()
            found[marker].append(str(id_))
        return found

    def _check_contacts(self) -> None:
        """Never a half-saved one: all its needs, and what was to be announced."""
        rows = self.rows(
            "triage",
            "select c.id, count(distinct n.id) as needs,"
            " count(distinct o.event_id) filter (where o.type = 'triage.contact.received') as received,"
            " count(distinct o.event_id) filter (where o.type = 'triage.need.recorded') as recorded,"
            " count(distinct o.event_id) filter (where o.type = 'triage.contact.decided') as decided,"
            " count(distinct d.id) as decisions, max(c.version) as version"
            " from contact c left join need n on n.contact_id = c.id left join decision d on d.contact_id = c.id"
            " left join outbox o on o.aggregate_id in (c.id, n.id) group by c.id",
        )
        for row in rows:
            assert row["needs"] == row["recorded"] == NEEDS_OF_A_CONTACT, dict(row)
            assert row["received"] == 1, dict(row)
            assert row["decided"] == row["decisions"] == row["version"] - 1, dict(row)

    def _effects(self) -> Iterable[tuple[str, str, set[UUID], set[UUID]]]:
        """For each owner and kind of handlers: events without their effect, effects without an event."""
        # Looks are put on record each second: some events are told while we count, so we look at both ends.
        before = self._told()
        kinds = [(owner, kind) for owner in OWNERS for kind in KINDS]
        had = {each: {row["event_id"] for row in self.rows(each[0], _INBOX, [each[1]])} for each in kinds}
        dead = {each: {row["event_id"] for row in self.rows(each[0], _DEAD, [each[1]])} for each in kinds}
        after = self._told()
        for each in kinds:
            owner, kind = each
            names = handled(service_named(owner).handlers, kind)
            due, said = (set().union(*(told[name] for name in names)) for told in (before, after))
            yield owner, kind, due - had[each] - dead[each], had[each] - said

    def _told(self) -> dict[str, set[UUID]]:
        told: dict[str, set[UUID]] = defaultdict(set)
        for owner in OWNERS:
            for row in self.rows(owner, "select event_id, type from outbox"):
                told[row["type"]].add(row["event_id"])
        return told

    def _check_effects(self) -> None:
        for owner, kind, missing, more in self._effects():
            assert not missing, f"{owner} {kind}: {len(missing)} events without effect"
            assert more <= self.strangers, f"{owner} {kind}: {more - self.strangers} came from nobody"

    def _check_timeline(self) -> None:
        """The log holds each case fact once, without gaps; the page shows each on every household it belongs to."""
        facts = {name for name, declared in CATALOGUE.items() if declared.case_fact}
        told = {
            row["event_id"]
            for owner in OWNERS
            for row in self.rows(owner, "select event_id, type from outbox")
            if row["type"] in facts
        }
        log = self.rows("casefile", "select seq, event_id, household_ids from timeline_log order by seq")
        assert [row["seq"] for row in log] == list(range(1, len(log) + 1))
        logged = [row["event_id"] for row in log]
        assert len(logged) == len(set(logged))
        dead = {row["event_id"] for row in self.rows("casefile", _DEAD, ["reactions"])}
        assert told - dead <= set(logged), f"{len(told - set(logged))} facts are missing in the log"
        assert set(logged) - told <= self.strangers
        shown = {(row["household_id"], row["event_id"]) for row in self.rows("casefile", _PAGE)}
        assert shown == {(home, row["event_id"]) for row in log for home in row["household_ids"]}
        assert len(shown) == self.one("casefile", "select count(*) from timeline_entry")

    def _check_read_models(self) -> None:
        """What each service knows of people, households, colleagues and seals is what their owners last said."""
        people, households = self._last("casefile", PEOPLE), self._last("casefile", HOUSEHOLDS)
        workers = self._last("gateway", ("gateway.worker.changed",))
        for owner in OWNERS:
            types = handled(service_named(owner).handlers, "projections")
            expected = {
                "known_person": (people if PEOPLE[0] in types else {}, ("households", "restricted")),
                "known_household": (households if HOUSEHOLDS[0] in types else {}, ("members",)),
                "known_worker": (workers if "gateway.worker.changed" in types else {}, ("roles", "active")),
            }
            for table, (last, columns) in expected.items():
                known = {row["id"]: row for row in self.rows(owner, f"select * from {table}")}
                assert known.keys() == last.keys(), f"{owner} {table}: {len(known)} known, {len(last)} told"
                for id_, (sequence, data) in last.items():
                    assert known[id_]["sequence"] == sequence, (owner, table, id_)
                    assert [known[id_][each] for each in columns] == [data[each] for each in columns], (owner, table)
        seals = {
            (owner, row["batch_id"], row["digest"])
            for owner in OWNERS
            for row in self.rows(owner, "select batch_id, digest from audit_batch")
        }
        kept = self.rows("casefile", "select service, id, digest from known_seal")
        assert {(row["service"], row["id"], row["digest"]) for row in kept} == seals

    def _last(self, owner: str, types: Sequence[str]) -> dict[UUID, tuple[int, Any]]:
        last = {}
        query = "select aggregate_id, sequence, envelope from outbox where type = any(%s) order by sequence"
        for row in self.rows(owner, query, [list(types)]):
            last[row["aggregate_id"]] = (row["sequence"], json.loads(row["envelope"])["data"])
        return last

    def _check_cases(self) -> None:
        """One open case a household; each decision that leads to one stands in exactly one, told once."""
        twice = "select household_id from case_file where state = 'open' group by 1 having count(*) > 1"
        assert not self.rows("casefile", twice)
        cases = self.rows("casefile", "select id, version, decision_ids, workstreams from case_file")
        followed = Counter(str(each) for case in cases for each in case["decision_ids"])
        strands = Counter(strand["decision_id"] for case in cases for strand in case["workstreams"])
        made = {
            str(row["id"])
            for row in self.rows("triage", "select id from decision where outcome = any(%s)", [list(CASE_OUTCOMES)])
        }
        assert followed == strands
        assert set(followed.values()) <= {1}, followed.most_common(3)
        assert made - set(followed) == set(), f"{len(made - set(followed))} decisions led to no case"
        assert len(set(followed) - made) <= len(self.strangers)
        told = Counter(
            row["aggregate_id"]
            for row in self.rows("casefile", "select aggregate_id from outbox where type like 'casefile.case.%%'", [])
        )
        assert told == {case["id"]: case["version"] for case in cases}

    def _check_dead_letters(self, expected: int) -> None:
        letters = [
            (owner, row["consumer"], row["type"], row["reason"])
            for owner in OWNERS
            for row in self.rows(owner, "select consumer, type, reason from dead_letter where state = 'open'")
        ]
        assert len(letters) == expected, letters

    def _check_logs(self) -> None:
        """No process met anything it did not expect."""
        for path in sorted((self.platform.state / "logs").glob("*.log")):
            if path.stem not in {"postgres", "nats"}:
                bad = [line for line in path.read_text(errors="replace").splitlines() if _is_fault(line)]
                assert not bad, f"{path.stem}: {bad[:5]}"

    async def _check_chains(self) -> None:
        """The timeline's chain and every record of access still are what they were."""
        for owner in OWNERS:
            url = self.platform.admin_url(owner).replace("postgresql://", "postgresql+psycopg://", 1)
            database = Database(url, pool=1, name="chaos")
            try:
                assert await audit.verify(database) is None, owner
                if owner == "casefile":
                    async with unit_of_work(database, owner, Cause.system(owner, "verify")) as unit:
                        assert await first_break(unit) is None
            finally:
                await database.close()


# One act may look at a record twice.
_ACTS = "select distinct action, record, request_id from audit_entry where outcome = 'done'"
_INBOX = "select event_id from inbox where consumer = %s"
_DEAD = "select event_id from dead_letter where consumer = %s and state <> 'retried'"
_PAGE = "select household_id, event_id from timeline_entry"


def _is_fault(line: str) -> bool:
    try:
        entry = json.loads(line)
    except ValueError:
        # Not one of our lines: what the interpreter itself says.
        return "Traceback" in line or "Error" in line
    return isinstance(entry, dict) and str(entry.get("level", "")).lower() in {"error", "critical"}
