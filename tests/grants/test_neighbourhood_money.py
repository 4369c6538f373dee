"""Neighbourhood money, whole: from a named development's receipt to a valid file of what came of it (scenario 5)."""

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from kit import clock, lottery_verifier
from services.grants.publication.checks import check
from services.grants.publication.giving import council
from tests.grants.awards.ground import paid
from tests.grants.ballots.test_ballots import VERDICT, cast
from tests.grants.doors import PUBLIC, Grants
from tests.grants.funds.money import body, fund, transaction
from tests.grants.moments import stand_at
from tests.grants.panels.test_panels import RUN, announced, concluded, read
from tests.grants.publication.standard import faults
from tests.grants.rounds.ground import MANAGER, a_round, applied, day, sheet

QUOTAS = [
    {"category": "age", "feature": "young", "least": 14, "most": 16},
    {"category": "age", "feature": "old", "least": 14, "most": 16},
    {"category": "tenure", "feature": "own", "least": 10, "most": 14},
    {"category": "tenure", "feature": "rent", "least": 16, "most": 20},
]
NOT_ELIGIBLE: dict[int, dict[str, Any]] = {
    7: {"documents": []},
    17: {"asked_pence": 10_000_01},
    27: {"starts_on": "2020-01-01"},
}


@pytest.fixture(autouse=True)
def the_clock_is_put_back() -> Iterator[None]:
    before = clock.offset()
    yield
    clock.set_offset(before)


async def applications(grants: Grants, round_id: str) -> list[Any]:
    """Forty groups apply; three are not eligible and are told why; the others are scored by two officers."""
    good, told = [], []
    for number in range(1, 41):
        wish: dict[str, Any] = {"asked_pence": 2_000_00 + number * 150_00, **NOT_ELIGIBLE.get(number, {})}
        wish["budget"] = [{"item": "All of it", "pence": wish["asked_pence"]}]
        made = await applied(grants, round_id, number, **wish)
        eligible = all(each["met"] for each in made["checked"])
        path = f"/applications/{made['id']}"
        made = await grants.good("POST", f"{path}/eligibility", {"eligible": eligible}, version=made["version"])
        if not eligible:
            told.append(made["ended_reason"])
            continue
        good.append(made)
        for assessor in ("assessor-1", "assessor-2"):
            await grants.good("POST", f"{path}/assessments", sheet(), actor=assessor)
    assert ["papers are missing" in told[0], "£10,000.01" in told[1], "after today" in told[2]] == [True] * 3
    return good


async def panel_of_thirty(grants: Grants) -> list[str]:
    """Thirty of eight hundred by public lottery; one drops out and is replaced by the same rules. Their tokens."""
    plan = {"title": "Panel", "summary": "It looks at round 1", "size": 30, "quotas": QUOTAS, "reserves": 4}
    made = await grants.good("POST", "/panels", plan, **RUN)
    pool = [
        {
            "name": f"Zebedee Quill {each}",
            "features": {"age": "young" if each % 3 else "old", "tenure": "own" if each % 4 == 0 else "rent"},
        }
        for each in range(800)
    ]
    for start in (0, 400):
        await grants.good("POST", f"/panels/{made['id']}/pool", {"volunteers": pool[start : start + 400]}, **RUN)
    draw = await announced(grants, await read(grants, made["id"]))
    drawn = await concluded(grants, draw)
    proof = (await grants("GET", f"/panels/{made['id']}/draws/{draw['id']}/proof", **PUBLIC)).json()
    assert lottery_verifier.faults_of_groups(proof) == []
    assert len(drawn["taken"]) == 30
    [gone, *_] = (await grants.good("GET", f"/panels/{made['id']}/members", **RUN))["members"]
    leaving = {"leaving": [{"volunteer_id": gone["id"], "reason": "moved away"}]}
    version = (await read(grants, made["id"]))["version"]
    await grants.good("POST", f"/panels/{made['id']}/replacements", leaving, version=version, **RUN)
    seated = (await grants.good("GET", f"/panels/{made['id']}/members", **RUN))["members"]
    assert len(seated) == 30
    assert gone["token"] not in {each["token"] for each in seated}
    return [each["token"] for each in seated]


