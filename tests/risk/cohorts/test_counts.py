"""How many: conditions against what is in the database, known and unknown, certain and uncertain."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.risk.cohorts.counting import Look
from services.risk.cohorts.domain import KNOWN_BY, Condition
from services.risk.cohorts.sizes import Size, size
from tests.risk.cohorts.borough import COMBINATION, OTHER_WARD, WARD, Borough
from tests.risk.ground import TODAY, Risk


async def count(risk: Risk, condition: dict[str, Any], day: date = TODAY, **look: Any) -> Size:
    async with risk.unit("data_linkage") as unit:
        return await size(unit, Condition.model_validate(condition), Look(day, **look))


@pytest.mark.full
async def test_each_form_of_condition_finds_its_households(risk: Risk, borough: Borough) -> None:
    borough.households(3, "rising_debt", "private_rent")
    borough.households(5, "rising_debt", children=0, ward=OTHER_WARD)
    borough.households(7, "private_rent", children=3)
    borough.households(11, adults=1, children=0, ward=None)
    debt, rent = {"factor": "rising_debt"}, {"factor": "private_rent"}
    for condition, number in (
        (debt, 8),
        ({"all": [debt, rent]}, 3),
        ({"any": [debt, rent]}, 15),
        ({"not": debt}, 18),
        ({"all": [{"not": debt}, {"not": rent}]}, 11),
        ({"not": {"any": [debt, rent]}}, 11),
        ({"wards": [WARD]}, 10),
        ({"not": {"wards": [WARD]}}, 16),
        ({"wards": [WARD, OTHER_WARD]}, 15),
        ({"children_at_least": 1}, 10),
        ({"adults_at_most": 1, "children_at_most": 0}, 11),
        ({"all": [debt, {"children_at_least": 1}]}, 3),
        ({"factor": "shock_job_loss"}, 0),
    ):
        assert (await count(risk, condition)).households == number, condition


async def test_a_factor_can_be_asked_for_by_amount_and_by_date(risk: Risk, borough: Borough) -> None:
    borough.households(2, "debt", amount=900, since=date(2026, 11, 1), latest_on=date(2026, 12, 1))
    borough.households(3, "debt", amount=200, since=date(2025, 1, 1), latest_on=date(2026, 8, 1))
    assert (await count(risk, {"factor": "debt", "amount_at_least": 500})).households == 2
    assert (await count(risk, {"factor": "debt", "held_months": 12})).households == 3
    assert (await count(risk, {"factor": "debt", "within_months": 2})).households == 2


async def test_a_disputed_factor_does_not_count(risk: Risk, borough: Borough) -> None:
    borough.households(2, "debt")
    borough.households(9, "debt", disputed=True)
    assert (await count(risk, {"factor": "debt"})).households == 2
    assert (await count(risk, {"not": {"factor": "debt"}})).households == 9


async def test_what_depends_on_uncertain_links_is_counted_apart(risk: Risk, borough: Borough) -> None:
    borough.households(5, "debt")
    borough.households(3, "debt", certainty="probable")
    # A record that stands alone is linked to nothing that could be wrong.
    borough.households(2, "debt", certainty="unlinked")
    kept_out = borough.households(4, "private_rent")
    borough.give(kept_out, "debt", certainty="probable")
    found = await count(risk, {"factor": "debt"})
    assert (found.households, found.uncertain, found.might_join) == (14, 7, 0)
    without = await count(risk, {"all": [{"factor": "private_rent"}, {"not": {"factor": "debt"}}]})
    assert (without.households, without.uncertain, without.might_join) == (0, 0, 4)


async def test_factors_from_sources_that_a_purpose_does_not_cover_do_not_count(risk: Risk, borough: Borough) -> None:
    borough.households(5, "debt")
    borough.households(4, "debt", sources={"debt": ["council_tax_arrears", "rent_balances"]})
    debt = {"factor": "debt"}
    assert (await count(risk, debt, admitted={"debt": ["council_tax_arrears"]})).households == 5
    assert (await count(risk, debt, admitted={"debt": ["council_tax_arrears", "rent_balances"]})).households == 9
    assert (await count(risk, debt, admitted={"debt": []})).households == 0


# Known to services ------------------------------------------------------------------------------------------------


MET: list[tuple[str, date, date | None, bool]] = [
    *((kind, date(2026, 1, 5), None, True) for kind in KNOWN_BY),
    ("hub.contact", date(2024, 12, 8), None, True),
    ("hub.contact", date(2024, 12, 7), None, False),
    ("adult_care.package", date(2019, 4, 1), None, True),
    ("adult_care.package", date(2019, 4, 1), date(2024, 12, 7), False),
    ("adult_care.package", date(2019, 4, 1), date(2025, 3, 1), True),
    ("social_care.child_in_need", date(2020, 1, 1), None, True),
    ("early_help.opened", date(2020, 1, 1), None, False),
    ("hub.contact", date(2026, 12, 9), None, False),
    ("council_tax.missed", date(2026, 11, 1), None, False),
    ("benefit.housing_benefit", date(2026, 11, 1), None, False),
    ("rent.notice", date(2026, 11, 1), None, False),
    ("school.exclusion", date(2026, 11, 1), None, False),
    ("domestic_abuse.incident", date(2026, 11, 1), None, False),
    ("debt.total", date(2026, 11, 1), None, False),
]
"""What somebody's record says, from when to when, and whether that makes the household known on 7 December 2026."""


