"""Ballots through the door: frozen rules, one vote a voter, secrecy, the count, the officer's decision."""

import asyncio
import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from kit import clock
from tests.grants.doors import PUBLIC, Grants
from tests.grants.moments import stand_at

RESIDENT: dict[str, Any] = {"purpose": "participation", "roles": ("resident",), "organisation": ""}
VERDICT = {
    "statement": "The panel's work is adopted.",
    "subsidy_control": "Below the minimal financial assistance threshold.",
    "addresses_development": "More homes mean more use of the park.",
    "interests": "None declared.",
}


@pytest.fixture(autouse=True)
def standing_clock() -> Iterator[None]:
    """Whatever a test does to the business clock is undone."""
    yield
    clock.set_offset(timedelta(0))


def ballot(**more: Any) -> dict[str, Any]:
    now = clock.business_now()
    return {
        "title": "Parsloes Park",
        "kind": "approval",
        "rule": "equal_shares",
        "budget_pence": 40_00,
        "opens_at": now.isoformat(),
        "closes_at": (now + timedelta(days=7)).isoformat(),
        "projects": [
            {"ref": "A1", "title": "A path", "cost_pence": 15_00},
            {"ref": "A2", "title": "A bench", "cost_pence": 15_00},
            {"ref": "A3", "title": "A tower", "cost_pence": 20_00},
        ],
        **more,
    }


async def opened(grants: Grants, **more: Any) -> dict[str, Any]:
    made = await grants.good("POST", "/ballot-drafts", ballot(**more))
    found: dict[str, Any] = await grants.good("POST", f"/ballots/{made['id']}/open", version=made["version"])
    return found


def vote(number: int, *choices: str, **more: Any) -> dict[str, Any]:
    voter = {"family_name": f"Voter{'abcdefghijklmnopqrstuvwxyz'[number % 26]}", "date_of_birth": "1990-01-01"}
    voter["postcode"] = f"RM{number // 26 + 1} 1AA"
    return {"voter": voter, "choices": list(choices), "noise": "0123456789abcdef", **more}


async def cast(grants: Grants, of: dict[str, Any], number: int, *choices: str, **more: Any) -> str:
    body = vote(number, *choices, **more)
    answer = await grants.good("POST", f"/ballots/{of['id']}/votes", body, actor=f"resident-{number}", **RESIDENT)
    return str(answer["receipt"])


async def counted(grants: Grants, of: dict[str, Any]) -> dict[str, Any]:
    stand_at(grants, clock.now() + timedelta(days=8))
    await grants.ring()
    await grants.work_off()
    found: dict[str, Any] = await grants.good("GET", f"/ballots/{of['id']}/result", **PUBLIC)
    return found


async def test_from_frozen_rules_to_an_explained_result(grants: Grants) -> None:
    of = await opened(grants)
    assert hashlib.sha256(of["rules"].encode()).hexdigest() == of["rules_hash"]
    receipts = [await cast(grants, of, number, "A1", "A2") for number in range(2)]
    code = (await grants.good("POST", f"/ballots/{of['id']}/codes", {"postcodes": ["RM1 1AA"]}))["codes"][0]["code"]
    coded = vote(2, "A1", "A2", code=code)
    await grants.good("POST", f"/ballots/{of['id']}/coded-votes", coded, **PUBLIC)
    await grants.good("POST", f"/ballots/{of['id']}/papers", vote(3, "A3", channel="paper"))
    early = await grants.refused(409, "GET", f"/ballots/{of['id']}/result", **PUBLIC)
    assert "not counted" in early["detail"]
    found = await counted(grants, of)
    assert (found["voters"], found["votes_by_channel"], found["compared"]) == (4, {"not_told": 4}, None)
    by_ref = {each["project"]["ref"]: each for each in found["results"]}
    assert [ref for ref, each in sorted(by_ref.items()) if each["won"]] == ["A1", "A2"]
    assert by_ref["A3"]["words"] == (
        "1 voter for it. They had £19 left of their shares, £1 less than it costs. About 1 voter more for it alone"
        " would have been enough. Larger shares for everybody would have spent £50, more than the pot."
    )
    told = await grants.good("GET", f"/ballots/{of['id']}/receipts/{receipts[0]}", **PUBLIC)
    assert told == {"counted": True, "words": "Your vote was counted."}
    none = await grants.good("GET", f"/ballots/{of['id']}/receipts/{'0' * 32}", **PUBLIC)
    assert none["counted"] is False
    late = await grants.refused(409, "POST", f"/ballots/{of['id']}/votes", vote(9, "A1"), **RESIDENT)
    assert late["allowed"] == []
    [event] = grants.announced("ballot.decided")
    assert event["data"]["state"] == "counted"


async def test_a_voter_votes_once_whichever_way(grants: Grants) -> None:
    of = await opened(grants)
    await cast(grants, of, 1, "A1")
    votes = f"/ballots/{of['id']}/votes"
    again = vote(1, "A2")
    again["voter"]["family_name"] = "VOTER B"
    for path, body, who in (
        (votes, vote(1, "A2"), {"actor": "resident-1", **RESIDENT}),
        # Another account of the same person, and the same account saying it is somebody else.
        (votes, again, {"actor": "other-account", **RESIDENT}),
        (votes, vote(7, "A2"), {"actor": "resident-1", **RESIDENT}),
        (f"/ballots/{of['id']}/papers", vote(1, "A2", channel="assisted"), {}),
    ):
        await grants.refused(409, "POST", path, body, **who)
    [place] = [row["place"] for row in grants.stored.rows("select place from ballot_project where ref = 'A1'")]
    assert grants.stored.rows("select paper from vote") == [{"paper": f"{place}:1"}]
    code = (await grants.good("POST", f"/ballots/{of['id']}/codes", {"postcodes": ["RM1 1AA"]}))["codes"][0]["code"]
    wrong = vote(2, "A1", code=code)
    wrong["voter"]["postcode"] = "RM9 9ZZ"
    await grants.refused(403, "POST", f"/ballots/{of['id']}/coded-votes", wrong, **PUBLIC)
    await grants.good("POST", f"/ballots/{of['id']}/coded-votes", vote(2, "A1", code=code), **PUBLIC)
    used = await grants.refused(409, "POST", f"/ballots/{of['id']}/coded-votes", vote(3, "A1", code=code), **PUBLIC)
    assert "used" in used["detail"]


