"""What a full extract no longer has: it ends and is withdrawn, nothing is deleted, and a truncated file ends nobody."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kit import clock
from services.risk.sources import retention, spool
from services.risk.sources.register import DELIVERED, GATEWAYS, check_gateways
from services.risk.vault import pseudonyms
from tests.risk.ground import TODAY
from tests.risk.sources.ground import ACCOUNT, ARREARS, Loading, as_csv

pytestmark = pytest.mark.usefixtures("inside")

SOURCE = "council_tax_accounts"
FIRST, SECOND = date(2026, 11, 1), date(2026, 12, 1)


def account(number: int, **more: str) -> dict[str, str]:
    return ACCOUNT | {"account_ref": f"CT-{number}", "liable_1_forename": f"Amina{number}"} | more


def accounts(*numbers: int) -> bytes:
    return as_csv(SOURCE, [account(number) for number in numbers])


async def load(loading: Loading, content: bytes, on: date, *, source: str = SOURCE, more: str = "") -> dict[str, Any]:
    return await loading.load(source, content, query=f"?extracted_on={on}{more}")


async def send(loading: Loading, content: bytes, on: date = SECOND) -> dict[str, Any]:
    """Sent and worked off, however that ends."""
    accepted = await loading.post_file(SOURCE, content, query=f"?extracted_on={on}")
    await loading.work_off("load")
    found: dict[str, Any] = await loading.get(accepted.headers["location"])
    return found


async def confirm(loading: Loading, load_id: str, *, go_on: bool) -> Any:
    lead = loading.risk.other(role="information_governance_lead", worker="lead-1", purpose="information_governance")
    body = {"go_on": go_on, "reason": "The team told me what happened"}
    return await lead.post(f"/v1/risk/loads/{load_id}/confirmations", body)


def there(loading: Loading) -> dict[str, bool]:
    """Each record, and whether its source has it."""
    return {row["reference"]: row["withdrawn_at"] is None for row in loading.records()}


def untils(loading: Loading, kind: str = "council_tax.account") -> Sequence[date | None]:
    """When each fact of a kind ended, by record."""
    ends = {row["record"]: row["until"] for row in loading.facts(kind)}
    return [ends[row["pseudonym"]] for row in loading.records() if row["pseudonym"] in ends]


@pytest.mark.full
async def test_whoever_is_not_in_it_any_more_is_withdrawn_and_what_lasted_ends(loading: Loading) -> None:
    await load(loading, accounts(1, 2, 3), FIRST)
    second = await load(loading, accounts(1, 3), SECOND)
    assert (second["extract"], second["withdrawn"], second["ended"], second["problem"]) == ("full", 1, 1, None)
    assert there(loading) == {"CT-1#1": True, "CT-2#1": False, "CT-3#1": True}
    assert untils(loading) == [None, SECOND, None]
    # Said to the others in counts, and the same file once more changes nothing.
    again = await load(loading, accounts(1, 3), SECOND)
    assert (again["rows_new"], again["withdrawn"], again["ended"]) == (0, 0, 0)
    events = [each["data"]["withdrawn"] for each in loading.risk.events("source.loaded")]
    assert events == [0, 1, 0]


@pytest.mark.full
async def test_whoever_is_back_stands_again(loading: Loading) -> None:
    await load(loading, accounts(1, 2), FIRST)
    await load(loading, accounts(1), SECOND)
    back = await load(loading, accounts(1, 2), TODAY)
    assert (back["rows_new"], back["withdrawn"]) == (1, 0)
    assert set(there(loading).values()) == {True}
    assert untils(loading) == [None, None]


@pytest.mark.full
async def test_one_of_two_who_leaves_an_account_is_withdrawn(loading: Loading) -> None:
    await load(loading, as_csv(SOURCE, [account(1, liable_2_forename="Samuel")]), FIRST)
    await load(loading, accounts(1), SECOND)
    assert there(loading) == {"CT-1#1": True, "CT-1#2": False}
    assert untils(loading) == [None]


@pytest.mark.full
async def test_an_award_that_is_gone_ends_and_what_happened_stays(loading: Loading) -> None:
    row = {
        "claim_ref": "B-1",
        "claimant_name": "OKAFOR, Amina",
        "tenure": "PRIV",
        "benefit": "CTS",
        "earned_income_weekly": "0",
        "status": "live - job ended",
        "from": "2026-05-01",
    }
    later = row | {"from": "2026-09-01", "status": "live"}
    columns = "benefit_claims"
    await load(loading, as_csv(columns, [row, later]), FIRST, source=columns)
    load_ = await load(loading, as_csv(columns, [row]), SECOND, source=columns)
    assert (load_["withdrawn"], load_["ended"]) == (0, 3)
    ends = {(each["kind"], each["occurred_on"].month): each["until"] for each in loading.facts()}
    assert {kind: end for (kind, month), end in ends.items() if month == 9} == {
        "benefit.council_tax_support": SECOND,
        "tenure": SECOND,
        "income": SECOND,
    }
    await load(loading, as_csv(columns, [row | {"claim_ref": "B-2"}]), TODAY, source=columns)
    mine = pseudonyms.of_record(columns, "B-1#1")
    lost = [each for each in loading.facts("job_loss.shock") if each["record"] == mine]
    assert [(each["occurred_on"], each["until"]) for each in lost] == [(date(2026, 5, 1), None)]
    assert [each["until"] for each in loading.facts("tenure") if each["record"] == mine] == [TODAY, SECOND]


@pytest.mark.full
async def test_a_row_that_was_put_aside_is_in_the_file_all_the_same(loading: Loading) -> None:
    await load(loading, accounts(1, 2), FIRST)
    broken = [account(1), account(2, liability_from="some day")]
    load_ = await load(loading, as_csv(SOURCE, broken), SECOND)
    assert (load_["rows_quarantined"], load_["withdrawn"], load_["ended"]) == (1, 0, 0)
    assert there(loading) == {"CT-1#1": True, "CT-2#1": True}
    assert untils(loading) == [None, None]


@pytest.mark.full
async def test_a_row_that_cannot_be_read_may_be_anybodys(loading: Loading) -> None:
    await load(loading, accounts(1, 2), FIRST)
    load_ = await load(loading, accounts(1) + b'CT-2,"Amina\n', SECOND)
    assert (load_["rows_quarantined"], load_["withdrawn"]) == (1, 0)
    assert "anybody" in load_["problem"]
    assert set(there(loading).values()) == {True}


async def test_news_between_full_extracts_end_nothing(loading: Loading) -> None:
    await load(loading, accounts(1, 2), FIRST)
    news = await load(loading, accounts(3), SECOND, more="&extract=delta")
    assert (news["extract"], news["withdrawn"]) == ("delta", None)
    assert set(there(loading).values()) == {True}


async def test_a_source_that_sends_news_cannot_send_everything(loading: Loading) -> None:
    refused = await loading.post_file(
        "council_tax_arrears", as_csv("council_tax_arrears", [ARREARS]), query="?extract=full"
    )
    assert (refused.status_code, loading.risk.stored.rows("select 1 from source_load")) == (422, [])


@pytest.mark.full
async def test_an_older_extract_says_nothing_of_who_is_gone(loading: Loading) -> None:
    await load(loading, accounts(1, 2), SECOND)
    older = await load(loading, accounts(1), FIRST)
    assert (older["withdrawn"], "later" in older["problem"]) == (0, True)
    assert set(there(loading).values()) == {True}


@pytest.mark.full
async def test_what_came_by_itself_since_is_not_gone(loading: Loading) -> None:
    await load(loading, accounts(1), FIRST)
    facts = [{"kind": "council_tax.account", "occurred_on": "2026-11-30", "value": "single"}]
    person = {"given": "Samuel", "family": "Bright"}
    path = f"/v1/risk/sources/{SOURCE}/records"
    taken = await loading.send("POST", path, {"reference": "CT-9", "person": person, "facts": facts})
    assert taken.status_code == 201, taken.text
    # The database's own clock is not the borough's.
    loading.risk.stored.execute("update fact set loaded_at = %s where load_id is null", [TODAY])
    await load(loading, accounts(1), SECOND)
    assert there(loading) == {"CT-1#1": True, "CT-9#1": True}
    assert untils(loading) == [None, None]


# Truncated files --------------------------------------------------------------------------------------------------

MANY, HALF = range(40), range(20)


async def test_a_truncated_file_waits_and_nothing_of_it_is_done(loading: Loading) -> None:
    await load(loading, accounts(*MANY), FIRST)
    before = loading.records(), loading.facts()
    cut = as_csv(SOURCE, [account(number, liability_to="2026-11-30") for number in HALF])
    held = await send(loading, cut)
    assert (held["state"], held["rows_done"], held["withdrawn"]) == ("held", 0, None)
    assert "20 of 40 records" in held["problem"]
    assert (loading.records(), loading.facts()) == before
    assert [each["data"]["load_id"] for each in loading.risk.events("source.loaded")].count(held["id"]) == 0


@pytest.mark.full
async def test_a_named_person_lets_it_go_on(loading: Loading) -> None:
    await load(loading, accounts(*MANY), FIRST)
    held = await send(loading, accounts(*HALF))
    answer = await confirm(loading, held["id"], go_on=True)
    assert (answer.status_code, answer.json()["state"]) == (200, "queued"), answer.text
    await loading.work_off("load")
    done = await loading.get(f"/v1/risk/loads/{held['id']}")
    assert (done["state"], done["withdrawn"], done["ended"]) == ("succeeded", 20, 20)
    assert (done["confirmed_by"], done["confirmation"]) == ("lead-1", "The team told me what happened")
    assert sum(there(loading).values()) == 20
    assert (await confirm(loading, held["id"], go_on=True)).status_code == 409
    assert ("risk.load.confirm", f"load/{held['id']}") in [(look[1], look[2]) for look in loading.risk.looks()]


@pytest.mark.full
async def test_or_says_that_it_is_wrong(loading: Loading) -> None:
    await load(loading, accounts(*MANY), FIRST)
    held = await send(loading, accounts(*HALF))
    answer = await confirm(loading, held["id"], go_on=False)
    assert (answer.status_code, answer.json()["state"]) == (200, "failed")
    assert "what happened" in answer.json()["problem"]
    await loading.work_off("load")
    assert sum(there(loading).values()) == 40
    assert list(spool.folder().iterdir()) == []


@pytest.mark.full
async def test_nobody_says_anything_for_a_week(loading: Loading) -> None:
    await load(loading, accounts(*MANY), FIRST)
    held = await send(loading, accounts(*HALF))
    loading.risk.stored.execute("update source_load set created_at = created_at - interval '8 days'")
    later = clock.now() + timedelta(days=8)
    spool.sweep(now=later.timestamp())
    async with loading.risk.unit("system_operations") as unit:
        await retention.tell_failed(unit)
    found = await loading.get(f"/v1/risk/loads/{held['id']}")
    assert (found["state"], "week" in found["problem"]) == ("failed", True)


@pytest.mark.full
async def test_fewer_rows_of_the_same_people_wait_too(loading: Loading) -> None:
    source = "benefit_claims"
    rows = [
        {"claim_ref": f"B-{claim}", "claimant_name": "OKAFOR, Amina", "benefit": "CTS", "from": f"2026-{month:02}-01"}
        for claim in range(10)
        for month in range(1, 6)
    ]
    await load(loading, as_csv(source, rows), FIRST, source=source)
    accepted = await loading.post_file(source, as_csv(source, rows[::5]), query=f"?extracted_on={SECOND}")
    await loading.work_off("load")
    held = await loading.get(accepted.headers["location"])
    assert (held["state"], "40 of 50 rows" in held["problem"]) == ("held", True)


@pytest.mark.full
@pytest.mark.parametrize(("may_lose", "state"), [(60, "succeeded"), (40, "held")])
async def test_the_register_says_how_much_may_be_missing(loading: Loading, may_lose: int, state: str) -> None:
    await load(loading, accounts(*MANY), FIRST)
    lead = loading.risk.other(role="information_governance_lead", worker="lead-1", purpose="information_governance")
    changed = await lead.send("PATCH", f"/v1/risk/sources/{SOURCE}", {"may_lose": may_lose}, if_match='"1"')
    assert (changed.status_code, changed.json()["may_lose"], changed.json()["extract"]) == (200, may_lose, "full")
    assert (await send(loading, accounts(*HALF)))["state"] == state


def test_a_source_that_names_nobody_cannot_be_full() -> None:
    told = DELIVERED["council_tax_arrears"].model_dump()
    with pytest.raises(ValueError, match="who its records are about"):
        check_gateways(type(DELIVERED[SOURCE]).model_validate({**told, "extract": "full"}), GATEWAYS)
    assert {code for code, each in DELIVERED.items() if each.extract == "full"} == {
        "benefit_claims",
        "council_tax_accounts",
        "rent_accounts",
        "school_census",
    }


@pytest.mark.full
async def test_debts_of_a_closed_account_stay_what_they_were(loading: Loading) -> None:
    await load(loading, accounts(1, 2), FIRST)
    owed = [ARREARS | {"account_ref": "CT-2", "month": "2026-10"}]
    await load(loading, as_csv("council_tax_arrears", owed), FIRST, source="council_tax_arrears")
    await load(loading, accounts(1), SECOND)
    assert [(each["amount"], each["until"]) for each in loading.facts("council_tax.arrears")] == [
        (Decimal("1240.50"), None)
    ]
