"""A quarter is closed by name, read beside its companions, printed, and counted again from the log."""

import io
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from kit import clock
from kit.store.holdings import Whose
from services.risk.holdings import Vault
from services.risk.measures.figures import canonical
from services.risk.vault import pseudonyms
from tests.late import Late
from tests.risk.ground import Risk
from tests.risk.measures.conftest import Hear
from tests.risk.measures.telling import WARDS, Story, number

pypdf = Late("pypdf")
BODY = {"quarter": "2027-01-01", "closed_as": "Hannah Price"}


def quarter(*, not_taken: int = 25) -> Story:
    """A hundred duties, ninety applications of which some were not taken, and households that were there before."""
    story = Story()
    for of in range(1, 101):
        story.duty(of, f"2027-0{of % 3 + 1}-10")
    for of in range(201, 291):
        story.applied(of, "2027-02-01", taken=None if of - 201 < not_taken else "2027-02-03")
    for of in range(260, 290):
        story.duty(of, "2026-09-01", ended="2026-11-01")
    return story


async def closed(manager: Risk) -> dict[str, Any]:
    answer = await manager.post("/v1/risk/packs", BODY)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def figures(view: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {each["measure"]["code"]: (each["total"]["count"], each["total"].get("of")) for each in view["measures"]}


async def test_duties_stand_beside_applications_not_taken_and_people_back(manager: Risk, hear: Hear) -> None:
    await hear(quarter().events)
    await closed(manager)
    board = manager.other(role="board_member", worker="board-1")
    view = await board.get("/v1/risk/measures?measure=duties_owed")
    assert figures(view) == {
        "duties_owed": (100, None),
        # 25 of 90; 30 of the 65 that were taken had a duty that ended in November; nobody asked for a review.
        "applications_not_taken": (30, 90),
        "back_within_six_months": (30, 70),
        "reviews_won": (0, 0),
    }
    months = await board.get("/v1/risk/measures?measure=duties_owed&by=month")
    assert {name: each["count"] for name, each in months["measures"][0]["rows"].items()} == {
        "2027-01": 30,
        "2027-02": 30,
        "2027-03": 30,
    }
    series = await board.get("/v1/risk/measures/duties_owed")
    assert [each["measure"]["code"] for each in series["beside"]] == series["measure"]["beside"]
    assert series["points"][0]["total"]["count"] == 100


async def test_counted_again_from_the_log_it_is_the_same_bytes(manager: Risk, hear: Hear) -> None:
    story = quarter()
    await hear(story.events)
    await closed(manager)
    before = await manager.get("/v1/risk/packs/2027-01-01")
    figures_before = (await manager.send("GET", "/v1/risk/packs/2027-01-01/figures")).content
    manager.stored.execute("delete from measured_event")
    lost = (await manager.post("/v1/risk/packs/2027-01-01/recount", None)).json()
    assert (lost["same"], "duties_owed" in lost["differ"]) == (False, True)
    # The log again, in another order, some of it twice, and with what was told since.
    since = Story()
    since.duty(999, "2027-01-15")
    since.events[0] |= {"id": str(uuid4()), "time": clock.now().astimezone(UTC).isoformat().replace("+00:00", "Z")}
    await hear([*reversed(story.events), *story.events[:40], *since.events])
    again = (await manager.post("/v1/risk/packs/2027-01-01/recount", None)).json()
    assert (again["same"], again["counted_again"], again["differ"]) == (True, before["sha256"], [])
    # Closed anew from what was replayed, all of it but the closing itself comes out as before.
    manager.stored.execute("delete from measured_event where told_at > now() - interval '1 day'")
    manager.stored.execute("delete from board_pack")
    await closed(manager)
    after = await manager.get("/v1/risk/packs/2027-01-01")
    assert canonical(after["content"]) == canonical(before["content"])
    assert (await manager.send("GET", "/v1/risk/packs/2027-01-01/figures")).content == figures_before


@pytest.mark.full
async def test_the_pack_is_tagged_and_its_bytes_are_the_same_each_time(manager: Risk, hear: Hear) -> None:
    await hear(quarter().events)
    pack = await closed(manager)
    drawn = [(await manager.post("/v1/risk/packs/2027-01-01/print", {})).content for _ in range(2)]
    assert drawn[0] == drawn[1]
    reader = pypdf.PdfReader(io.BytesIO(drawn[0]))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].lower().startswith("en")
    assert "/StructTreeRoot" in root
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert "Board pack: January to March 2027" in text
    assert "Hannah Price" in text
    assert pack["sha256"][:32] in "".join(text.split())
    for title in ("Applications as homeless that were not taken", "Back within six months", "Savings"):
        assert title in text


