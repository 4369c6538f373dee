"""Temporary accommodation among risk's facts: its days, a family past six weeks, and of a sealed stay nothing."""

from datetime import date
from uuid import uuid4

from kit import clock
from kit.contracts.housing.placements import PlacementState
from services.risk.sources import handlers
from services.risk.vault import pseudonyms
from tests.risk.sources.ground import Loading
from tests.risk.sources.test_singly import event


async def test_a_stay_is_a_fact_with_its_days_and_a_sealed_one_is_none(loading: Loading) -> None:
    person = uuid4()
    stay = PlacementState(
        placement_id=uuid4(),
        household_id=uuid4(),
        person_id=person,
        person_ids=(person,),
        duty="interim_188",
        kind="bed_and_breakfast",
        bed_and_breakfast=True,
        family=True,
        status="placed",
        entered_on=date(2026, 9, 1),
        changed_at=clock.now(),
    )
    past = stay.model_copy(update={"breached_on": date(2026, 10, 13)})
    over = past.model_copy(update={"status": "ended", "left_on": date(2026, 10, 20), "end_reason": "moved"})
    sealed = stay.model_copy(update={"kind": None, "entered_on": date(2026, 10, 20)})
    async with loading.risk.unit() as unit:
        for each in (stay, past, over, sealed):
            await handlers.hear_stay(unit, event(each))  # type: ignore[arg-type]
    assert {each["record"] for each in loading.facts()} == {pseudonyms.of_record("casefile", str(person))}
    assert [(each["kind"], each["occurred_on"], each["value"]) for each in loading.facts()] == [
        ("housing.past_six_weeks", date(2026, 10, 13), None),
        ("housing.temporary", date(2026, 9, 1), "bed_and_breakfast"),
    ]
    until = loading.risk.stored.rows("select until from fact where kind = 'housing.temporary'")
    assert [each["until"] for each in until] == [date(2026, 10, 20)]
