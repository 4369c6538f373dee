"""What housing announces of homelessness becomes facts of the person: that they came, what was owed, how it ended."""

from datetime import date
from typing import Any
from uuid import uuid4

from kit import clock
from kit.contracts.housing.homelessness import ApproachState, DutyState
from services.risk.sources import handlers
from services.risk.vault import pseudonyms
from tests.risk.sources.ground import Loading
from tests.risk.sources.test_singly import event


async def test_an_approach_and_the_three_counted_duties_are_facts_with_their_days(loading: Loading) -> None:
    person = uuid4()
    case: dict[str, Any] = {"case_id": uuid4(), "person_id": person, "changed_at": clock.now()}
    made = ApproachState(**case, made_on=date(2026, 9, 1), source="application")
    relief = DutyState(
        **case,
        duty_id=uuid4(),
        duty="relief",
        section="s189B(2)",
        started_on=date(2026, 9, 2),
        last_day=date(2026, 10, 27),
    )
    ended = relief.model_copy(update={"ended_on": date(2026, 10, 27), "end_reason": "days_passed"})
    interim = relief.model_copy(update={"duty_id": uuid4(), "duty": "interim"})
    async with loading.risk.unit() as unit:
        await handlers.hear_approach(unit, event(made))  # type: ignore[arg-type]
        for each in (relief, interim, ended):
            await handlers.hear_duty(unit, event(each))  # type: ignore[arg-type]
        nobody = relief.model_copy(update={"person_id": None})
        await handlers.hear_duty(unit, event(nobody))  # type: ignore[arg-type]
    mine = pseudonyms.of_record("casefile", str(person))
    assert {each["record"] for each in loading.facts()} == {mine}
    assert [(each["kind"], each["occurred_on"], each["value"]) for each in loading.facts()] == [
        ("homelessness.approach", date(2026, 9, 1), None),
        ("homelessness.duty", date(2026, 9, 2), "relief"),
        ("homelessness.ended", date(2026, 10, 27), "days_passed"),
    ]
    until = loading.risk.stored.rows("select until from fact where kind = 'homelessness.duty'")
    assert [each["until"] for each in until] == [date(2026, 10, 28)]