async def test_known_is_whom_somebody_met_in_24_months(risk: Risk, borough: Borough) -> None:
    households = borough.households(len(MET), "debt")
    for household, (kind, on, until, _) in zip(households, MET, strict=True):
        borough.fact(household, kind, on, until=until)
    view = (await risk.post("/v1/risk/cohorts", body(definition={"factor": "debt"}))).json()
    members = (await risk.get(f"/v1/risk/cohorts/{view['id']}/members?limit=200"))["items"]
    found = {UUID(each["household"]): each["known"] for each in members}
    for household, told in zip(households, MET, strict=True):
        assert found[household] is told[3], told


async def test_known_is_also_whom_casefile_has(risk: Risk, borough: Borough) -> None:
    borough.households(2, "debt", registered=True)
    borough.households(3, "debt")
    found = await count(risk, {"factor": "debt"})
    assert (found.known, found.unknown, found.population) == (2, 3, 5)


# Saved ------------------------------------------------------------------------------------------------------------


def body(**changes: Any) -> dict[str, Any]:
    return {
        "code": "private_rent_debt_shock",
        "title": "Private rent, low pay, rising debt and a shock",
        "definition": COMBINATION,
        "why": "The 2019 finding",
        **changes,
    }


@pytest.mark.full
async def test_a_cohort_is_saved_with_its_count(risk: Risk, borough: Borough) -> None:
    four = ("private_rent", "low_or_no_pay", "rising_debt")
    borough.households(17, *four, "shock_domestic_abuse", registered=True)
    borough.households(18, *four, "shock_mental_health")
    borough.households(50, *four)
    answer = await risk.post("/v1/risk/cohorts", body())
    assert answer.status_code == 201, answer.text
    view = answer.json()
    newest = view["newest"]
    assert (newest["households"], newest["known"], newest["unknown"], newest["population"]) == (35, 17, 18, 85)
    assert newest["month"] == "2026-12-01"
    assert view["definition"] == COMBINATION
    assert view["sentence"].startswith("“Rents from a private landlord” and ")
    assert answer.headers["location"] == f"/v1/risk/cohorts/{view['id']}"
    assert (await risk.get(answer.headers["location"]))["newest"] == newest
    listed = await risk.get("/v1/risk/cohorts")
    assert [each["code"] for each in listed["items"]] == ["private_rent_debt_shock"]
    assert ("data_linkage", "risk.cohort.define", f"cohort/{view['id']}", []) in risk.looks()


async def test_a_new_definition_is_a_new_version_and_the_panel_has_not_heard_it(risk: Risk, borough: Borough) -> None:
    borough.households(4, "rising_debt")
    view = (await risk.post("/v1/risk/cohorts", body(panel_reference="panel/7"))).json()
    place = f"/v1/risk/cohorts/{view['id']}"
    changes = {"definition": {"factor": "rising_debt"}, "why": "Wider"}
    answer = await risk.send("PATCH", place, changes, if_match='"1"')
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    assert (changed["definition_number"], changed["version"], changed["panel_reference"]) == (2, 2, None)
    assert changed["newest"]["households"] == 4
    assert (await risk.send("PATCH", place, changes, if_match='"1"')).status_code == 412
    runs = (await risk.get(f"{place}/runs"))["items"]
    assert [(each["definition_number"], each["households"]) for each in runs] == [(2, 4), (1, 0)]
    missing = await risk.send("PATCH", place, {"definition": {"factor": "debt"}}, if_match='"2"')
    assert missing.status_code == 422
    assert "says why" in missing.text


