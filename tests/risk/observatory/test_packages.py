"""Packages between observatories: nothing personal fits in, a liar is seen, order and repeats do no harm."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OKPKey
from pydantic import ValidationError

from kit.testing.databases import ServiceDatabase
from services.risk.observatory.disclosure import Rules
from services.risk.observatory.federation import line, packages, receiving
from services.risk.observatory.federation.packages import (
    CATEGORIES,
    FIRST,
    Package,
    PackedTable,
    Refused,
    digest,
    opened,
    sign,
    summed,
)
from tests.late import Late
from tests.risk.ground import Risk, open_risk

snapshot = Late("services.risk.observatory.snapshot")

REGION, BOROUGH, OTHER = "E12000007", "E09000002", "E09000025"
KEYS = {area: OKPKey.generate_key("Ed25519", private=True).as_dict(private=True) for area in (BOROUGH, OTHER)}
RULES = Rules()


def public(area: str) -> dict[str, Any]:
    return {name: value for name, value in KEYS[area].items() if name in ("kty", "crv", "x")}


def package(area: str = BOROUGH, sequence: int = 1, previous: str = FIRST, **changes: Any) -> Package:
    told: dict[str, Any] = {
        "format": "newstart-observatory/1",
        "area": area,
        "above": REGION,
        "sequence": sequence,
        "previous": previous,
        "month": "2026-12",
        "disclosure": {"threshold": 10, "rounding": 10},
        "tables": [
            {"count": "households", "dimensions": ["known"], "counts": [1200, 340]},
            {"count": "households", "dimensions": ["factor:rising_debt", "known"], "counts": [900, 310, 300, None]},
        ],
    }
    return Package.model_validate(told | changes)


def chain(area: str, length: int) -> list[str]:
    """So many signed packages, each with the digest of the one before."""
    signed: list[str] = []
    for number in range(1, length + 1):
        signed.append(sign(package(area, number, digest(signed[-1]) if signed else FIRST), KEYS[area]))
    return signed


PLANTED = ("Amina Yusuf", "1997-03-14", "RM10 8XY", "QQ123456C", "07700 900123", "amina@example.org", "12 Heath Street")


@pytest.mark.parametrize("planted", PLANTED)
def test_nothing_personal_has_room_anywhere(planted: str) -> None:
    """Put into every place that there is, by one who does not keep to the rules: no package comes of it."""
    good = json.loads(package().canonical())

    def everywhere(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        return [path, *(each for key, value in inside for each in everywhere(value, (*path, key)))]

    places = [each for each in everywhere(good) if each]
    assert len(places) > 20
    for path in places:
        forged = json.loads(json.dumps(good))
        at = forged
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = planted
        with pytest.raises(ValidationError):
            Package.model_validate(forged)
        if isinstance(at, dict):
            del at[path[-1]]
            at["note"] = planted
            with pytest.raises(ValidationError):
                Package.model_validate(forged)
    signed = jws.serialize_compact(
        {"alg": "Ed25519", "typ": packages.TYPE, "kid": planted},
        package().canonical(),
        OKPKey.import_key(KEYS[BOROUGH]),
        algorithms=["Ed25519"],
    )
    with pytest.raises(Refused, match="not signed as"):
        opened(signed, public(BOROUGH), RULES, REGION)


def test_every_word_of_the_form_is_of_a_closed_list() -> None:
    """A field of free text would be a place for a person: the schema has none."""
    schema = Package.model_json_schema()
    free: list[str] = []

    def look(node: Any, name: str) -> None:
        if isinstance(node, dict):
            if node.get("type") == "string" and not {"pattern", "const", "enum"} & node.keys():
                free.append(name)
            for key, value in node.items():
                look(value, f"{name}/{key}")
        elif isinstance(node, list):
            for value in node:
                look(value, name)

    look(schema, "")
    # Dimensions: a text that the closed list alone lets pass (the test above plants into it).
    assert [each.rpartition("/properties/")[2] for each in free] == ["dimensions/items"]


def test_small_or_bare_counts_make_no_package() -> None:
    for counts in ([1200, 4], [1200, 0], [1203, 340], [1200, -10], [1200.0, 340], [1200], ["1200", 340], [True, 340]):
        with pytest.raises(ValidationError):
            package(tables=[{"count": "households", "dimensions": ["known"], "counts": counts}])


def test_the_closed_list_is_what_is_counted() -> None:
    assert CATEGORIES["tenure"] == snapshot.TENURES
    assert CATEGORIES["pay"] == snapshot.PAYS
    assert CATEGORIES["age"] == snapshot.AGES
    assert CATEGORIES["sex"] == snapshot.SEXES
    assert CATEGORIES["children"] == snapshot.CHILDREN
    assert CATEGORIES["adults"] == snapshot.ADULTS
    assert CATEGORIES["known"] == snapshot.YES_NO


def test_a_signed_package_opens_and_signs_alike_each_time() -> None:
    signed = sign(package(), KEYS[BOROUGH])
    assert signed == sign(package(), KEYS[BOROUGH])
    assert opened(signed, public(BOROUGH), RULES, REGION) == package()
    assert packages.claimed_area(signed) == BOROUGH


def test_a_lie_is_seen() -> None:
    signed = sign(package(), KEYS[BOROUGH])
    header, _, signature = signed.split(".")
    other = sign(package(sequence=2, previous="a" * 64), KEYS[BOROUGH]).split(".")[1]
    for forged, rule in (
        (sign(package(), KEYS[OTHER]), "signature"),
        (f"{header}.{other}.{signature}", "signature"),
        (sign(package(above="E12000008"), KEYS[BOROUGH]), "area"),
        (sign(package(disclosure={"threshold": 5, "rounding": 10}), KEYS[BOROUGH]), "disclosure"),
        (sign(package(disclosure={"threshold": 10, "rounding": 5}), KEYS[BOROUGH]), "disclosure"),
        ("not a package", "signature"),
        ("..", "signature"),
        (signed + "A" * packages.MOST_BYTES, "size"),
    ):
        with pytest.raises(Refused) as refused:
            opened(forged, public(BOROUGH), RULES, REGION)
        assert refused.value.rule == rule, forged[:40]
    loose = jws.serialize_compact(
        {"alg": "Ed25519", "typ": packages.TYPE, "kid": OKPKey.import_key(KEYS[BOROUGH]).thumbprint()},
        json.dumps(json.loads(package().canonical()), indent=1).encode(),
        OKPKey.import_key(KEYS[BOROUGH]),
        algorithms=["Ed25519"],
    )
    with pytest.raises(Refused, match="canonical"):
        opened(loose, public(BOROUGH), RULES, REGION)


def test_sums_are_hidden_where_one_hides_or_is_missing() -> None:
    def table(*counts: int | None) -> PackedTable:
        return PackedTable(count="households", dimensions=("known",), counts=counts)

    assert summed([table(100, 50), table(20, 30), table(10, 10)], RULES) == [130, 90]
    assert summed([table(100, None), table(20, 30)], RULES) == [120, None]
    assert summed([table(100, 50), None], RULES) == []
    assert summed([table(10, 50)], Rules(threshold=20)) == [None, 50]


# At the region's door ---------------------------------------------------------------------------------------------


@pytest.fixture
async def region(database: Callable[[str], ServiceDatabase], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Risk]:
    """The region's service: information governance lets members in."""
    monkeypatch.setattr(line, "own_area", lambda: REGION)
    async with open_risk(database) as opened_:
        yield opened_.other(role="information_governance_lead", worker="grace", purpose="information_governance")


