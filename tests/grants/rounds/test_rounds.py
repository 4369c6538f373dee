"""Rounds: rules frozen with their hash when they open, money set aside, a day on which they close."""

import hashlib
import json
from datetime import timedelta

import pytest

from kit import clock
from services.grants.rounds import domain
from services.grants.rounds.domain import RoundState
from tests.grants.doors import PUBLIC, Grants
from tests.grants.rounds.ground import MANAGER, RULES, a_round, applied, day


def test_every_state_but_the_last_leads_somewhere() -> None:
    assert set(domain.ALLOWED) == set(RoundState)
    assert [state for state, onward in domain.ALLOWED.items() if not onward] == [RoundState.DECIDED]


def test_a_hash_is_of_what_the_rules_say_not_of_how_they_are_written() -> None:
    assert domain.digest({"a": 1, "b": [2]}) == domain.digest({"b": [2], "a": 1})
    assert domain.digest({"a": 1}) != domain.digest({"a": 2})


async def test_opening_freezes_the_rules_and_anyone_can_work_out_the_hash(grants: Grants) -> None:
    draft = await a_round(grants, opened=False)
    path = f"/rounds/{draft['id']}"
    await grants.refused(404, "GET", path, **PUBLIC)
    opened = await grants.good("POST", f"{path}/open", version=draft["version"], **MANAGER)
    seen = await grants("GET", path, **PUBLIC)
    assert seen.headers["cache-control"] == "public, max-age=60"
    shown = seen.json()
    text = json.dumps(shown["frozen"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert shown["rules_sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert shown["frozen"]["slice_pence"] == 30_000_00

    plan = {**{name: opened[name] for name in ("fund_id", "name", "summary", "slice_pence", "opens_on", "closes_on")}}
    changed = {**plan, "rules": {**RULES, "most_pence": 99}}
    problem = await grants.refused(409, "PATCH", path, changed, version=opened["version"])
    assert "frozen" in problem["detail"]
    stands = (await grants.good("GET", f"/funds/{opened['fund_id']}"))["stands"]
    assert (stands["reserved_pence"], stands["available_pence"]) == (30_000_00, 20_000_00)
    assert [each["data"]["rules_sha256"] for each in grants.announced("round.opened")] == [shown["rules_sha256"]]


async def test_no_round_promises_money_that_is_not_there(grants: Grants) -> None:
    await a_round(grants)
    more = await a_round(grants, opened=False)
    problem = await grants.refused(409, "POST", f"/rounds/{more['id']}/open", version=more["version"], **MANAGER)
    assert problem["there_pence"] == 20_000_00
    assert (await grants.good("GET", "/funds/proof"))["balances"]


async def test_it_closes_after_its_last_day_and_can_only_become_longer(grants: Grants) -> None:
    opened = await a_round(grants)
    path = f"/rounds/{opened['id']}"
    shorter = {"closes_on": day(20), "reason": "Less time"}
    await grants.refused(422, "POST", f"{path}/extend", shorter, version=opened["version"], **MANAGER)
    longer = {"closes_on": day(35), "reason": "The form was down for a day"}
    extended = await grants.good("POST", f"{path}/extend", longer, version=opened["version"], **MANAGER)
    assert extended["extensions"][0]["before"] == opened["closes_on"]
    assert extended["rules_sha256"] == opened["rules_sha256"]
    await grants.refused(422, "POST", f"{path}/close", {}, **MANAGER)
    before = clock.offset()
    try:
        clock.set_offset(before + timedelta(days=35))
        await grants.ring()
        assert (await grants.good("GET", path, **PUBLIC))["state"] == "open"
        clock.set_offset(before + timedelta(days=36))
        await grants.ring()
        assert (await grants.good("GET", path, **PUBLIC))["state"] == "closed"
    finally:
        clock.set_offset(before)


@pytest.mark.full
async def test_closed_is_closed(grants: Grants) -> None:
    opened = await a_round(grants)
    await grants.good("POST", f"/rounds/{opened['id']}/close", {"reason": "The fund is needed elsewhere"}, **MANAGER)
    problem = await grants.refused(409, "POST", f"/rounds/{opened['id']}/close", {"reason": "Again"}, **MANAGER)
    assert problem["allowed"] == ["decided"]
    with pytest.raises(AssertionError, match="409"):
        await applied(grants, opened["id"])