@pytest.mark.full
async def test_a_quarter_is_closed_once_by_name_and_not_before_it_is_over(manager: Risk, hear: Hear) -> None:
    assert (await manager.send("GET", "/v1/risk/measures")).status_code == 404
    for first_day, rule in (("2027-04-01", "quarter-over"), ("2027-02-01", "quarter")):
        early = await manager.post("/v1/risk/packs", {**BODY, "quarter": first_day})
        assert (early.status_code, early.json()["errors"][0]["rule"]) == (422, rule)
    assert (await manager.post("/v1/risk/packs", {"quarter": "2027-01-01"})).status_code == 422
    pack = await closed(manager)
    assert (pack["closed_by"], pack["closed_as"]) == ("manager-1", "Hannah Price")
    assert (await manager.post("/v1/risk/packs", BODY)).status_code == 409
    assert any(record == "board_pack/2027-01-01" for _, _, record, _ in manager.looks())


async def test_what_a_saving_stands_on(manager: Risk, hear: Hear) -> None:
    analyst = manager.other(role="analyst", worker="analyst-1", purpose="research_statistics")
    cost = {
        "measure": "assessments_avoided",
        "title": "An assessment",
        "low_pence": 10_000,
        "central_pence": 20_000,
        "high_pence": 30_000,
        "dated": "2026-04-01",
        "source": "A test",
        "cash": "avoided",
        "falls_on": "The council",
    }
    path = "/v1/risk/measures/costs/assessment"
    refused = {
        "into_work": "not-residents-gains",
        "told_twice": "measure-that-saves",
        "happiness": "known-measure",
    }
    for measure, rule in refused.items():
        answer = await analyst.send("PUT", path, {**cost, "measure": measure})
        assert (answer.status_code, answer.json()["errors"][0]["rule"]) == (422, rule)
    assert (await analyst.send("PUT", path, {**cost, "low_pence": 21_000})).status_code == 422
    assert (await analyst.send("PUT", path, cost)).status_code == 200
    assert (await analyst.send("PUT", path, cost)).status_code == 428
    assert (await analyst.send("PUT", path, cost, if_match='"1"')).headers["etag"] == '"2"'
    baseline = "/v1/risk/measures/baselines/2027-01-01/assessments_avoided"
    assert (await analyst.send("PUT", baseline, {"count": 20, "source": "2025/26"})).status_code == 200
    story = Story()
    for of in range(1, 61):
        state = {
            "case_id": str(number("case", of)),
            "household_id": str(number("household", of)),
            "state": "open",
            "layer": "universal",
            "episode": 1,
            "opened_at": "2026-10-01T09:00:00Z",
            "changed_at": "2027-01-20T09:00:00Z",
        }
        story.tell("casefile.case.workstream_added", number("case", of), state, sequence=2)
    await hear(story.events)
    await closed(manager)
    (saved,) = (await manager.get("/v1/risk/measures?measure=assessments_avoided"))["savings"]
    assert (saved["count"], saved["baseline"]["count"], saved["cash"]) == (60, 20, "avoided")
    assert saved["pence"] == {"low": 400_000, "central": 800_000, "high": 1_200_000}
    late = await analyst.send("PUT", baseline, {"count": 0, "source": "Later"}, if_match='"1"')
    assert late.status_code == 409