@pytest.mark.full
async def test_sizes_through_time_the_last_of_a_month_stands(
    risk: Risk, borough: Borough, day: Callable[[date], None]
) -> None:
    borough.households(4, "rising_debt")
    view = (await risk.post("/v1/risk/cohorts", body(definition={"factor": "rising_debt"}))).json()
    place = f"/v1/risk/cohorts/{view['id']}/runs"
    borough.households(2, "rising_debt")
    assert (await risk.post(place, None)).status_code == 201
    day(date(2027, 1, 3))
    borough.households(5, "rising_debt")
    await risk.post(place, None)
    first = await risk.get(f"{place}?limit=1")
    assert [(each["month"], each["households"]) for each in first["items"]] == [("2027-01-01", 11)]
    rest = await risk.get(f"{place}?limit=1&after={first['next']}")
    assert [(each["month"], each["households"]) for each in rest["items"]] == [("2026-12-01", 6)]


@pytest.mark.full
async def test_members_are_pseudonyms_page_by_page_and_on_record(risk: Risk, borough: Borough) -> None:
    known = borough.households(2, "rising_debt", registered=True)
    unknown = borough.households(3, "rising_debt", certainty="probable")
    view = (await risk.post("/v1/risk/cohorts", body(definition={"factor": "rising_debt"}))).json()
    place = f"/v1/risk/cohorts/{view['id']}/members"
    first = await risk.get(f"{place}?limit=2")
    rest = await risk.get(f"{place}?limit=10&after={first['next']}")
    items = [*first["items"], *rest["items"]]
    assert [each["household"] for each in items] == [str(each) for each in sorted([*known, *unknown])]
    assert sum(each["uncertain"] for each in items) == 3
    assert set(items[0]) == {"household", "ward", "adults", "children", "known", "uncertain"}
    alone = await risk.get(f"{place}?known=true")
    assert {each["household"] for each in alone["items"]} == {str(each) for each in known}
    assert ("data_linkage", "risk.cohort.members", f"cohort/{view['id']}/members", []) in risk.looks()


@pytest.mark.parametrize(
    ("definition", "pointer", "rule"),
    [
        ({"all": [{"factor": "debt"}, {"factor": "hair_colour"}]}, "/definition/all/1/factor", "known-factor"),
        ({"not": {"any": [{"factor": "nothing_known"}]}}, "/definition/not/any/0/factor", "known-factor"),
        ({"all": []}, "/definition/all", "too_short"),
        ({"factor": "debt", "wards": [WARD]}, "/definition", "value_error"),
        ({"wards": [WARD], "held_months": 3}, "/definition", "value_error"),
        ({}, "/definition", "value_error"),
        ({"any": [{"wards": ["Barking"]}]}, "/definition/any/0/wards/0", "string_pattern_mismatch"),
        ({"not": {"not": {"not": {"not": {"not": {"not": {"factor": "debt"}}}}}}}, "/definition", "depth"),
        ({"any": [{"any": [{"factor": "debt"}] * 15}] * 3}, "/definition", "size"),
    ],
)
async def test_a_wrong_definition_is_refused_by_field(
    risk: Risk, definition: dict[str, Any], pointer: str, rule: str
) -> None:
    answer = await risk.post("/v1/risk/cohorts", body(definition=definition))
    assert answer.status_code == 422, answer.text
    errors = [(each["pointer"], each["rule"]) for each in answer.json()["errors"]]
    assert (pointer, rule) in errors
    assert all(at.startswith(pointer) or pointer.startswith(at) for at, _ in errors)


async def test_one_code_is_one_cohort(risk: Risk) -> None:
    assert (await risk.post("/v1/risk/cohorts", body())).status_code == 201
    assert (await risk.post("/v1/risk/cohorts", body())).status_code == 409


async def test_what_the_register_no_longer_covers_is_hidden_and_said(risk: Risk, borough: Borough) -> None:
    """A lapsed agreement stops the source that day: what rests on it is not counted, and the answer says so."""
    borough.households(60, "debt", sources={"debt": ["rent_balances"]})
    borough.households(40, "debt")
    asked = {"definition": {"factor": "debt"}}
    before = (await risk.post("/v1/risk/cohorts/preview", asked)).json()
    assert (before["households"], before["hidden_sources"]) == (100, [])
    risk.stored.execute("update data_product set agreed_to = '2026-12-01' where code = 'rent_balances'")
    after = (await risk.post("/v1/risk/cohorts/preview", asked)).json()
    assert after["households"] == 40
    assert any("ended on 1 December 2026" in each for each in after["hidden_sources"])
    risk.stored.execute("update data_product set paused = true, pause_reason = 'panel' where code = 'domestic_abuse'")
    refused = await risk.post("/v1/risk/cohorts/preview", {"definition": {"factor": "shock_domestic_abuse"}})
    assert refused.status_code == 403
    assert "paused" in refused.json()["detail"]
