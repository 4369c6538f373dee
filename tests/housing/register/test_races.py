"""Two at once: one of them counts, and the other is told so."""

import asyncio
from uuid import uuid4

import pytest

from tests.housing.doors import Housing
from tests.housing.register.households import DAY, apply, registered

pytestmark = pytest.mark.full
CHILDREN = (("male", "2016-03-01"), ("male", "2014-01-05"), ("female", "2018-07-09"))


async def test_of_two_applications_of_a_household_one_bids(housing: Housing) -> None:
    housing.on(DAY)
    for _ in range(10):
        home = str(uuid4())
        rows = [await apply(housing, *CHILDREN, household_id=home) for _ in range(3)]
        answers = await asyncio.gather(
            *(housing("POST", f"/applications/{row['id']}/assessments", {}, version=row["version"]) for row in rows)
        )
        assert sorted(each.status_code for each in answers) == [200, 409, 409]
        active = housing.stored.rows(
            "select id from register_application where household_id = %s and state = 'active'", [home]
        )
        assert len(active) == 1


async def test_a_decision_is_confirmed_once(housing: Housing) -> None:
    housing.on(DAY)
    row = await registered(housing, *CHILDREN)
    asked = {"kind": "suspend", "words": "You refused three homes that suited you"}
    decision = await housing.good("POST", f"/applications/{row['id']}/decisions", asked, version=row["version"])
    path = f"/register-decisions/{decision['id']}/confirmation"
    answers = await asyncio.gather(*(housing("POST", path, version=1, actor=f"officer-{n}") for n in range(4)))
    assert sorted(each.status_code for each in answers) == [200, 412, 412, 412]
    assert len(housing.announced("application.suspended")) == 1


async def test_the_same_home_is_recorded_once(housing: Housing) -> None:
    housing.on(DAY)
    home = {
        "uprn": "999000000001",
        "address": "1 Marsh Lane",
        "postcode": "RM10 8XX",
        "kind": "flat",
        "bedrooms": 1,
        "landlord": "council",
        "rent_regime": "social",
        "state": "let",
    }
    answers = await asyncio.gather(*(housing("POST", "/homes", home) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]
