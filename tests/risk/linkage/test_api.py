"""The HTTP door of linkage, as the gateway lets people in: explained links, decisions, ways out, the way back."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit.testing.databases import ServiceDatabase
from services.risk.linkage import commands, ledger
from services.risk.vault import pseudonyms
from tests.risk.ground import Risk, open_risk
from tests.risk.linkage.ground import person

HOME = {"address": "12 Longbridge Road, Barking", "postcode": "IG11 8TF", "uprn": "100012"}


@pytest.fixture
async def risk(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[Risk]:
    """The service, called by a manager who reviews links."""
    ledger.forget_model()
    async with open_risk(database) as made:
        yield made.other(role="manager", purpose="information_governance")


async def placed(risk: Risk, *rows: dict[str, Any]) -> list[UUID]:
    async with risk.unit() as unit:
        return (await commands.place_records(unit, rows)).records


async def ada_twice(risk: Risk) -> list[UUID]:
    return await placed(
        risk,
        person("R-1", "Adaeze", "Okonkwo", "1984-03-07", **HOME),
        person("C-1", "Adaeze", "Okonkwo", "1984-03-07", source="council_tax_accounts", **HOME),
    )


def vault(risk: Risk) -> ServiceDatabase:
    assert risk.stored.vault is not None
    return risk.stored.vault


@pytest.mark.full
async def test_a_link_is_explained_in_words(risk: Risk) -> None:
    first, second = await ada_twice(risk)
    told = await risk.get(f"/v1/risk/links/{second}/explain")
    assert told["record"]["source"] == "council_tax_accounts"
    assert told["summary"].startswith("It is held to be this resident's beyond reasonable doubt: it is like another")
    assert told["compared_with"] == str(first)
    said = {each["comparison"]: each for each in told["reasons"]}
    assert said["given"]["words"] == "same given name"
    assert said["given"]["bits"] > 0
    assert sum(each["bits"] for each in told["reasons"]) == pytest.approx(told["weight"], abs=0.2)
    assert [each["because"] for each in told["history"]] == ["likeness"]
    assert [each["record_id"] for each in told["others"]] == [str(first)]
    # The pseudonym names it too, and the look is on record.
    again = await risk.get(f"/v1/risk/links/{pseudonyms.of_record('council_tax_accounts', 'C-1')}/explain")
    assert again["record"]["record_id"] == str(second)
    assert ("information_governance", "risk.vault.explain_link", f"link/{second}", []) in risk.looks()
    missing = await risk.send("GET", f"/v1/risk/links/{uuid4()}/explain")
    assert missing.status_code == 404


async def test_a_source_that_the_purpose_does_not_cover_is_not_named(risk: Risk) -> None:
    await ada_twice(risk)
    (hidden,) = await placed(
        risk, person("D-1", "Adaeze", "Okonkwo", "1984-03-07", source="domestic_abuse", postcode="IG11 8TF")
    )
    told = await risk.other(purpose="supervision").get(f"/v1/risk/links/{hidden}/explain")
    assert told["record"]["source"] is None


@pytest.mark.full
async def test_a_question_is_asked_and_answered_and_the_answer_holds(risk: Risk) -> None:
    first, second = await ada_twice(risk)
    worker = risk.other(role="universal_worker", purpose="universal_support")
    body = {"record_a": str(first), "record_b": str(second), "reason": "Mother and daughter, she told me"}
    asked = await worker.post("/v1/risk/links/review", body)
    assert asked.status_code == 201, asked.text
    item = asked.json()
    assert (item["state"], item["why"], item["one"]["family"]) == ("open", "raised", "Okonkwo")
    (listed,) = (await risk.get("/v1/risk/links/review"))["items"]
    assert listed["id"] == item["id"]

    address = f"/v1/risk/links/review/{item['id']}/decisions"
    answer = {"decision": "different", "reason": "Two birth certificates seen"}
    unread = await risk.post(address, answer)
    assert unread.status_code == 428
    stale = await risk.post(address, answer, if_match='"99"')
    assert stale.status_code == 412
    done = await risk.post(address, answer, if_match=f'"{item["version"]}"')
    assert done.status_code == 201, done.text
    assert done.json()["state"] == "different"
    assert (await risk.get("/v1/risk/links/review"))["items"] == []
    rows = vault(risk).rows("select resident_id from record_resident")
    assert len({row["resident_id"] for row in rows}) == 2
    refused = await risk.post(
        "/v1/risk/links/rules",
        {"kind": "must", "record_a": str(first), "record_b": str(second), "reason": "I think so"},
    )
    assert refused.status_code == 409
    assert refused.json()["errors"][0] | {"detail": ""} == {
        "pointer": "/kind",
        "detail": "",
        "rule": "standing_cannot_link",
    }


async def test_the_list_of_questions_has_pages(risk: Risk) -> None:
    ids = await placed(
        risk, *(person(f"R-{n}", name, "Obi", f"19{n}0-01-01") for n, name in enumerate(["Ann", "Bo", "Cy"], start=5))
    )
    for other in ids[1:]:
        body = {"record_a": str(ids[0]), "record_b": str(other), "reason": "Perhaps"}
        assert (await risk.post("/v1/risk/links/review", body)).status_code == 201
    first = await risk.get("/v1/risk/links/review?limit=1")
    second = await risk.get(f"/v1/risk/links/review?limit=1&after={first['next']}")
    assert len({page["items"][0]["id"] for page in (first, second)}) == 2
    assert second["next"] is None


@pytest.mark.full
@pytest.mark.parametrize(
    ("change", "pointer", "rule"),
    [
        ({"record_b": "01a200f1-0f60-770c-8bc9-8525ee1b9ce9"}, "/record_b", "record_exists"),
        ({"record_b": None}, "/record_b", "two_records"),
        ({"replaces": "01a200f1-0f60-770c-8bc9-8525ee1b9ce9"}, "/replaces", "rule_stands"),
    ],
)
async def test_a_refused_rule_names_the_field_and_the_rule(
    risk: Risk, change: dict[str, Any], pointer: str, rule: str
) -> None:
    first, second = await ada_twice(risk)
    body = {"kind": "cannot", "record_a": str(first), "record_b": str(second), "reason": "x y z"}
    body |= {name: value or str(first) for name, value in change.items()}
    refused = await risk.post("/v1/risk/links/rules", body)
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["rule"]) == (pointer, rule)


@pytest.mark.full
async def test_unmerge_and_erasure(risk: Risk) -> None:
    first, second = await ada_twice(risk)
    (row,) = vault(risk).rows("select distinct resident_id from record_resident")
    resident = row["resident_id"]
    done = await risk.post(
        f"/v1/risk/residents/{resident}/unmerge", {"records": [str(second)], "reason": "Her sister's account"}
    )
    assert done.status_code == 201, done.text
    now = done.json()["residents"]
    assert now[str(first)] == str(resident) != now[str(second)]
    governor = risk.other(role="information_governance_lead")
    gone = await governor.post(f"/v1/risk/residents/{resident}/erasure", {"why": "request"})
    assert gone.status_code == 201
    assert gone.json()["records"] == 1
    assert [row["record_id"] for row in vault(risk).rows("select record_id from record")] == [second]
    assert len(risk.stored.rows("select 1 from placed")) == 1


async def test_the_way_back_needs_a_reason_and_stays_on_record(risk: Risk) -> None:
    await ada_twice(risk)
    (place,) = risk.stored.rows("select distinct resident, household from placed")
    specialist = risk.other(role="targeted_specialist", purpose="debt_advice")
    for pseudonym, kind in ((place["resident"], "resident"), (place["household"], "household")):
        body = {"pseudonym": str(pseudonym), "reason": "Two missed payments: to offer help"}
        found = await specialist.post("/v1/risk/reidentifications", body)
        assert found.status_code == 201, found.text
        assert found.json()["kind"] == kind
        (who,) = found.json()["people"]
        assert (who["given"], who["family"], who["person_id"]) == ("Adaeze", "Okonkwo", None)
    unsaid = await specialist.post("/v1/risk/reidentifications", {"pseudonym": str(place["resident"])})
    assert unsaid.status_code == 422
    kept = vault(risk).rows("select actor, roles, purpose, reason, kind from reidentification order by id")
    assert len(kept) == 2
    assert kept[0] == {
        "actor": "worker-1",
        "roles": ["targeted_specialist"],
        "purpose": "debt_advice",
        "reason": "Two missed payments: to offer help",
        "kind": "resident",
    }
    assert ("debt_advice", "risk.vault.reidentify", f"reidentification/{place['resident']}", []) in risk.looks()


@pytest.mark.full
async def test_whoever_counts_never_goes_back(risk: Risk) -> None:
    await ada_twice(risk)
    (place,) = risk.stored.rows("select distinct resident from placed")
    body = {"pseudonym": str(place["resident"]), "reason": "Curiosity about a dot"}
    refused = await risk.other(role="analyst", purpose="data_linkage").post("/v1/risk/reidentifications", body)
    assert refused.status_code == 403
    assert vault(risk).rows("select 1 from reidentification") == []
    rows = risk.stored.rows("select outcome from audit_entry where outcome = 'refused'")
    assert rows == [{"outcome": "refused"}]
    # The gateway would not even let them in.
    from gateway.policy import Policy
    from kit.contracts.purposes import PURPOSES

    policy = Policy()
    assert not any(policy.allows(frozenset({"analyst"}), "risk.resident.reidentify", purpose) for purpose in PURPOSES)


async def test_who_is_restricted_is_as_unknown_as_a_stranger(risk: Risk) -> None:
    first, second = await ada_twice(risk)
    who = uuid4()
    vault(risk).execute("update resident set person_id = %s", [who])
    risk.know_person(who, restricted=True)
    (place,) = risk.stored.rows("select distinct resident from placed")
    reason = {"reason": "To offer help"}
    answers = [
        await risk.send("GET", f"/v1/risk/links/{first}/explain"),
        await risk.post("/v1/risk/reidentifications", {"pseudonym": str(place["resident"]), **reason}),
        await risk.post(
            "/v1/risk/links/rules", {"kind": "must", "record_a": str(first), "record_b": str(second), **reason}
        ),
    ]
    stranger = [
        await risk.send("GET", f"/v1/risk/links/{uuid4()}/explain"),
        await risk.post("/v1/risk/reidentifications", {"pseudonym": str(uuid4()), **reason}),
    ]
    assert [each.status_code for each in answers] == [404, 404, 404]
    for one, other in zip(answers, stranger, strict=False):
        assert one.json()["detail"] == other.json()["detail"]
