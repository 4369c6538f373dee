"""What came of people's wish for a home, by group: as housing told it, each person once, small groups hidden."""

from typing import Any
from uuid import UUID, uuid4

from services.casefile.outcomes.allocating import OUTCOMES, outcome_of
from tests.casefile.doors import Casefile
from tests.casefile.facts import envelope
from tests.casefile.journeys.ground import on
from tests.casefile.journeys.test_measures import ANALYST, people

AT = "2027-02-10T12:00:00Z"


def offer(person: UUID, home: UUID, event: str, **more: Any) -> dict[str, Any]:
    data = {
        "offer_id": str(uuid4()),
        "home_id": str(uuid4()),
        "application_id": str(uuid4()),
        "person_id": str(person),
        "household_id": str(home),
        "kind": "choice",
        "state": event,
        "final": False,
        "auto_bid": False,
        "answer_by": "2027-02-15",
        "made_at": AT,
        "changed_at": AT,
        **more,
    }
    return envelope(f"housing.offer.{event}", data)


async def test_who_was_offered_and_refused_is_told_by_group(casefile: Casefile) -> None:
    women, men = people(casefile, 21, sex="female"), people(casefile, 12, sex="male")
    homes = {row["person_id"]: row["household_id"] for row in casefile.stored.rows("select * from membership")}
    told = [offer(each, homes[each], "made") for each in (*women, *men, women[0])]
    told += [offer(each, homes[each], "refused", refused_because="area") for each in women[:3]]
    told += [offer(each, homes[each], "accepted") for each in men]
    assert set(await casefile.take(*told)) == {"taken"}
    on("2027-04-21")
    shown = await casefile.good("GET", "/outcomes/allocations?quarter=2027-01-01&by=sex", **ANALYST)
    rows = {each["outcome"]: each for each in shown["outcomes"]}
    assert set(rows) == set(OUTCOMES)
    # Offered twice is one person; 21 and 12 are shown to the nearest five.
    assert rows["offered"] == {"outcome": "offered", "total": 35, "groups": {"female": 20, "male": 10, "not_said": 0}}
    assert rows["refused"] == {
        "outcome": "refused",
        "total": None,
        "groups": {"female": None, "male": None, "not_said": None},
    }
    assert rows["accepted"]["groups"] == {"female": 0, "male": 10, "not_said": 0}
    assert rows["let_by_choice"]["total"] == 0
    # What comes late changes nothing that was given out.
    await casefile.take(*[offer(each, homes[each], "refused", refused_because="area") for each in women])
    assert await casefile.good("GET", "/outcomes/allocations?quarter=2027-01-01&by=sex", **ANALYST) == shown


def test_each_fact_is_one_outcome_or_none() -> None:
    told: list[tuple[str, dict[str, Any], str | None]] = [
        ("application.registered", {}, "registered"),
        ("application.banded", {"band": "a"}, "band_a"),
        ("application.banded", {"band": "z"}, "band_other"),
        ("application.banded", {"band": None}, None),
        ("application.ended", {"end_reason": "housed"}, None),
        ("application.ended", {"end_reason": "disqualified"}, "application_ended"),
        ("bid.placed", {"channel": "auto"}, "bid_placed_for_them"),
        ("bid.placed", {"channel": "text"}, "bid"),
        ("offer.changed", {"counts": False}, None),
        ("offer.changed", {"counts": True}, "refusal_counted"),
        ("letting.started", {"kind": "right_to_return"}, "let_by_right_to_return"),
        ("offer.withdrawn", {}, None),
    ]
    for type_, data, outcome in told:
        assert outcome_of(f"housing.{type_}", data) == outcome, type_
        assert outcome is None or outcome in OUTCOMES