async def test_wards_and_groups_are_as_the_vault_knows_them_and_the_unknown_are_shown(
    manager: Risk, hear: Hear
) -> None:
    vault = manager.stored.vault
    assert vault is not None
    story = Story()
    for of in range(1, 81):
        story.duty(of, "2027-01-10")
        if of > 40:
            continue
        person, home, resident = number("person", of), uuid4(), uuid4()
        manager.ground.home(home)
        manager.ground.connection.execute("update home set ward = %s where household = %s", [WARDS[of % 2], home])
        manager.ground.connection.execute(
            "insert into placed (record, source, resident, household, certainty, probability)"
            " values (%s, 'casefile', %s, %s, 'confirmed', 1)",
            [pseudonyms.of_record("casefile", str(person)), uuid4(), home],
        )
        vault.execute("insert into resident (resident_id, person_id) values (%s, %s)", [resident, person])
        record = uuid4()
        vault.execute(
            "insert into record (record_id, source, reference, sex, born, ethnicity, digest, pseudonym)"
            " values (%s, 'school_census', %s, %s, '1990-05-05', 'BAFR', %s, %s)",
            [record, str(of), ("female", "male")[of % 2], uuid4(), uuid4()],
        )
        vault.execute(
            "insert into record_resident (record_id, resident_id, certainty, probability)"
            " values (%s, %s, 'confirmed', 1)",
            [record, resident],
        )
    await hear(story.events)
    await closed(manager)
    found = {}
    for by in ("ward", "sex", "ethnicity", "age", "disability"):
        (mine, *_) = (await manager.get(f"/v1/risk/measures?measure=duties_owed&by={by}"))["measures"]
        found[by] = {name: each["count"] for name, each in mine["rows"].items() if each["count"]}
    assert found == {
        "ward": {WARDS[0]: 20, WARDS[1]: 20, "not_known": 40},
        "sex": {"female": 20, "male": 20, "not_known": 40},
        "ethnicity": {"black": 40, "not_known": 40},
        "age": {"35_to_49": 40, "not_known": 40},
        "disability": {"not_known": 80},
    }
    assert ("oversight", "risk.vault.count_by_group", "measures/2027-01-01", []) in manager.looks()
    # Whoever moves, or is found to be older, is counted again as they were.
    manager.ground.connection.execute("update home set ward = null")
    vault.execute("update record set born = '1950-01-01', sex = null")
    again = (await manager.post("/v1/risk/packs/2027-01-01/recount", None)).json()
    assert (again["same"], again["differ"]) == (True, [])


@pytest.mark.full
async def test_moments_are_told_when_their_owner_said_them(manager: Risk, hear: Hear) -> None:
    story = Story()
    story.duty(1, "2027-01-10")
    await hear(story.events)
    (row,) = manager.stored.rows("select kind, told_at, data from measured_event")
    assert row["told_at"] == datetime.fromisoformat("2026-01-01T00:00:01+00:00")
    assert set(row["data"]) == {"case_id", "duty", "started_on", "ended_on", "end_reason"}


async def test_of_a_contact_neither_who_decided_nor_what_it_was_about_is_kept(manager: Risk, hear: Hear) -> None:
    story = Story()
    needs = [
        {"need_id": str(number("need", at)), "domain": domain, "kind": "presenting", "urgency": "routine"}
        for at, domain in enumerate(("domestic_abuse", "housing", "housing"))
    ]
    decision = {
        "decision_id": str(number("decision", 1)),
        "outcome": "resolved",
        "stage": "final",
        "specialism": "domestic_abuse",
        "need_ids": [],
        "decided_by": "worker-7",
        "decided_at": "2027-01-10T10:00:00Z",
    }
    state = {
        "contact_id": str(number("contact", 1)),
        "person_id": str(number("person", 1)),
        "channel": "walk_in",
        "occurred_at": "2027-01-10T10:00:00Z",
        "stage": "final",
        "urgency": "routine",
        "state": "closed",
        "needs": needs,
        "decisions": [decision],
        "decision": decision,
        "changed_at": "2027-01-10T10:00:00Z",
    }
    story.tell("triage.contact.decided", number("contact", 1), state)
    await hear(story.events)
    (row,) = manager.stored.rows("select data from measured_event")
    assert row["data"].pop("domains") == 2
    assert [each["housing"] for each in row["data"].pop("needs")] == [False, True, True]
    assert row["data"] == {
        "occurred_at": "2027-01-10T10:00:00Z",
        "decisions": [{"stage": "final", "outcome": "resolved", "need_ids": []}],
    }


async def test_where_somebody_was_counted_is_theirs_to_read_and_goes_when_they_are_erased(manager: Risk) -> None:
    vault = manager.stored.vault
    assert vault is not None
    mine, other = number("person", 1), number("person", 2)
    for person in (mine, other):
        vault.execute(
            "insert into counted_as (first_day, person_id, ward, age, sex, ethnicity)"
            " values ('2027-01-01', %s, %s, '25_to_34', 'female', 'black')",
            [person, WARDS[0]],
        )
    async with manager.unit("information_governance") as unit:
        (item,) = await Vault().collect(unit, Whose(frozenset({mine})))
        proofs = await Vault().erase(unit, Whose(frozenset({mine})), ())
    assert (item.table, item.fields["ethnicity"]) == ("counted_as", "black")
    assert [(each.table, each.deleted) for each in proofs] == [("counted_as", 1)]
    assert [row["person_id"] for row in vault.rows("select person_id from counted_as")] == [other]
