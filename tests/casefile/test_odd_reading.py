"""Odd patterns of reading: noticed in the record of any service, told by counts, one alert for who looks at them."""

from typing import Any
from uuid import uuid4

import pytest

from kit.store import audit, odd_reading
from kit.store.odd_reading import AT_NIGHT, MANY_PEOPLE, MANY_REFUSALS, MANY_SEARCHES, Reading, Watch, odd
from tests.casefile.doors import Casefile
from tests.casefile.facts import envelope, moment

GOVERNANCE: dict[str, Any] = {
    "actor": "ig",
    "roles": ["information_governance_lead"],
    "purpose": "information_governance",
}


@pytest.mark.parametrize(
    ("reading", "kinds"),
    [
        (Reading("w", MANY_PEOPLE.most, MANY_SEARCHES.most, MANY_REFUSALS.most, AT_NIGHT.most), []),
        (Reading("w", MANY_PEOPLE.most + 1, 0, 0, 0), ["many_people"]),
        (Reading("w", 0, MANY_SEARCHES.most + 1, 0, 0), ["many_searches"]),
        (Reading("w", 0, 0, MANY_REFUSALS.most + 1, 0), ["many_refusals"]),
        (Reading("w", AT_NIGHT.most + 1, 0, 0, AT_NIGHT.most + 1), ["at_night"]),
    ],
)
def test_more_than_a_desk_does_is_odd(reading: Reading, kinds: list[str]) -> None:
    assert [each.kind for each in odd([reading])] == kinds


def read(
    casefile: Casefile, actor: str, people: int, *, at: str = "now()", requests: int | None = None, **more: Any
) -> None:
    """Rows of the record: each person in a request of its own, or all of them in so many requests."""
    values = {"action": "casefile.person.read", "outcome": "done", "roles": "{universal_worker}", **more}
    for number in range(people):
        request = str(uuid4()) if requests is None else f"request-{number % requests}"
        casefile.stored.execute(
            "insert into audit_entry (at, actor, organisation, roles, purpose, action, record, person_ids, outcome,"
            f" request_id) values ({at} + %s * interval '1 microsecond', %s, 'council', %s, 'front_door', %s, 'x',"
            " array[gen_random_uuid()], %s, %s)",
            [number, actor, values["roles"], values["action"], values["outcome"], request],
        )


async def noticed(casefile: Casefile, watch: Watch | None = None) -> list[tuple[str, str, int]]:
    before = len(casefile.announced("access.noticed"))
    await (watch or Watch(casefile.database, "casefile")).look()
    told = [each["data"] for each in casefile.announced("access.noticed")[before:]]
    return sorted((each["worker_id"], each["kind"], each["count"]) for each in told)


async def test_many_people_one_by_one_are_noticed_and_a_list_is_not(casefile: Casefile) -> None:
    read(casefile, "browsing", MANY_PEOPLE.most + 1, at="date_trunc('day', now()) - interval '1 day'")
    assert await noticed(casefile) == []
    read(casefile, "listing", MANY_PEOPLE.most + 40, requests=2)
    read(casefile, "a-program", MANY_PEOPLE.most + 1, roles="{service}")
    read(casefile, "system:casefile", MANY_PEOPLE.most + 1, roles="{}")
    assert [each for each in await noticed(casefile) if each[1] != "at_night"] == []
    read(casefile, "browsing", MANY_PEOPLE.most + 1)
    found = [each for each in await noticed(casefile) if each[1] != "at_night"]
    assert found == [("browsing", "many_people", MANY_PEOPLE.most + 1)]


async def test_searches_and_refusals_count_each_once(casefile: Casefile) -> None:
    read(casefile, "searching", MANY_SEARCHES.most + 1, action="casefile.person.search")
    read(casefile, "trying", MANY_REFUSALS.most + 1, outcome="refused")
    found = {each[:2] for each in await noticed(casefile)}
    assert {("searching", "many_searches"), ("trying", "many_refusals")} <= found