async def joins(region: Risk, area: str) -> None:
    body = {"area": area, "title": f"Borough {area}", "key": public(area)}
    answer = await region.post("/v1/risk/observatory/members", body)
    assert answer.status_code == 201, answer.text


async def came(region: Risk, signed: str) -> dict[str, Any]:
    async with region.unit("system_operations") as unit:
        return dict(await receiving.receive(unit, signed))


async def test_order_and_repeats_do_no_harm_and_gaps_are_asked_for(region: Risk) -> None:
    await joins(region, BOROUGH)
    first, second, third, fourth = chain(BOROUGH, 4)
    assert await came(region, first) == {"outcome": "taken", "have": 1, "wants": []}
    assert await came(region, fourth) == {"outcome": "taken", "have": 1, "wants": [2, 3]}
    assert await came(region, second) == {"outcome": "taken", "have": 2, "wants": [3]}
    assert await came(region, second) == {"outcome": "known", "have": 2, "wants": [3]}
    assert await came(region, third) == {"outcome": "taken", "have": 4, "wants": []}
    member = (await region.get("/v1/risk/observatory/members"))["items"][0]
    assert (member["have"], member["missing"]) == (4, [])


async def test_who_lies_is_refused_and_it_is_on_record(region: Risk) -> None:
    await joins(region, BOROUGH)
    first, second, _ = chain(BOROUGH, 3)
    await came(region, first)
    elsewhere = sign(package(BOROUGH, 2, "b" * 64), KEYS[BOROUGH])
    for forged, rule in (
        (sign(package(BOROUGH, 2, digest(first)), KEYS[OTHER]), "signature"),
        (chain(OTHER, 1)[0], "unknown"),
        (sign(package(BOROUGH, 1, FIRST, month="2026-11"), KEYS[BOROUGH]), "replayed"),
        (elsewhere, "chain"),
        ("rubbish", "unknown"),
    ):
        assert (await came(region, forged))["rule"] == rule
    assert (await came(region, second))["outcome"] == "taken"
    refused = (await region.get("/v1/risk/observatory/refusals"))["items"]
    assert sorted(each["rule"] for each in refused) == ["chain", "replayed", "signature", "unknown", "unknown"]
    assert {each["area"] for each in refused} == {BOROUGH, None}


@pytest.mark.full
async def test_a_suspended_member_is_heard_no_more_and_the_sums_wait_for_all(region: Risk) -> None:
    await joins(region, BOROUGH)
    await joins(region, OTHER)
    await came(region, chain(BOROUGH, 1)[0])
    table = await region.get("/v1/risk/observatory/tables?month=2026-12&name=households by known")
    assert table["missing"] == [OTHER]
    assert [row["count"] for row in table["rows"]] == [None, None]
    await came(region, chain(OTHER, 1)[0])
    table = await region.get("/v1/risk/observatory/tables?month=2026-12&name=households by known")
    assert [row["count"] for row in table["rows"]] == [2400, 680]
    member = next(each for each in (await region.get("/v1/risk/observatory/members"))["items"] if each["area"] == OTHER)
    changed = {"title": "Suspended", "key": public(OTHER), "suspended": True}
    path = f"/v1/risk/observatory/members/{OTHER}"
    assert (await region.send("PUT", path, changed, If_Match='"7"')).status_code == 412
    answer = await region.send("PUT", path, changed, If_Match=f'"{member["version"]}"')
    assert answer.status_code == 200, answer.text
    assert (await came(region, chain(OTHER, 2)[1]))["rule"] == "suspended"


async def test_a_private_key_is_no_member_s_key(region: Risk) -> None:
    body = {"area": BOROUGH, "title": "Borough", "key": KEYS[BOROUGH]}
    answer = await region.post("/v1/risk/observatory/members", body)
    assert answer.status_code == 422
    assert KEYS[BOROUGH]["d"] not in answer.text