async def voted(grants: Grants, shortlist: list[Any], panel: list[str], pot: int) -> Any:
    """The panel votes on a shortlist; the ballot is counted by Equal Shares."""
    now = clock.business_now()
    refs = [f"P{place:02d}" for place, _ in enumerate(shortlist, start=1)]
    draft = {
        "title": "The panel's vote",
        "kind": "approval",
        "rule": "equal_shares",
        "budget_pence": pot,
        "opens_at": now.isoformat(),
        "closes_at": (now + timedelta(days=7)).isoformat(),
        "projects": [
            {"ref": ref, "title": each["title"], "cost_pence": each["asked_pence"]}
            for ref, each in zip(refs, shortlist, strict=True)
        ],
    }
    made = await grants.good("POST", "/ballot-drafts", draft)
    opened = await grants.good("POST", f"/ballots/{made['id']}/open", version=made["version"])
    for number, _ in enumerate(panel):
        await cast(grants, opened, number, *(refs[(number + step) % len(refs)] for step in range(4)))
    stand_at(grants, now + timedelta(days=8))
    await grants.ring()
    await grants.work_off()
    return await grants.good("GET", f"/ballots/{made['id']}/result", **PUBLIC)


@pytest.mark.full
@pytest.mark.reference_data
@pytest.mark.timeout(300)
async def test_neighbourhood_money_from_receipt_to_published_file(grants: Grants) -> None:
    levy = await fund(grants)
    landed = body(transaction("T1", "C1", "received", "812345.67", on=day(-3)))
    loaded = await grants.good("POST", f"/funds/{levy['id']}/levy-receipts", landed)
    assert loaded["share_pence"] == 121_851_85

    opened = await a_round(grants, slice_pence=60_000_00, decided_by="ballot")
    text = json.dumps(opened["frozen"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert opened["rules_sha256"] == hashlib.sha256(text.encode()).hexdigest()
    good = await applications(grants, opened["id"])
    assert len(good) == 37
    await grants.good("POST", f"/rounds/{opened['id']}/close", {"reason": "Everyone has applied"}, **MANAGER)

    panel = await panel_of_thirty(grants)
    shortlist = good[:20]
    result = await voted(grants, shortlist, panel, 60_000_00)
    assert result["rule"] == "equal_shares"
    assert result["cost_pence"] <= 60_000_00
    won = [each for each in result["results"] if each["won"]]
    back = won[0]["project"]["ref"]
    verdict = {**VERDICT, "returned": {back: "The land is about to be sold."}}
    ballot = f"/ballots/{result['ballot_id']}"
    await grants.good("POST", f"{ballot}/decision", verdict, version=result["version"], **MANAGER)
    refs = {f"P{place:02d}": each["id"] for place, each in enumerate(shortlist, start=1)}
    take = {"ballot_id": result["ballot_id"], "refs": refs}
    await grants.good("POST", f"/rounds/{opened['id']}/ballot-awards", take, **MANAGER)
    awards = (await grants.good("GET", "/awards?limit=200", **PUBLIC))["items"]
    assert len(awards) == len(won) - 1
    [decision] = await grants.good("GET", f"/rounds/{opened['id']}/decisions", **PUBLIC)
    assert [each["public_reason"] for each in decision["items"] if each["outcome"] == "returned"] == [
        "The land is about to be sold."
    ]

    for award in awards:
        file = await grants.good("GET", f"/awards/{award['id']}/file")
        for check_code in ("constitution", "bank_account"):
            seen = {"check": check_code, "passed": True, "note": "Seen"}
            await grants.good("POST", f"/applications/{file['application_id']}/due-diligence", seen)
        first = award["pence"] // 2
        terms = {
            "agreed_on": day(0),
            "starts_on": day(1),
            "ends_on": day(300),
            "instalments": [
                {"pence": first, "milestone": "Signed", "due_on": day(0)},
                {"pence": award["pence"] - first, "milestone": "Half is done", "due_on": day(120)},
            ],
        }
        await grants.good("POST", f"/awards/{award['id']}/agreement", terms, version=file["version"])
        await paid(grants, award["id"])
    now = await grants.good("GET", f"/rounds/{opened['id']}", **PUBLIC)
    await grants.good("POST", f"/rounds/{opened['id']}/conclusion", version=now["version"], **MANAGER)

    on_time, late = awards[1:], awards[0]
    for award in on_time:
        told = {"number": 1, "spent_pence": 0, "people_reached": 50, "narrative": "We have begun."}
        await grants.good("POST", f"/awards/{award['id']}/reports", told)
    stand_at(grants, clock.business_now() + timedelta(days=200))
    await grants.ring()
    chased = (await grants.good("GET", "/reports?state=late"))["items"]
    assert [(each["award_id"], each["chases"]) for each in chased] == [(late["id"], 1)]

    published = await grants.good("GET", "/publications/360giving.json", **PUBLIC)
    assert (len(published["grants"]), faults(published)) == (len(awards), [])
    assert [each for each in check(published["grants"], council(), clock.today()) if each.fault] == []
    assert (await grants.good("GET", "/funds/proof"))["balances"]
    stands = (await grants.good("GET", f"/funds/{levy['id']}"))["stands"]
    awarded = sum(each["pence"] for each in awards)
    assert (stands["reserved_pence"], stands["available_pence"]) == (0, 121_851_85 - awarded)
