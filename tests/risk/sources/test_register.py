"""The register: what each purpose may see, what is hidden from it and why, and who may change an agreement."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from kit.contracts.purposes import PURPOSES
from services.risk.sources import queries
from services.risk.sources.domain import BeyondPurpose, Coverage, Product, coverage
from services.risk.sources.kinds import KINDS, Sensitivity, read
from services.risk.sources.maps import NATIVE
from services.risk.sources.register import DELIVERED, GATEWAYS
from tests.risk.ground import TODAY
from tests.risk.sources.ground import ACCOUNT, Loading, as_csv


def seen(purpose: str, *, contact: bool = False, **changed: Product) -> Coverage:
    return coverage(purpose, ({**DELIVERED, **changed}).values(), GATEWAYS, TODAY, contact=contact)


def reasons(found: Coverage, kind: str) -> set[str]:
    return {each.reason for each in found.hidden if each.kind == kind and each.value is None}


def test_every_kind_is_fed_and_every_column_of_an_extract_has_its_gateway() -> None:
    assert set().union(*(product.feeds for product in DELIVERED.values())) == set(KINDS)
    for source, mapped in NATIVE.items():
        registered = {name for group in DELIVERED[source].fields for name in group.names}
        assert registered == set(mapped.columns), source
        assert {fact.kind for fact in mapped.facts} == DELIVERED[source].feeds, source
        assert {mapped.records} <= set(DELIVERED)


def test_counting_sees_everything_and_contacting_nothing_delicate() -> None:
    assert seen("research_statistics").kinds == set(KINDS)
    offered = seen("outreach")
    assert {KINDS[kind].sensitivity for kind in offered.kinds} == {Sensitivity.ORDINARY}
    assert {kind for kind in offered.kinds if kind.endswith(".shock")} == set()
    assert not offered.admits("hub_contacts", "hub.contact", "domestic_abuse")
    assert not offered.admits("hub_contacts", "hub.contact", "mental_health")
    assert offered.admits("hub_contacts", "hub.contact", "money")
    assert reasons(offered, "domestic_abuse.incident") == {"Facts about abuse never choose whom to contact"}


@pytest.mark.parametrize("purpose", sorted(PURPOSES))
def test_no_purpose_contacts_anybody_by_a_delicate_fact(purpose: str) -> None:
    found = seen(purpose, contact=True)
    assert all(KINDS[kind].sensitivity is Sensitivity.ORDINARY for kind in found.kinds)


@pytest.mark.parametrize("purpose", sorted(set(PURPOSES) - {"domestic_abuse", "safeguarding"}))
def test_nobody_hears_who_is_named_as_a_perpetrator_but_abuse_specialists(purpose: str) -> None:
    found = seen(purpose)
    counting = PURPOSES[purpose].reach == "aggregate" or purpose == "data_linkage"
    assert counting or not found.admits("domestic_abuse", "domestic_abuse.incident", "perpetrator")


def test_a_fact_supplied_for_one_thing_serves_no_other() -> None:
    assert not seen("housing_register").admits("council_tax_arrears", "council_tax.arrears")
    # The same kind, once with a gateway for it and once without.
    narrow = DELIVERED["benefit_claims"].model_copy(
        update={
            "fields": tuple(
                g.model_copy(update={"gateways": ("dea_2017_s64",)}) for g in DELIVERED["benefit_claims"].fields
            )
        }
    )
    found = seen("homelessness", benefit_claims=narrow)
    assert found.admits("rent_accounts", "tenure")
    assert not found.admits("benefit_claims", "tenure")
    (hidden,) = [each for each in found.hidden if (each.kind, each.source) == ("tenure", "benefit_claims")]
    assert hidden.reason.startswith("Housing benefit and council tax support claims was not supplied for this")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"agreed_to": TODAY}, "ended on 7 December 2026"),
        ({"paused": True, "pause_reason": "Residents asked"}, "paused: Residents asked"),
    ],
)
def test_a_source_that_stands_still_hides_its_facts_too(change: dict[str, Any], said: str) -> None:
    stopped = DELIVERED["council_tax_arrears"].model_copy(update=change)
    found = seen("universal_support", council_tax_arrears=stopped)
    assert "council_tax.missed" not in found.kinds
    assert any(said in reason for reason in reasons(found, "council_tax.missed"))
    # Debts to the landlord are another source's.
    assert found.sources >= {"rent_balances"}
    tomorrow = DELIVERED["council_tax_arrears"].model_copy(update={"agreed_to": date(2026, 12, 8)})
    assert "council_tax.missed" in seen("universal_support", council_tax_arrears=tomorrow).kinds


def test_use_beyond_a_purpose_is_refused_with_the_reason() -> None:
    found = seen("debt_advice")
    found.refuse_beyond({"debt.total"})
    with pytest.raises(BeyondPurpose) as refused:
        found.refuse_beyond({"debt.total", "social_care.referral"})
    assert refused.value.extra["kinds"] == ["social_care.referral"]
    assert "do not serve this purpose" in refused.value.detail


async def test_the_condition_in_sql_is_the_rule_in_python(loading: Loading) -> None:
    rows = [
        ("hub_contacts", "hub.contact", "domestic_abuse"),
        ("hub_contacts", "hub.contact", "money"),
        ("casefile", "casefile.need", None),
        ("early_help", "early_help.opened", None),
        ("rent_balances", "debt.total", None),
        ("domestic_abuse", "domestic_abuse.incident", "perpetrator"),
    ]
    ground = loading.risk.ground
    for source, kind, value in rows:
        ground.fact(ground.record(None), kind, TODAY, value=value, source=source)
    for purpose in ("outreach", "universal_support", "domestic_abuse", "research_statistics"):
        async with loading.risk.unit(purpose) as unit:
            found = await queries.kinds_for(unit, purpose)
        where = found.where("f").replace(":covered", "%(covered)s").replace(":hidden_values", "%(hidden_values)s")
        shown = loading.risk.stored.rows(f"select source, kind, value from fact f where {where}", found.parameters)
        assert {tuple(row.values()) for row in shown} == {row for row in rows if found.admits(*row)}, purpose


def test_a_kind_that_serves_an_unknown_purpose_is_refused() -> None:
    with pytest.raises(ValidationError, match="unknown purposes"):
        read('[purposes]\n["a.b"]\ntitle = "x"\nserves = ["curiosity"]\nkeep_months = 3\n')
    assert replace(seen("outreach"), pairs=frozenset()).kinds == frozenset()


# The door -------------------------------------------------------------------------------------------------


@pytest.fixture
def keeper(loading: Loading) -> Loading:
    return Loading(loading.risk, "information_governance", "information_governance_lead")


async def test_the_register_is_the_councils_from_the_first_look(keeper: Loading) -> None:
    page = await keeper.get("/v1/risk/sources?limit=3")
    assert len(page["items"]) == 3
    everyone = (await keeper.get("/v1/risk/sources"))["items"]
    assert {each["code"] for each in everyone} == set(DELIVERED)
    assert all(each["version"] == 1 and each["stopped"] is None for each in everyone)
    assert len(keeper.risk.stored.rows("select code from data_product")) == len(DELIVERED)


async def test_a_change_needs_the_version_seen_and_a_pause_its_reason(keeper: Loading) -> None:
    path = "/v1/risk/sources/early_help"
    assert (await keeper.send("PATCH", path, {"paused": True, "pause_reason": "Asked"})).status_code == 428
    unreasoned = await keeper.send("PATCH", path, {"paused": True}, if_match='"1"')
    assert (unreasoned.status_code, unreasoned.json()["errors"][0]["pointer"]) == (422, "/pause_reason")
    paused = await keeper.send("PATCH", path, {"paused": True, "pause_reason": "Asked"}, if_match='"1"')
    assert (paused.json()["version"], paused.json()["stopped"]) == (2, "Early help episodes is paused: Asked")
    assert (await keeper.send("PATCH", path, {"contact": True}, if_match='"1"')).status_code == 412
    again = await keeper.send("PATCH", path, {"paused": False}, if_match='"2"')
    assert (again.json()["stopped"], again.json()["pause_reason"]) == (None, None)
    for nonsense in ({"title": None}, {"gateway": "magna_carta"}, {"agreed_to": "2020-01-01"}, {"agreed_from": None}):
        answer = await keeper.send("PATCH", path, nonsense, if_match='"3"')
        assert answer.status_code == 422, nonsense


@pytest.mark.full
async def test_a_new_source_supplies_the_standard_form(keeper: Loading, loading: Loading, inside: None) -> None:
    body = {
        "code": "food_bank",
        "title": "Food bank visits",
        "owner": "A charity",
        "purpose": "Who is hungry",
        "gateway": "la_2011",
        "cadence": "weekly",
        "keep_months": 12,
        "agreed_from": "2026-01-01",
        "fields": [{"names": ["Attribute"], "feeds": ["identity", "casefile.need"], "gateways": ["la_2011"]}],
    }
    assert (await keeper.send("POST", "/v1/risk/sources", body)).status_code == 201
    assert (await keeper.send("POST", "/v1/risk/sources", body)).status_code == 409
    unknown = body | {
        "code": "other",
        "fields": [{"names": ["x"], "feeds": ["money.laundered"], "gateways": ["la_2011"]}],
    }
    assert (await keeper.send("POST", "/v1/risk/sources", unknown)).status_code == 422
    native = await loading.post_file("food_bank", as_csv("council_tax_accounts", [ACCOUNT]))
    assert (native.status_code, "standard form" in native.json()["detail"]) == (422, True)
    header = b"PersonReference,FamilyName,UPRN,AttributeType,Attribute\n"
    savvi = header + b"F1,Okafor,999000000001,Service,casefile.need=food_and_fuel\n"
    await loading.load("food_bank", savvi)
    assert [(each["source"], each["value"]) for each in loading.facts()] == [("food_bank", "food_and_fuel")]


async def test_the_kinds_say_what_the_stated_purpose_sees(keeper: Loading) -> None:
    worker = Loading(keeper.risk, "universal_support", "universal_worker")
    kinds = {each["kind"]: each for each in (await worker.get("/v1/risk/kinds?limit=200"))["items"]}
    assert set(kinds) == set(KINDS)
    assert kinds["debt.total"]["sources"] == ["council_tax_arrears", "rent_balances"]
    assert kinds["domestic_abuse.incident"]["sources"] == []
    assert "do not serve this purpose" in kinds["domestic_abuse.incident"]["hidden"][0]["reason"]