async def test_what_lasts_is_told_once_and_also_from_under_the_seal(casefile: Casefile) -> None:
    read(casefile, "browsing", MANY_PEOPLE.most + 1)
    await audit.seal(casefile.database, "casefile")
    watch = Watch(casefile.database, "casefile")
    assert ("browsing", "many_people", MANY_PEOPLE.most + 1) in await noticed(casefile, watch)
    assert await noticed(casefile, watch) == []


async def test_at_night_less_is_odd(casefile: Casefile, monkeypatch: pytest.MonkeyPatch) -> None:
    read(casefile, "awake", AT_NIGHT.most + 1)
    # Whatever hour the test runs in: the night that is every hour, and the one that is none.
    monkeypatch.setattr(odd_reading, "NIGHT", (24, 0))
    assert await noticed(casefile) == []
    monkeypatch.setattr(odd_reading, "NIGHT", (0, 24))
    assert await noticed(casefile) == [("awake", "at_night", AT_NIGHT.most + 1)]


async def test_every_services_patterns_come_together_as_one_alert(casefile: Casefile) -> None:
    data = {"worker_id": "w7", "kind": "many_people", "count": 80, "minutes": 10, "noticed_at": moment()}
    for service in ("risk", "triage", "gateway", "casefile"):
        assert await casefile.take(envelope(f"{service}.access.noticed", data)) == ["taken"]
    (alert,) = (await casefile.good("GET", "/access/alerts", **GOVERNANCE))["items"]
    assert (alert["kind"], alert["worker"], alert["count"], alert["minutes"]) == ("many_people", "w7", 80, 10)
    assert len(casefile.announced("access_alert.raised")) == 1
    settled = {"settlement": "explained", "note": "Reviewed the whole list for the audit."}
    await casefile.good("POST", f"/access/alerts/{alert['id']}/settle", settled, version=1, **GOVERNANCE)
    # The same again, later, is a new alert.
    await casefile.take(envelope("risk.access.noticed", data))
    assert len((await casefile.good("GET", "/access/alerts", **GOVERNANCE))["items"]) == 2


# The chains of every service, in one place ------------------------------------------------------------------


def seal(service: str, batch: int, **more: Any) -> dict[str, Any]:
    digests = {"digest": f"{batch:064x}", "previous_digest": f"{batch - 1:064x}"}
    data = {"batch": batch, "first_entry": batch, "last_entry": batch, "count": 1, "sealed_at": moment()}
    return envelope(f"{service}.access.recorded", {**data, **digests, **more})


async def chains(casefile: Casefile) -> dict[str, Any]:
    found = await casefile.good("GET", "/access/chains", **GOVERNANCE)
    return {each["service"]: each for each in found}


async def test_a_chain_that_was_rewritten_shows_and_one_still_on_its_way_does_not(casefile: Casefile) -> None:
    await casefile.take(*(seal("risk", number) for number in (1, 2, 3)))
    await casefile.take(seal("triage", 1), seal("triage", 3))
    await casefile.take(seal("housing", 1), seal("housing", 2, previous_digest="f" * 64), seal("housing", 3))
    await casefile.take(seal("grants", 1), seal("grants", 2), seal("grants", 2, digest="e" * 64))
    found = await chains(casefile)
    assert {name: (each["first_break"], each["missing"]) for name, each in found.items()} == {
        "triage": (None, 1),
        "casefile": (None, 0),
        "risk": (None, 0),
        "grants": (2, 0),
        "housing": (2, 0),
        "gateway": (None, 0),
    }
    assert found["risk"]["entries"] == 3


async def test_a_row_of_our_own_changed_after_its_seal_shows(casefile: Casefile) -> None:
    await casefile.person()
    await audit.seal(casefile.database, "casefile")
    await casefile.hear_itself()
    assert (await chains(casefile))["casefile"]["first_break"] is None
    casefile.stored.execute("update audit_entry set actor = 'nobody' where batch = 1")
    assert (await chains(casefile))["casefile"]["first_break"] == 1
    casefile.stored.execute("update audit_entry set actor = 'worker-1' where batch = 1")
    assert (await chains(casefile))["casefile"]["first_break"] is None