async def test_nothing_tells_who_voted_what_and_the_close_destroys_who_voted(grants: Grants) -> None:
    of = await opened(grants)
    receipt = await cast(grants, of, 1, "A1", ward="E05014053", age_band="25_34")
    assert grants.announced("ballot.decided") == []
    tables = ("vote", "voter_mark", "vote_receipt")
    values = [
        {str(value) for row in grants.stored.rows(f"select * from {table}") for value in row.values()}
        for table in tables
    ]
    assert values[0] & values[1] == values[0] & values[2] == values[1] & values[2] == {of["id"]}
    await counted(grants, of)
    for table in ("vote", "voter_mark", "voting_code"):
        assert grants.stored.rows(f"select * from {table}") == []
    assert grants.stored.rows("select voter_key from ballot") == [{"voter_key": None}]
    # One voter of that ward and age: neither is kept.
    [group] = grants.stored.rows("select ward, age_band, channel, voters from vote_group")
    assert group == {"ward": "", "age_band": "", "channel": "", "voters": 1}
    assert (await grants.good("GET", f"/ballots/{of['id']}/receipts/{receipt}", **PUBLIC))["counted"]
    await grants.refused(409, "GET", f"/ballots/{of['id']}/ballots.pb", **PUBLIC)


async def test_frozen_is_frozen_and_votes_keep_to_the_rules(grants: Grants) -> None:
    of = await opened(grants, most_choices=2)
    await grants.refused(409, "PUT", f"/ballot-drafts/{of['id']}", ballot(), version=of["version"])
    await grants.refused(409, "POST", f"/ballots/{of['id']}/open", version=of["version"])
    for body, rule in (
        (vote(1, "A1", "A2", "A3"), "most-choices"),
        (vote(1, "A1", "A1"), "named-once"),
        (vote(1, "Z9"), "on-the-ballot"),
        (vote(1, points={"A1": 3}), "kind-of-ballot"),
    ):
        told = await grants.refused(422, "POST", f"/ballots/{of['id']}/votes", body, **RESIDENT)
        assert told["errors"][0]["rule"] == rule
    endless = ballot(budget_pence=1_000_000_00, step_pence=1)
    told = await grants.refused(422, "POST", "/ballot-drafts", endless)
    assert told["errors"][0]["rule"] == "step-not-too-small"
    draft = await grants.good("POST", "/ballot-drafts", ballot(projects=[]))
    await grants.refused(404, "GET", f"/ballots/{draft['id']}", **PUBLIC)
    await grants.refused(422, "POST", f"/ballots/{draft['id']}/open", version=draft["version"])


@pytest.mark.full
async def test_the_officer_adopts_or_returns_once_with_a_public_reason(grants: Grants) -> None:
    of = await opened(grants)
    for number in range(12):
        await cast(grants, of, number, "A1", "A2", age_band="25_34")
    found = await counted(grants, of)
    decision, answers = f"/ballots/{of['id']}/decision", f"/ballots/{of['id']}/answers"
    # Whoever drew it up does not decide.
    await grants.refused(409, "POST", decision, VERDICT, version=found["version"])
    unknown = {**VERDICT, "returned": {"A3": "It was not even recommended."}}
    await grants.refused(422, "POST", decision, unknown, actor="director", version=found["version"])
    returned = {**VERDICT, "returned": {"A2": "Who keeps it up?"}}
    first = await grants.good("POST", decision, returned, actor="director", version=found["version"])
    assert first["state"] == "returned"
    await grants.refused(409, "POST", decision, VERDICT, actor="director", version=first["version"])
    said = {"ref": "A2", "answer": "upheld", "reason": "The park's friends do."}
    second = await grants.good("POST", answers, said, version=first["version"])
    await grants.refused(409, "POST", decision, returned, actor="director", version=second["version"])
    await grants.good("POST", decision, VERDICT, actor="director", version=second["version"])
    shown = await grants.good("GET", f"/ballots/{of['id']}/result", **PUBLIC)
    by_ref = {each["project"]["ref"]: each for each in shown["results"]}
    assert (by_ref["A2"]["decision"], by_ref["A2"]["answer_reason"]) == ("adopted", "The park's friends do.")
    assert [each["made"] for each in shown["decisions"]] == ["returned", "adopted"]
    assert [each["data"]["state"] for each in grants.announced("ballot.decided")][-1] == "adopted"
    text = (await grants("GET", f"/ballots/{of['id']}/ballots.pb", **PUBLIC)).text
    assert text.count(",25_34") == 0
    assert text.count(";25_34;") == 12


@pytest.mark.full
async def test_votes_of_one_voter_at_once_count_once(grants: Grants) -> None:
    of = await opened(grants)
    path = f"/ballots/{of['id']}/votes"
    answers = await asyncio.gather(
        *(
            grants("POST", path, vote(1, f"A{1 + number % 3}"), actor=f"account-{number}", **RESIDENT)
            for number in range(8)
        )
    )
    assert sorted(each.status_code for each in answers) == [201] + [409] * 7
    assert (
        len(grants.stored.rows("select id from vote"))
        == len(grants.stored.rows("select digest from vote_receipt"))
        == 1
    )
