"""Who may advise on debt, who may see somebody's money, and who keeps the register and the tables."""

from typing import Any

import pytest

from tests.casefile.doors import Casefile
from tests.casefile.money import ADVISER, EXEMPT, KEEPER, LHA, RATES, money_of, owes, register

ADVICE = [
    ("POST", "/money/options", {"person_id": "{person}"}, None),
    ("POST", "/money/statements", {"person_id": "{person}"}, None),
    ("PUT", "/money/statements/{statement}", {"lines": []}, 1),
    ("POST", "/money/statements/{statement}/agreement", {}, 1),
    ("POST", "/money/offers", {"person_id": "{person}", "statement_id": "{statement}"}, None),
    ("POST", "/money/debts/{debt}/offers", {"kind": "hold", "words": "x"}, None),
    ("POST", "/money/offers/{offer}/steps", {"to": "offered"}, 1),
    ("POST", "/money/breathing-spaces/{space}/cancel", {"reason": "died"}, 1),
    ("POST", "/money/breathing-spaces/{space}/midway-review", {}, 1),
]
READS = [f"/money/{each}" for each in (
    "debts/{debt}", "statements/{statement}", "offers/{offer}", "breathing-spaces/{space}", "support-plans/{plan}",
    "benefit-checks/{check}", "claims/{claim}",
)]  # fmt: skip
LISTS = ("debts", "statements", "offers", "breathing-spaces", "support-plans", "benefit-checks", "claims")


def filled(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: filled(each, ids) for name, each in value.items()}
    return value.format(**ids) if isinstance(value, str) else value


async def test_advice_comes_only_from_a_body_in_the_register(casefile: Casefile) -> None:
    """All of it, and nothing else: to note what is owed, and to check benefits, is no debt advice."""
    kelly = await casefile.person("Kelly", "Pike")
    ids = await money_of(casefile, kelly["id"]) | {"person": kelly["id"]}
    entry = EXEMPT | {"advisers": ["somebody-else"]}
    await casefile.good("PUT", "/money/debt-bodies/council", entry, version=1, **KEEPER)
    for method, path, body, version in ADVICE:
        refused = await casefile(method, path.format(**ids), filled(body, ids), version=version, **ADVISER)
        assert refused.status_code == 403, (path, refused.text)
    await owes(casefile, kelly, "loan", 1_00)
    await casefile.good("PUT", "/money/debt-bodies/council", entry | {"advisers": ["worker-1"]}, version=2, **KEEPER)
    assert (await casefile("POST", "/money/options", {"person_id": kelly["id"]}, **ADVISER)).status_code == 200


@pytest.mark.full
async def test_whoever_has_nothing_to_do_with_her_finds_nothing(casefile: Casefile) -> None:
    kelly, stranger = await casefile.person("Kelly", "Pike"), "01900000-0000-7000-8000-0000000000ff"
    ids = await money_of(casefile, kelly["id"])
    other: dict[str, Any] = ADVISER | {"actor": "worker-9"}
    unknown = dict.fromkeys(ids, stranger)
    for path in READS:
        answers = [await casefile("GET", path.format(**each), **other) for each in (ids, unknown)]
        assert [each.status_code for each in answers] == [404, 404], path
        assert answers[0].json()["detail"] == answers[1].json()["detail"]
    for name in LISTS:
        assert (await casefile.good("GET", f"/money/{name}?person_id={kelly['id']}", **other))["items"] == []
    refused = await casefile(
        "POST", "/money/debts", {"person_id": kelly["id"], "kind": "loan", "owed_pence": 1}, **other
    )
    nobody = await casefile("POST", "/money/debts", {"person_id": stranger, "kind": "loan", "owed_pence": 1}, **other)
    assert (refused.status_code, refused.json()["detail"]) == (nobody.status_code, nobody.json()["detail"])
    # Whoever it is, restricted, it is nobody's.
    casefile.restrict(kelly["id"])
    for path in READS:
        assert (await casefile("GET", path.format(**ids), **ADVISER)).status_code == 404, path


async def test_the_register_and_the_tables_are_changed_from_what_was_seen(casefile: Casefile) -> None:
    await register(casefile)
    path = "/money/debt-bodies/council"
    assert (await casefile("PUT", path, EXEMPT, **KEEPER)).status_code == 428
    assert (await casefile("PUT", path, EXEMPT, version=7, **KEEPER)).status_code == 412
    charity = {"basis": "fca_authorised", "fca_number": "618904", "since": "2020-01-01"}
    made = await casefile("PUT", "/money/debt-bodies/harbour", charity, **KEEPER)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    listed = await casefile.good("GET", "/money/debt-bodies", **KEEPER)
    assert [each["organisation"] for each in listed["items"]] == ["council", "harbour"]
    assert (
        await casefile("PUT", "/money/debt-bodies/other", {**charity, "fca_number": "1"}, **KEEPER)
    ).status_code == 422
    await casefile.good("PUT", LHA, RATES, **KEEPER)
    assert [each["area"] for each in (await casefile.good("GET", "/money/tables?kind=lha", **KEEPER))["items"]] == [
        "outer_south_east_london"
    ]
    assert (await casefile.good("GET", LHA, **KEEPER))["figures"] == RATES["figures"]
