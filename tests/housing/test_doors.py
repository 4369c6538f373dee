"""The doors that housing's tests go through."""

from uuid import uuid4

from tests.housing.doors import Housing


async def test_whom_housing_has_heard_of_is_found(housing: Housing) -> None:
    person, home = uuid4(), uuid4()
    housing.know(person, home)
    found = await housing.good("GET", f"/households/{home}", purpose="homelessness")
    assert [each["person_id"] for each in found["members"]] == [str(person)]
    assert housing.looks()[-1][2] == [person]


async def test_a_restricted_person_is_not(housing: Housing) -> None:
    person, home = uuid4(), uuid4()
    housing.know(person, home, restricted=True)
    found = await housing.good("GET", f"/households/{home}", purpose="homelessness")
    assert found["members"] == []


async def test_who_is_kept_back_hides_nobody_else(housing: Housing) -> None:
    person, other, home = uuid4(), uuid4(), uuid4()
    housing.know(person, home)
    housing.know(other, home, restricted=True)
    housing.know(uuid4(), uuid4(), restricted=True)
    found = await housing.good("GET", f"/households/{home}", purpose="homelessness")
    assert [each["person_id"] for each in found["members"]] == [str(person)]
