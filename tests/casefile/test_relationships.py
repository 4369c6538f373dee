"""How people are related: each side reads its own kind, and who may hold parental responsibility."""

from typing import Any

import pytest

from services.casefile.people.domain import INVERSES, check_relationship
from tests.casefile.doors import Casefile


@pytest.fixture
async def two(casefile: Casefile) -> list[Any]:
    return [await casefile.person("Amina"), await casefile.person("Idris")]


async def relate(casefile: Casefile, one: Any, other: Any, kind: str, **more: Any) -> Any:
    return await casefile("POST", f"/people/{one['id']}/relationships", {"other_id": other["id"], "kind": kind, **more})


async def related(casefile: Casefile, person: Any) -> list[Any]:
    found = (await casefile.good("GET", f"/people/{person['id']}"))["relationships"]
    return [{name: value for name, value in each.items() if name != "id"} for each in found]


def test_every_kind_reads_back_as_itself() -> None:
    assert all(INVERSES[INVERSES[kind]] == kind for kind in INVERSES)


async def test_each_side_reads_the_relationship_its_own_way(casefile: Casefile, two: list[Any]) -> None:
    mother, son = two
    response = await relate(casefile, mother, son, "parent", parental_responsibility=True, carer=True)
    assert response.status_code == 201
    assert response.headers["location"] == f"/v1/casefile/people/{mother['id']}"
    nothing = dict.fromkeys(
        ("parental_responsibility", "carer", "other_has_parental_responsibility", "other_is_carer"), False
    )
    assert await related(casefile, mother) == [
        {**nothing, "other_id": son["id"], "kind": "parent", "parental_responsibility": True, "carer": True}
    ]
    assert await related(casefile, son) == [
        {
            **nothing,
            "other_id": mother["id"],
            "kind": "child",
            "other_has_parental_responsibility": True,
            "other_is_carer": True,
        }
    ]
    (row,) = casefile.stored.rows("select * from audit_entry where action = 'casefile.relationship.record'")
    assert {str(each) for each in row["person_ids"]} == {mother["id"], son["id"]}


@pytest.mark.full
@pytest.mark.parametrize(("kind", "back"), [("parent", "child"), ("partner", "partner"), ("carer", "cared_for")])
async def test_the_same_relationship_stands_once_from_either_side(
    casefile: Casefile, two: list[Any], kind: str, back: str
) -> None:
    one, other = two
    assert (await relate(casefile, one, other, kind)).status_code == 201
    assert (await relate(casefile, one, other, kind)).status_code == 409
    assert (await relate(casefile, other, one, back)).status_code == 409
    assert len(await related(casefile, one)) == 1
    # Two people may be related in two ways.
    assert (await relate(casefile, one, other, "friend")).status_code == 201


@pytest.mark.full
@pytest.mark.parametrize("kind", sorted(INVERSES))
async def test_only_some_hold_parental_responsibility(casefile: Casefile, two: list[Any], kind: str) -> None:
    allowed = kind in {"parent", "step_parent", "grandparent", "guardian", "relative"}
    response = await relate(casefile, *two, kind, parental_responsibility=True)
    assert response.status_code == (201 if allowed else 422)
    if not allowed:
        assert [each["pointer"] for each in response.json()["errors"]] == ["/parental_responsibility"]


async def test_kinds_and_people_must_be_known(casefile: Casefile, two: list[Any]) -> None:
    one, other = two
    unknown = await relate(casefile, one, other, "landlord")
    assert [each["rule"] for each in unknown.json()["errors"]] == ["relationship-kind"]
    oneself = await relate(casefile, one, one, "sibling")
    assert [each["rule"] for each in oneself.json()["errors"]] == ["two-people"]
    for kind in INVERSES:
        check_relationship(kind, parental_responsibility=False)


async def test_someone_merged_away_is_not_related_to_anyone(casefile: Casefile, two: list[Any]) -> None:
    one, other = two
    third = await casefile.person("Sahra")
    body = {"survivor_id": other["id"], "reason": "the same"}
    await casefile.good("POST", f"/people/{one['id']}/merge", body, version=1)
    for mine, theirs in ((one, third), (third, one)):
        refused = await relate(casefile, mine, theirs, "friend")
        assert refused.status_code == 409
        assert refused.json()["merged_into"] == other["id"]
