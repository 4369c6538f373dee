"""What one contact costs: processor, rows, bytes and events, by real people at the door for at most a minute.

docs/capacity.md is computed from this; `NEWSTART_KEEP_MEASURES=1` keeps the figures in deploy/capacity/measured.json.
Processor seconds and bytes hold on a busy machine too; the times of requests do not, and are only shown.
"""

import json
import os
import statistics
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import psutil
import psycopg
import pytest

from deploy.capacity.costs import MEASURED
from kit.contracts.event_type import OWNERS
from kit.ids import new_id
from kit.run.embedded.ports import HOST
from kit.testing.platform import Platform, running_platform
from tests.journeys.door import Person

pytestmark = [pytest.mark.load, pytest.mark.timeout(600)]

DESKS = 4
SECONDS = 45.0
REQUESTS = ("search", "register", "contact", "decision", "household", "timeline")


def visit(officer: Person, number: int, times: dict[str, list[float]]) -> None:
    """Search, register, record, decide, and look at the file: what a desk does with somebody new."""

    def timed(name: str, status: int, answer: Any) -> Any:
        times[name].append(answer.elapsed.total_seconds())
        assert answer.status_code == status, answer.text
        return answer

    name = f"{new_id().hex[-10:]}"
    letters = "".join(chr(ord("a") + int(digit, 16)) for digit in name)
    timed("search", 200, officer.post("/v1/casefile/people/search", {"name": f"Load {letters}"}))
    person = {
        "names": [{"given": letters[:5].title(), "family": letters[5:].title()}],
        "date_of_birth": f"19{60 + number % 40}-0{1 + number % 9}-{10 + number % 18}",
        "addresses": [{"lines": [f"{number} Heath Road"], "postcode": "RM10 7XS", "ward": "E05014061"}],
    }
    made = timed("register", 201, officer.post("/v1/casefile/people", person)).json()
    told = {
        "channel": "walk_in",
        "hub": "heath",
        "person_id": made["id"],
        "household_id": made["household_id"],
        "what_matters": "the electricity meter, and a letter about rent",
        "needs": [{"domain": "money", "goal": "pay the meter"}],
    }
    contact = timed("contact", 201, officer.post("/v1/triage/contacts", told))
    decision = {"outcome": "advice_only", "reason": "voucher given, budget talked through"}
    path = f"/v1/triage/contacts/{contact.json()['id']}/decisions"
    timed("decision", 201, officer.post(path, decision, if_match=contact.headers["etag"]))
    timed("household", 200, officer.get(f"/v1/casefile/households/{made['household_id']}"))
    timed("timeline", 200, officer.get(f"/v1/casefile/households/{made['household_id']}/timeline"))


def figures(platform: Platform) -> dict[str, float]:
    """What has been spent and kept so far, over all processes and databases."""
    supervisor = psutil.Process(platform.supervisor.pid)
    processor = 0.0
    for process in supervisor.children(recursive=True):
        spent = process.cpu_times()
        processor += spent.user + spent.system
    kept = {"rows": 0.0, "bytes": 0.0, "outbox_bytes": 0.0, "audit_bytes": 0.0, "events": 0.0}
    for owner in OWNERS:
        with psycopg.connect(platform.admin_url(owner)) as inside:
            found = inside.execute(
                "select pg_database_size(current_database()), pg_total_relation_size('outbox'),"
                " pg_total_relation_size('audit_entry'), (select count(*) from outbox),"
                " (select sum(n_tup_ins) from pg_stat_user_tables)"
            ).fetchone()
        assert found
        for name, value in zip(("bytes", "outbox_bytes", "audit_bytes", "events", "rows"), found, strict=True):
            kept[name] += float(value or 0)
    with urllib.request.urlopen(f"http://{HOST}:{platform.ports['nats-monitor']}/jsz", timeout=10) as answer:
        streams = json.load(answer)
    return {"processor": processor, **kept, "stream_bytes": float(streams["bytes"])}


def come_to_rest(platform: Platform) -> None:
    for _ in range(300):
        waiting = 0
        for owner in OWNERS:
            with psycopg.connect(platform.admin_url(owner)) as inside:
                row = inside.execute("select count(*) from outbox where published_at is null").fetchone()
                waiting += int(row[0]) if row else 0
        if waiting == 0:
            time.sleep(2)
            return
        time.sleep(0.2)
    pytest.fail("the outboxes do not empty")


def test_what_one_contact_costs() -> None:
    times: dict[str, list[float]] = {name: [] for name in REQUESTS}
    with running_platform() as platform:

        def desk(until: float, first: int) -> int:
            done = 0
            with Person(platform, "triage_officer", "front_door") as officer:
                while time.monotonic() < until:
                    visit(officer, first + done, times)
                    done += 1
            return done

        desk(time.monotonic() + 3, 0)
        come_to_rest(platform)
        for each in times.values():
            each.clear()
        before, began = figures(platform), time.monotonic()
        with ThreadPoolExecutor(DESKS) as pool:
            contacts = sum(pool.map(lambda number: desk(began + SECONDS, number * 10_000), range(DESKS)))
        busy = time.monotonic() - began
        come_to_rest(platform)
        after = figures(platform)
        # What runs costs something when nobody comes, too: it is taken off by the second.
        resting_from = figures(platform)
        time.sleep(10)
        idle = (figures(platform)["processor"] - resting_from["processor"]) / 10

    spent = {name: (after[name] - before[name]) / contacts for name in before}
    spent["processor"] -= idle * busy / contacts
    found = {
        "at": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.0f} while measured",
        "contacts": contacts,
        "seconds": round(busy, 1),
        "requests_per_contact": len(REQUESTS),
        "processor_ms_per_contact": round(spent["processor"] * 1000, 1),
        "idle_processor_share": round(idle, 3),
        "events_per_contact": round(spent["events"], 2),
        "rows_per_contact": round(spent["rows"], 1),
        "database_bytes_per_contact": round(spent["bytes"]),
        "outbox_bytes_per_contact": round(spent["outbox_bytes"]),
        "audit_bytes_per_contact": round(spent["audit_bytes"]),
        "stream_bytes_per_contact": round(spent["stream_bytes"]),
        "p95_ms": {
            name: round(statistics.quantiles(each, n=20)[-1] * 1000) for name, each in times.items() if len(each) > 1
        },
    }
    print(json.dumps(found, indent=1))
    if os.environ.get("NEWSTART_KEEP_MEASURES"):
        MEASURED.write_text(json.dumps(found, indent=1) + "\n")
    assert contacts >= 10
    assert spent["events"] >= 2, "a person, a contact, a decision: each is announced"
    assert 0 < spent["processor"] < 2, "seconds of processor for six requests and all that follows"
