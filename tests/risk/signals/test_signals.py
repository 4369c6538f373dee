"""Which facts call for an offer, and that each calls once, for the right people, and never for more than an offer."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit.contracts.casefile.money import BreathingSpaceState
from kit.contracts.casefile.registers import IntroductionState
from kit.contracts.catalogue import CATALOGUE
from kit.contracts.envelope import sequence_text
from kit.events.effects import dispatch
from kit.events.handlers import KINDS, handled
from kit.ids import new_id
from services.risk.app import SERVICE
from services.risk.signals import commands
from services.risk.signals.catalogue import DEFINITIONS, read
from services.risk.signals.domain import Breathing, held_until, read_definition
from services.risk.sources.kinds import KINDS as FACTS
from services.risk.sources.kinds import Sensitivity
from services.risk.vault import pseudonyms
from tests.risk.ground import TODAY, Risk
from tests.risk.signals.conftest import Casefile

JUMP = {
    "kind": "rent_arrears_jump", "version": 1, "valid_from": date(2024, 1, 1), "title": "Rose", "measure": "jump",
    "fact": "rent.arrears", "fresh_days": 35, "offer": "money_help", "amount": 200,
}  # fmt: skip


async def look(risk: Risk, **where: Any) -> int:
    async with risk.unit("system_operations") as unit:
        return await commands.look(unit, **where)


def states(risk: Risk) -> list[tuple[str, str, str | None]]:
    rows = risk.stored.rows("select kind, state, why from signal order by observed_on, kind")
    return [(row["kind"], row["state"], row["why"]) for row in rows]


async def hear(risk: Risk, type_: str, data: Any, sequence: int = 1) -> None:
    """One event of another service, delivered to every handler of ours."""
    envelope = {
        "specversion": "1.0", "id": str(new_id()), "source": CATALOGUE[type_].source, "type": type_,
        "subject": str(uuid4()), "time": datetime.now(UTC).isoformat(), "datacontenttype": "application/json",
        "actor": "somebody", "purpose": "debt_advice", "sequence": sequence_text(sequence),
        "correlationid": str(new_id()), "data": json.loads(data.model_dump_json()),
    }  # fmt: skip
    event = CATALOGUE[type_].parse(json.dumps(envelope))
    async with risk.unit() as unit:
        for kind in KINDS:
            mine = {
                name: [each for each in handlers if each.run.__module__.startswith("services.risk.signals")
                       or "signals" in each.run.__qualname__ or each.name in _OURS]
                for name, handlers in handled(SERVICE.handlers, kind).items()
            }  # fmt: skip
            await dispatch(unit, mine, [event])


_OURS = {"know_breathing_spaces", "let_go", "raise_for_the_introduced"}


def space(known: Any, state: str, ends_on: date | None = None, id_: UUID | None = None) -> BreathingSpaceState:
    return BreathingSpaceState(
        breathing_space_id=id_ or uuid4(),
        person_id=known.person_id,
        household_id=known.household_id,
        kind="standard",
        state=state,
        starts_on=date(2026, 12, 8),
        ends_on=ends_on,
        changed_at=datetime.now(UTC),
    )


def missed(risk: Risk, on: str = "2026-12-01", **record: Any) -> tuple[UUID, UUID]:
    """A household that missed an instalment: the household and the resident."""
    household, resident = uuid4(), uuid4()
    each = risk.ground.record(household, resident=resident, **record)
    risk.ground.fact(each, "council_tax.missed", on, amount=140)
    return household, resident


async def test_the_first_missed_payment_of_somebody_known_is_raised_at_once(risk: Risk, casefile: Casefile) -> None:
    _, resident = missed(risk)
    known = casefile.knows(resident)
    assert await look(risk) == 1
    (event,) = risk.events("signal.raised")
    data = event["data"]
    assert (data["kind"], data["offer"], data["observed_on"]) == (
        "first_missed_council_tax",
        "money_help",
        "2026-12-01",
    )
    assert (data["person_id"], data["household_id"]) == (str(known.person_id), str(known.household_id))
    assert casefile.asked == []


@pytest.mark.parametrize(
    ("on", "calls"),
    [("2026-12-07", 1), ("2026-11-02", 1), ("2026-11-01", 0), ("2025-12-01", 0), ("2026-12-08", 0)],
)
async def test_only_fresh_facts_call(risk: Risk, casefile: Casefile, on: str, calls: int) -> None:
    missed(risk, on)
    assert await look(risk) == calls


@pytest.mark.full
@pytest.mark.parametrize(("before", "calls"), [("2026-11-01", 0), ("2025-12-01", 0), ("2025-11-30", 1)])
async def test_a_first_is_one_with_none_in_the_year_before(
    risk: Risk, casefile: Casefile, before: str, calls: int
) -> None:
    household, _ = missed(risk)
    # By another account of the household.
    risk.ground.fact(risk.ground.record(household), "council_tax.missed", before, amount=1)
    assert await look(risk) == calls


@pytest.mark.full
@pytest.mark.parametrize(
    ("balances", "calls"),
    [([100, 300], 1), ([100, 299.99], 0), ([250], 1), ([900, 900], 0), ([0, 500, 150], 0)],
)
async def test_a_jump_is_measured_against_the_month_before(
    risk: Risk, casefile: Casefile, balances: list[float], calls: int
) -> None:
    risk.ground.balances(risk.ground.record(uuid4(), source="rent_accounts"), "rent.arrears", balances)
    assert await look(risk) == calls


async def test_a_second_jump_within_a_quarter_is_no_second_call(risk: Risk, casefile: Casefile) -> None:
    record = risk.ground.record(uuid4(), source="rent_accounts")
    risk.ground.fact(record, "rent.arrears", "2026-11-05", amount=300)
    assert await look(risk) == 1
    risk.ground.fact(record, "rent.arrears", "2026-12-05", amount=600)
    assert await look(risk) == 0


async def test_looking_again_finds_nothing_new(risk: Risk, casefile: Casefile) -> None:
    household, resident = missed(risk)
    casefile.knows(resident)
    # The other liable person of the account has the same month.
    risk.ground.fact(risk.ground.record(household), "council_tax.missed", "2026-12-01", amount=140)
    assert await look(risk) == 1
    assert await look(risk) == 0
    assert await look(risk, households=[household]) == 0
    assert len(risk.events("signal.raised")) == 1


async def test_a_load_and_a_household_are_looked_at_alone(risk: Risk, casefile: Casefile) -> None:
    household, _ = missed(risk)
    load_id = uuid4()
    other = risk.ground.record(uuid4())
    risk.ground.fact(other, "council_tax.missed", "2026-12-01", amount=1, load_id=load_id)
    assert await look(risk, load_id=load_id) == 1
    assert await look(risk, households=[uuid4()]) == 0
    assert await look(risk, households=[household]) == 1


async def test_somebody_unknown_is_introduced_and_raised_when_casefile_answers(risk: Risk, casefile: Casefile) -> None:
    resident_id = uuid4()
    resident = pseudonyms.of_resident(resident_id)
    record = risk.ground.record(uuid4(), resident=resident)
    risk.ground.fact(record, "council_tax.missed", "2026-12-01", amount=140)
    await look(risk)
    assert casefile.asked == [resident]
    assert states(risk) == [("first_missed_council_tax", "introducing", None)]
    assert risk.events("signal.raised") == []
    answer = IntroductionState(
        resident_id=resident_id,
        person_id=uuid4(),
        household_id=uuid4(),
        outcome="introduced",
        introduced_at=datetime.now(UTC),
    )
    await hear(risk, "casefile.introduction.answered", answer)
    await hear(risk, "casefile.introduction.answered", answer)
    (event,) = risk.events("signal.raised")
    assert event["data"]["person_id"] == str(answer.person_id)
    assert states(risk) == [("first_missed_council_tax", "raised", None)]


async def test_a_breathing_space_holds_and_its_end_lets_go(risk: Risk, casefile: Casefile) -> None:
    _, resident = missed(risk)
    known = casefile.knows(resident)
    standing = space(known, "active", date(2026, 12, 30))
    await hear(risk, "casefile.breathing_space.started", standing)
    await look(risk)
    assert states(risk) == [("first_missed_council_tax", "held", "breathing_space")]
    assert risk.events("signal.raised") == []
    ended = standing.model_copy(update={"state": "cancelled"})
    await hear(risk, "casefile.breathing_space.ended", ended, 2)
    assert states(risk) == [("first_missed_council_tax", "raised", None)]
    assert len(risk.events("signal.raised")) == 1


async def test_what_was_held_too_long_lapses(risk: Risk, casefile: Casefile, monkeypatch: pytest.MonkeyPatch) -> None:
    _, resident = missed(risk)
    known = casefile.knows(resident)
    standing = space(known, "active", date(2027, 2, 5))
    await hear(risk, "casefile.breathing_space.started", standing)
    await look(risk)
    monkeypatch.setattr("kit.clock.today", lambda: TODAY + timedelta(days=60))
    await hear(risk, "casefile.breathing_space.ended", standing.model_copy(update={"state": "ended"}), 2)
    assert states(risk) == [("first_missed_council_tax", "lapsed", "not_fresh")]
    assert risk.events("signal.raised") == []


async def test_another_breathing_space_of_the_household_holds_on(risk: Risk, casefile: Casefile) -> None:
    _, resident = missed(risk)
    known = casefile.knows(resident)
    first, second = space(known, "active"), space(known, "active")
    await hear(risk, "casefile.breathing_space.started", first)
    await hear(risk, "casefile.breathing_space.started", second)
    await look(risk)
    await hear(risk, "casefile.breathing_space.ended", first.model_copy(update={"state": "ended"}), 2)
    assert states(risk)[0][1] == "held"


async def test_the_sweep_raises_what_waited_and_lets_lapse_what_is_old(
    risk: Risk, casefile: Casefile, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, soon = missed(risk)
    missed(risk, "2026-11-05")
    await look(risk)
    casefile.knows(soon)
    monkeypatch.setattr("kit.clock.today", lambda: TODAY + timedelta(days=7))
    async with risk.unit("system_operations") as unit:
        assert await commands.sweep(unit) == 0
    assert [each[1] for each in states(risk)] == ["lapsed", "raised"]


async def test_a_source_that_may_not_serve_outreach_calls_for_nothing(risk: Risk, casefile: Casefile) -> None:
    missed(risk)
    async with risk.unit() as unit:
        await commands.look(unit, households=[uuid4()])
    risk.stored.execute("update data_product set paused = true, pause_reason = 'x' where code = 'council_tax_arrears'")
    assert await look(risk) == 0
    risk.stored.execute("update data_product set paused = false, pause_reason = null")
    assert await look(risk) == 1


async def test_an_analyst_sees_pseudonyms_page_by_page(risk: Risk, casefile: Casefile) -> None:
    for _ in range(3):
        casefile.knows(missed(risk)[1])
    await look(risk)
    first = await risk.get("/v1/risk/signals?limit=2&kind=first_missed_council_tax")
    second = await risk.get(f"/v1/risk/signals?limit=2&kind=first_missed_council_tax&after={first['next']}")
    items = first["items"] + second["items"]
    assert len({each["id"] for each in items}) == 3
    assert all(each["state"] == "raised" for each in items)
    people = {str(each.person_id) for each in casefile.people.values()}
    assert not any(person in json.dumps(items) for person in people)
    assert (await risk.get("/v1/risk/signals?state=held"))["items"] == []
    assert risk.looks()[-1][1:3] == ("risk.signal.read", "signals")


def test_delicate_facts_never_call_for_an_offer() -> None:
    assert {FACTS[each.fact].sensitivity for each in DEFINITIONS} == {Sensitivity.ORDINARY}
    for kind in ("domestic_abuse.incident", "mental_health.shock", "social_care.referral", "adult_care.discharge"):
        text = f"""
        [[signal]]
        kind = "first_missed_council_tax"
        version = 1
        valid_from = 2024-01-01
        title = "x"
        measure = "first"
        fact = "{kind}"
        fresh_days = 35
        offer = "money_help"
        """
        with pytest.raises(ValueError, match="only ordinary facts"):
            read(text)


@pytest.mark.parametrize(
    ("change", "says"), [({"fresh_days": 36}, "last 35 days"), ({"amount": 0}, "by how much"), ({"kind": "x"}, "x")]
)
def test_a_wrong_definition_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_definition({**JUMP, **change})


def test_the_last_day_of_a_breathing_space_holds_still() -> None:
    assert held_until([Breathing(TODAY)], TODAY) == (True, TODAY)
    assert held_until([Breathing(TODAY - timedelta(days=1))], TODAY) == (False, None)
    assert held_until([Breathing(TODAY), Breathing(None)], TODAY) == (True, None)
    assert held_until([], TODAY) == (False, None)
