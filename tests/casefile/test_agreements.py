"""Agreements: nothing flows before the board, and not without the votes of the voluntary sector and of residents."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from kit import clock
from services.casefile.agreements import commands, domain
from services.casefile.agreements.domain import Cast, Question, Seat, State, Vote
from tests.casefile.doors import Casefile

GOVERN: dict[str, Any] = {
    "purpose": "information_governance",
    "roles": ["information_governance_lead"],
    "actor": "ines",
}
VOTES = [
    {"member": "Cllr Worby", "seat": "council", "vote": "against"},
    {"member": "Anne of the food bank", "seat": "voluntary_sector", "vote": "for"},
    {"member": "Mr Osei", "seat": "resident", "vote": "for"},
]
D = date


def terms(**more: Any) -> dict[str, Any]:
    today = clock.today()
    return {
        "code": "council_tax_2026",
        "title": "Council tax for offers of help",
        "parties": [
            {"organisation": "Revenues", "role": "joint_controller", "contact": "rev@example.org"},
            {"organisation": "New Start", "role": "joint_controller", "contact": "ig@example.org"},
        ],
        "arrangement": "Revenues answers for accuracy, New Start for what it does with it",
        "datasets": ["council_tax"],
        "gateway": "dea_2017_s35",
        "purposes": ["outreach"],
        "security": "official-sensitive",
        "single_contact": "Ines Duarte",
        "dpia": "DPIA-12",
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=365)).isoformat(),
        "review_on": (today + timedelta(days=180)).isoformat(),
        **more,
    }


async def decided(casefile: Casefile, agreement: Any, question: str, votes: Any = VOTES, **more: Any) -> Any:
    body = {"question": question, "held_on": clock.today().isoformat(), "votes": votes, "reason": "Discussed", **more}
    path = f"/agreements/{agreement['id']}/decisions"
    return await casefile("POST", path, body, version=agreement["version"], **GOVERN)


@pytest.mark.full
async def test_a_draft_flows_when_the_board_adopts_it_and_stops_when_it_suspends_it(casefile: Casefile) -> None:
    agreement = await casefile.good("POST", "/agreements", terms(), **GOVERN)
    assert (agreement["state"], agreement["stands"]) == ("draft", False)
    without = await decided(casefile, agreement, "adopt", VOTES[:2])
    assert (without.status_code, without.json()["errors"][0]["rule"]) == (422, "their-vote")
    lost = [{**each, "vote": "against"} for each in VOTES]
    agreement = (await decided(casefile, agreement, "adopt", lost)).json()
    assert (agreement["state"], agreement["decisions"][-1]["carried"]) == ("draft", False)
    agreement = (await decided(casefile, agreement, "adopt")).json()
    assert (agreement["state"], agreement["stands"]) == ("in_force", True)
    agreement = (await decided(casefile, agreement, "suspend")).json()
    assert (agreement["state"], agreement["stands"]) == ("suspended", False)
    told = [(each["data"]["in_force"], each["data"]["datasets"]) for each in casefile.announced("agreement.changed")]
    assert told == [(False, []), (False, []), (True, ["council_tax"]), (False, ["council_tax"])]


async def test_it_lapses_on_its_day(casefile: Casefile, monkeypatch: pytest.MonkeyPatch) -> None:
    agreement = await casefile.good("POST", "/agreements", terms(), **GOVERN)
    agreement = (await decided(casefile, agreement, "adopt")).json()
    monkeypatch.setattr(clock, "today", lambda: date.fromisoformat(agreement["ends_on"]))
    now = await casefile.good("GET", f"/agreements/{agreement['id']}", **GOVERN)
    assert (now["state"], now["stands"]) == ("in_force", False)
    async with casefile.unit() as unit:
        await commands.lapse(unit, UUID(agreement["id"]))
    assert (await casefile.good("GET", f"/agreements/{agreement['id']}", **GOVERN))["state"] == "ended"


@pytest.mark.full
async def test_what_the_board_adopted_only_the_board_changes(casefile: Casefile) -> None:
    agreement = await casefile.good("POST", "/agreements", terms(), **GOVERN)
    agreement = (await decided(casefile, agreement, "adopt")).json()
    fields = {
        name: value for name, value in terms(dpia="DPIA-13", datasets=["council_tax", "rent"]).items() if name != "code"
    }
    path = f"/agreements/{agreement['id']}"
    refused = await casefile("PUT", path, fields, version=agreement["version"], **GOVERN)
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/datasets"]
    fields["datasets"] = ["council_tax"]
    changed = await casefile.good("PUT", path, fields, version=agreement["version"], **GOVERN)
    assert changed["dpia"] == "DPIA-13"


async def test_terms_that_make_no_agreement_are_refused(casefile: Casefile) -> None:
    one = [{"organisation": "Revenues", "role": "controller", "contact": "x"}] * 2
    for wrong, rule in (
        ({"parties": one}, "two-parties"),
        ({"arrangement": None}, "arrangement"),
        ({"ends_on": "2020-01-01"}, "in-order"),
        ({"purposes": ["selling"]}, "purpose"),
    ):
        answer = await casefile("POST", "/agreements", terms(**wrong), **GOVERN)
        assert answer.status_code == 422
        assert rule in {each["rule"] for each in answer.json()["errors"]}
    agreement = await casefile.good("POST", "/agreements", terms(dpia=None), **GOVERN)
    assert (await decided(casefile, agreement, "adopt")).status_code == 409


def test_it_stands_from_its_first_day_to_the_day_before_its_end() -> None:
    days = {day: domain.stands(State.IN_FORCE, D(2026, 4, 1), D(2027, 4, 1), day) for day in (
        D(2026, 3, 31), D(2026, 4, 1), D(2027, 3, 31), D(2027, 4, 1),
    )}  # fmt: skip
    assert list(days.values()) == [False, True, True, False]
    assert not domain.stands(State.SUSPENDED, D(2026, 4, 1), None, D(2026, 5, 1))


def test_nobody_votes_twice_and_an_abstention_is_no_vote_of_theirs() -> None:
    residents = [Cast("Mr Osei", Seat.RESIDENT, Vote.ABSTAIN), Cast("Anne", Seat.VOLUNTARY_SECTOR, Vote.FOR)]
    for votes in (residents, [*residents, Cast("anne", Seat.RESIDENT, Vote.FOR)]):
        with pytest.raises(domain.Invalid):
            domain.check_decision(Question.ADOPT, State.DRAFT, votes, assessed=True, ends_on=None, today=D(2026, 4, 1))
