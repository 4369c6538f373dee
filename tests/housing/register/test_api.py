"""The register through the door."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.housing.doors import Housing
from tests.housing.register.households import DAY, NEEDS_NOTHING, REVIEWER, apply, family, registered, weigh
from tests.service_doors import MANAGER

TWO_BOYS_AND_A_GIRL = (("male", "2016-03-01"), ("male", "2014-01-05"), ("female", "2018-07-09"))


@pytest.mark.full
async def test_a_family_is_weighed_and_told_why(housing: Housing) -> None:
    housing.on(DAY)
    row = await apply(housing, *TWO_BOYS_AND_A_GIRL)
    assert (row["state"], row["bedrooms_needed"], row["bedrooms_lacking"]) == ("submitted", 3, 2)
    found, row = await weigh(housing, row)
    assert (found["qualifies"], found["band"], row["state"]) == (True, "b", "active")
    assert [each["words"] for each in row["band_reasons"]] == ["You lack two bedrooms"]
    assert (row["priority_on"], row["renew_by"]) == ("2026-12-04", "2027-12-04")
    assert row["preference"] == ["rp_insan_unsat"]
    letters = (await housing.good("GET", f"/applications/{row['id']}/decisions"))["items"]
    assert "You lack two bedrooms." in letters[0]["letter"]
    assert "Band B: priority, waiting since 4 December 2026" in letters[0]["letter"]
    events = housing.announced("application.registered", "application.banded")
    assert [each["type"] for each in events] == ["housing.application.registered", "housing.application.banded"]
    assert "overcrowded" not in json.dumps(events)


async def test_nobody_is_refused_for_what_is_not_known(housing: Housing) -> None:
    housing.on(DAY)
    found, row = await weigh(housing, await apply(housing, *TWO_BOYS_AND_A_GIRL, resident_since=None))
    assert (found["qualifies"], found["unknown"], row["state"]) == (None, ["years_resident"], "submitted")


@pytest.mark.full
async def test_a_refusal_waits_for_a_named_officer_and_another_reviews_it(housing: Housing) -> None:
    housing.on(DAY)
    found, row = await weigh(housing, await apply(housing, *TWO_BOYS_AND_A_GIRL, resident_since="2025-01-01"))
    assert (found["qualifies"], row["state"]) == (False, "submitted")
    waiting = (await housing.good("GET", "/register-decisions"))["items"]
    assert [(each["id"], each["hurts"]) for each in waiting] == [(found["decision_id"], True)]
    path = f"/register-decisions/{found['decision_id']}"
    await housing.refused(403, "POST", f"{path}/confirmation", version=1, roles=("service",), actor="robot")
    done = await housing.good("POST", f"{path}/confirmation", version=1)
    assert done["confirmed_by"] == "officer-1"
    assert "You have not lived in the borough for three years without a break (the scheme)." in done["letter"]
    assert "Tell us by 24 December 2026" in done["letter"]
    assert (await housing.good("GET", f"/applications/{row['id']}"))["state"] == "disqualified"

    late = {"words": "I grew up here", "asked_on": "2026-12-25"}
    housing.on(date(2026, 12, 28))
    refused = await housing.refused(422, "POST", f"{path}/reviews", late)
    assert "s166A" in refused["errors"][0]["detail"]
    review = await housing.good("POST", f"{path}/reviews", {**late, "asked_on": "2026-12-24"})
    assert (review["decide_by"], review["days_left"]) == ("2027-02-17", 51)
    assert (await housing.good("GET", f"/applications/{row['id']}"))["state"] == "inactive_under_review"
    outcome = {"outcome": "changed", "reasons": "School reports show that she has lived here since 2009"}
    address = f"/register-reviews/{review['id']}/outcome"
    await housing.refused(403, "POST", address, outcome, version=1)
    await housing.good("POST", address, outcome, version=1, **REVIEWER)
    row = await housing.good("GET", f"/applications/{row['id']}")
    assert (row["state"], row["end_reason"]) == ("submitted", None)


async def test_an_officer_makes_an_exception_from_the_scheme_and_never_from_the_law(housing: Housing) -> None:
    housing.on(DAY)
    row = await apply(housing, *TWO_BOYS_AND_A_GIRL, resident_since="2025-01-01")
    path, words = f"/applications/{row['id']}/assessments", {"words": "She fled here from a fire"}
    refused = await housing.refused(422, "POST", path, words | {"exceptions": ["not_eligible"]}, version=1)
    assert "s160ZA" in refused["errors"][0]["detail"]
    await housing.refused(422, "POST", path, {"exceptions": ["residence"]}, version=1)
    found, row = await weigh(housing, row, words | {"exceptions": ["residence"]})
    assert (found["qualifies"], row["state"], row["band"]) == (True, "active", "b")
    assert row["learned"]["exceptions"]["source"] == "officer-1"
    letters = (await housing.good("GET", f"/applications/{row['id']}/decisions"))["items"]
    assert "She fled here from a fire" in letters[0]["letter"]


@pytest.mark.full
async def test_a_band_falls_only_when_confirmed_and_the_date_is_kept(housing: Housing) -> None:
    housing.on(DAY)
    row = await registered(housing, *TWO_BOYS_AND_A_GIRL)
    housing.on(date(2027, 3, 1))
    moved = {"circumstances": NEEDS_NOTHING | {"bedrooms_now": 2}}
    row = await housing.good("PATCH", f"/applications/{row['id']}", moved, version=row["version"])
    assert (row["band"], len(row["waiting_decisions"])) == ("b", 1)
    path = f"/register-decisions/{row['waiting_decisions'][0]}"
    decision = await housing.good("GET", path)
    assert (decision["hurts"], decision["effect"]["band"], decision["letter"]) == (True, "c", None)
    await housing.good("POST", f"{path}/confirmation", version=1)
    row = await housing.good("GET", f"/applications/{row['id']}")
    # Time in a more urgent band counts in this one.
    assert (row["band"], row["priority_on"]) == ("c", "2026-12-04")
    # A gain stands at once, from the day they told us.
    housing.on(date(2027, 5, 3))
    again = {"circumstances": NEEDS_NOTHING, "told_on": "2027-05-01"}
    row = await housing.good("PATCH", f"/applications/{row['id']}", again, version=row["version"])
    assert (row["band"], row["priority_on"], row["waiting_decisions"]) == ("b", "2027-05-01", [])
    stays = (await housing.good("GET", f"/applications/{row['id']}/bands"))["stays"]
    assert [each["band"] for each in stays] == ["b", "c", "b"]


@pytest.mark.full
async def test_a_suspension_waits_ends_by_itself_and_undoes_on_review(housing: Housing) -> None:
    housing.on(DAY)
    row = await registered(housing, *TWO_BOYS_AND_A_GIRL)
    asked = {"kind": "suspend", "words": "You refused three homes that suited you", "until": "2027-03-04"}
    decision = await housing.good("POST", f"/applications/{row['id']}/decisions", asked, version=row["version"])
    assert (decision["state"], decision["hurts"]) == ("proposed", True)
    assert (await housing.good("GET", f"/applications/{row['id']}"))["may_bid"]
    await housing.good("POST", f"/register-decisions/{decision['id']}/confirmation", version=1)
    row = await housing.good("GET", f"/applications/{row['id']}")
    assert (row["state"], row["may_bid"], row["suspended_until"]) == ("suspended", False, "2027-03-04")
    assert len(housing.announced("application.suspended")) == 1
    housing.on(date(2027, 3, 4))
    await housing.ring()
    row = await housing.good("GET", f"/applications/{row['id']}")
    assert (row["state"], row["priority_on"]) == ("active", "2026-12-04")


@pytest.mark.full
async def test_a_birthday_is_counted_and_a_number_set_by_hand_is_looked_at(housing: Housing) -> None:
    housing.on(DAY)
    # A girl and a boy share until one of them is ten.
    children = (("female", "2017-05-02"), ("male", "2019-08-09"))
    by_rule = await registered(housing, *children, bedrooms_now=1)
    by_hand = await registered(housing, *children, bedrooms_now=1)
    assert (by_rule["bedrooms_needed"], by_rule["recheck_on"]) == (2, "2027-05-02")
    asked = {"kind": "need", "words": "A room for study, agreed with the school", "bedrooms": 2}
    await housing.good("POST", f"/applications/{by_hand['id']}/decisions", asked, version=by_hand["version"])
    housing.on(date(2027, 5, 2))
    await housing.ring()
    by_rule = await housing.good("GET", f"/applications/{by_rule['id']}")
    assert (by_rule["bedrooms_needed"], by_rule["band"], by_rule["priority_on"]) == (3, "b", "2027-05-02")
    by_hand = await housing.good("GET", f"/applications/{by_hand['id']}")
    assert (by_hand["bedrooms_needed"], by_hand["state"], by_hand["may_bid"]) == (2, "awaiting_reassessment", True)
    asked = {"kind": "need", "words": "The boy and the girl no longer share", "bedrooms": 3}
    await housing.good("POST", f"/applications/{by_hand['id']}/decisions", asked, version=by_hand["version"])
    assert (await housing.good("GET", f"/applications/{by_hand['id']}"))["state"] == "active"


@pytest.mark.full
async def test_whoever_does_not_renew_is_asked_first_and_ended_by_an_officer(housing: Housing) -> None:
    housing.on(DAY)
    row = await registered(housing, *TWO_BOYS_AND_A_GIRL)
    housing.on(date(2027, 11, 6))
    await housing.ring()
    (asked,) = housing.announced("message.requested")
    assert asked["data"]["template"] == "housing.renewal"
    housing.on(date(2027, 12, 5))
    await housing.ring()
    row = await housing.good("GET", f"/applications/{row['id']}")
    assert (row["state"], len(row["waiting_decisions"])) == ("active", 1)
    row = await housing.good("POST", f"/applications/{row['id']}/renewals", version=row["version"])
    assert (row["renew_by"], row["waiting_decisions"]) == ("2028-12-05", [])


async def test_a_second_application_of_a_household_is_flagged_and_does_not_bid(housing: Housing) -> None:
    housing.on(DAY)
    home = str(uuid4())
    first = await registered(housing, *TWO_BOYS_AND_A_GIRL, household_id=home)
    second = await apply(housing, *TWO_BOYS_AND_A_GIRL, household_id=home)
    assert second["duplicates"] == [first["id"]]
    refused = await housing.refused(
        409, "POST", f"/applications/{second['id']}/assessments", {}, version=second["version"]
    )
    assert "Another application of this household is active" in refused["detail"]


async def test_health_stays_apart(housing: Housing) -> None:
    housing.on(DAY)
    row = await registered(housing, *TWO_BOYS_AND_A_GIRL)
    who = row["members"][1]["person_id"]
    form = {"person_id": who, "form": "Cannot manage stairs since the operation"}
    sent = await housing.good("POST", f"/applications/{row['id']}/medical-forms", form)
    assert "stairs" not in json.dumps(sent)
    found: dict[str, Any] = {"outcome": "a_medical", "findings": "Severe", "access_needed": "step_free"}
    found |= {"own_room": True, "extra_rooms": ["overnight_carer"], "highest_floor": 0}
    path = f"/medical-assessments/{sent['id']}"
    done = await housing.good("POST", f"{path}/outcome", found, version=1, **REVIEWER)
    assert done["form"] == form["form"]
    row = await housing.good("GET", f"/applications/{row['id']}")
    # Three rooms before; the boy's own, and one for the carer.
    assert (row["band"], row["bedrooms_needed"], row["access_needed"]) == ("a", 5, "step_free")
    assert "Severe" not in json.dumps(row)
    assert "stairs" not in json.dumps(row)
    assert "medical" not in json.dumps(housing.announced("application.banded", "application.changed"))
    await housing.refused(404, "GET", path, **REVIEWER, hide=[(who, uuid4())])


async def test_who_is_kept_back_is_as_unknown_as_a_stranger(housing: Housing) -> None:
    housing.on(DAY)
    row = await registered(housing, *TWO_BOYS_AND_A_GIRL)
    who = row["members"][2]["person_id"]
    housing.know(who, row["household_id"], barred=["officer-2"])
    decisions = (await housing.good("GET", f"/applications/{row['id']}/decisions"))["items"]
    for path in (f"/applications/{row['id']}", f"/register-decisions/{decisions[0]['id']}"):
        assert await housing.good("GET", path)
        await housing.refused(404, "GET", path, actor="officer-2")
    for path in ("/applications", f"/applications?person_id={who}", "/register-decisions?state=confirmed"):
        assert len((await housing.good("GET", path))["items"]) == 1
        assert (await housing.good("GET", path, actor="officer-2"))["items"] == []
    assert housing.looks()[-2][0] == "housing.application.read"


async def test_a_file_of_applications_is_taken_in_part_and_once(housing: Housing) -> None:
    housing.on(DAY)
    good = {
        "source_reference": "HR-0001",
        "household_id": str(uuid4()),
        "applied_on": "2024-02-29",
        "channel": "load",
        "members": family(*TWO_BOYS_AND_A_GIRL),
        "circumstances": NEEDS_NOTHING,
        "verified": True,
    }
    bad = good | {"source_reference": "HR-0002", "household_id": "nobody"}
    later = good | {"source_reference": "HR-0003", "household_id": str(uuid4()), "applied_on": "2027-01-01"}
    two = [{**each, "couple": "a"} for each in family(("male", "1999-01-01"))[1:]]
    odd = good | {"source_reference": "HR-0004", "household_id": str(uuid4()), "members": [*family(), *two]}
    raw = "\n".join(json.dumps(each) for each in (good, bad, later, odd)).encode()
    loader: dict[str, Any] = {"roles": ("administrator",), "purpose": "data_migration", "actor": "admin-1"}
    loader |= {"headers": {"Content-Type": "application/x-ndjson"}}
    for created, unchanged in ((1, 0), (0, 1)):
        sent = await housing.good("POST", "/applications/loads", content=raw, **loader)
        await housing.work_off()
        load = await housing.good("GET", f"/loads/{sent['load_id']}", **loader)
        assert (load["created"], load["unchanged"], load["refused"]) == (created, unchanged, 3)
    refusals = (await housing.good("GET", f"/loads/{sent['load_id']}/refusals", **loader))["items"]
    assert [(each["line"], each["field"]) for each in refusals] == [
        (2, "/household_id"),
        (3, "/applied_on"),
        (4, "/people"),
    ]
    assert len(housing.stored.rows("select 1 from register_application")) == 1
    (row,) = (await housing.good("GET", "/applications?state=active"))["items"]
    assert (row["band"], row["priority_on"]) == ("b", "2024-02-29")
    assert housing.stored.rows("select 1 from load_row") == []


async def test_bedrooms_and_waiting_times_are_for_anyone(housing: Housing) -> None:
    housing.on(DAY)
    nobody: dict[str, Any] = {"roles": (), "purpose": "public", "actor": "anyone"}
    asked = {"people": [{"age": 34, "sex": "female", "place": "applicant"}, {"age": 17, "sex": "male"}]}
    asked["people"].append({"age": 15, "sex": "male"})
    found = await housing.good("POST", "/bedroom-need", asked | {"bedrooms_now": 1}, **nobody)
    assert [(each["rules"], each["bedrooms"], each["lacking"]) for each in found["answers"]] == [
        ("hackney", 2, 1),
        ("bedroom_standard", 2, 1),
        ("lha", 3, 2),
    ]
    await registered(housing, *TWO_BOYS_AND_A_GIRL)
    times = await housing.good("GET", "/applications/waiting-times", **nobody)
    assert [(each["band"], each["bedrooms"], each["waiting"]) for each in times["groups"]] == [("b", 3, None)]


@pytest.mark.full
async def test_a_demoted_suspension_review_keeps_what_came_since(housing: Housing) -> None:
    """A review gives back what the decision took, and nothing else."""
    housing.on(DAY)
    row = await registered(housing, *TWO_BOYS_AND_A_GIRL, bedrooms_now=2)
    assert row["band"] == "c"
    asked = {"kind": "suspend", "words": "You refused three homes that suited you"}
    decision = await housing.good("POST", f"/applications/{row['id']}/decisions", asked, version=row["version"])
    await housing.good("POST", f"/register-decisions/{decision['id']}/confirmation", version=1)
    housing.on(DAY + timedelta(days=3))
    row = await housing.good("GET", f"/applications/{row['id']}")
    moved = {"circumstances": NEEDS_NOTHING}
    row = await housing.good("PATCH", f"/applications/{row['id']}", moved, version=row["version"])
    assert (row["state"], row["band"]) == ("suspended", "b")
    review = await housing.good("POST", f"/register-decisions/{decision['id']}/reviews", {"words": "They did not"})
    outcome = {"outcome": "changed", "reasons": "None of the three suited"}
    await housing.good("POST", f"/register-reviews/{review['id']}/outcome", outcome, version=1, **REVIEWER)
    row = await housing.good("GET", f"/applications/{row['id']}")
    assert (row["state"], row["band"]) == ("active", "b")
    assert MANAGER["actor"] != REVIEWER["actor"]
