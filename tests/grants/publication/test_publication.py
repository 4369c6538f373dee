"""What is published, through its door: valid, complete, and out of the ledger."""

import io
import zipfile
from datetime import date
from typing import Any

import pytest

from kit import clock
from services.grants.publication.giving import Grant, council
from tests.grants.awards.ground import adopted, adoption, an_award, closed, item, paid, recommended
from tests.grants.doors import PUBLIC, Grants
from tests.grants.funds.money import body, fund, transaction
from tests.grants.publication.standard import codes, faults
from tests.grants.rounds.ground import MANAGER, a_round, applied, assessed, group, sheet

JSON = "/publications/360giving.json"
YEAR = clock.today().year if clock.today() >= date(clock.today().year, 4, 1) else clock.today().year - 1
STATEMENT = f"/publications/infrastructure-funding-statement?year={YEAR}"


async def package(grants: Grants) -> Any:
    """As anyone reads it."""
    return await grants.good("GET", JSON, **PUBLIC)


@pytest.mark.full
@pytest.mark.reference_data
async def test_what_is_published_is_valid_against_the_published_schema(grants: Grants) -> None:
    file = await an_award(grants)
    await paid(grants, file["award"]["id"])
    made = await package(grants)
    assert faults(made) == []
    # It sees what is wrong: otherwise the line above would say nothing.
    [grant] = made["grants"]
    assert len(faults({**made, "grants": [{**grant, "currency": "POUNDS", "amountAwarded": "a lot"}]})) >= 1
    assert grant["locationScope"] in codes("locationScope")
    assert {each["geoCodeType"] for each in grant["beneficiaryLocation"]} <= codes("geoCodeType")


async def test_a_grant_is_published_with_what_was_paid_and_nobodys_address(grants: Grants) -> None:
    file = await an_award(grants)
    await paid(grants, file["award"]["id"])
    grants.stored.execute("update grant_application set purpose = 'Ask esi@square.example or 020 7946 0018: come'")
    [grant] = (await package(grants))["grants"]
    assert Grant.model_validate(grant).amount_awarded == 4000
    assert (grant["id"], grant["amountDisbursed"]) == (f"{council().prefix}-{file['award']['reference']}", 2400)
    assert grant["recipientOrganization"][0]["id"] == "GB-CHC-1100001"
    assert grant["description"] == "Ask [address left out] or [number left out]: come"
    assert [each["value"] for each in grant["disbursementTransaction"]] == [2400]
    assert await grants.good("GET", "/publications/360giving/checks") == []
    listed = await grants("GET", f"/publications/grants-list.csv?year={YEAR}", **PUBLIC)
    assert listed.text.splitlines()[1].endswith("Friends of the Square 1,1100001,A garden for the square,4000.00")


@pytest.mark.full
async def test_the_spreadsheet_is_made_by_a_job_with_the_standards_titles(grants: Grants) -> None:
    await grants.refused(404, "GET", "/publications/360giving.xlsx", **PUBLIC)
    await an_award(grants)
    await grants.good("POST", "/publications/360giving.xlsx")
    await grants.work_off()
    answer = await grants("GET", "/publications/360giving.xlsx", **PUBLIC)
    book = zipfile.ZipFile(io.BytesIO(answer.content))
    cells = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    for title in ("Identifier", "Amount Awarded", "Recipient Org:Identifier", "Funding Org:Name", "Award Date"):
        assert title in cells, title
    assert "NSG-" in cells


async def test_the_funding_statement_comes_out_of_the_ledger(grants: Grants) -> None:
    made = await fund(grants, administration_percent=5)
    rows = [
        transaction("T1", "C1", "received", "100000.01", on=f"{YEAR}-05-11"),
        transaction("T2", "C1", "received", "5000", on=f"{YEAR - 1}-05-11"),
        transaction("T3", "C1", "returned", "1000", on=f"{YEAR}-06-11"),
    ]
    await grants.good("POST", f"/funds/{made['id']}/levy-receipts", body(*rows))
    opened = await a_round(grants, slice_pence=10_000_00)
    application = await assessed(grants, opened["id"])
    await closed(grants, opened["id"])
    said = await recommended(grants, opened["id"], item(application))
    path = f"/recommendations/{said['id']}/adoption"
    await grants.good("POST", path, adoption(adopted(application)), version=said["version"], **MANAGER)
    told = await grants.good("GET", STATEMENT, **PUBLIC)
    assert (told["levy_received_pence"], told["levy_returned_pence"]) == (100_000_01, 1_000_00)
    assert told["neighbourhood_share_pence"] == 15_000_00 - 150_00
    assert told["administration_pence"] == 5_000_00 - 50_00
    assert told["neighbourhood_brought_forward_pence"] == 750_00
    assert (told["neighbourhood_awarded_pence"], told["neighbourhood_spent_pence"]) == (4_000_00, 0)
    assert told["neighbourhood_carried_forward_pence"] == 15_600_00
    [development] = told["developments"]
    assert (development["name"], development["gross_pence"]) == ("Quay Yard, phase 2", 99_000_01)
    assert told["strategic_pence"] == 99_000_01 - told["neighbourhood_share_pence"] - told["administration_pence"]


@pytest.mark.full
@pytest.mark.reference_data
async def test_forty_groups_apply_and_the_file_is_valid(grants: Grants) -> None:
    """Three are ineligible and told why; of the rest seven are adopted and paid their first instalment."""
    opened = await a_round(grants, 200_000_00, slice_pence=120_000_00)
    good: list[Any] = []
    for number in range(1, 41):
        more: dict[str, Any] = {"documents": []} if number in (7, 17, 27) else {}
        made = await applied(grants, opened["id"], number, **more)
        eligible = all(each["met"] for each in made["checked"])
        path = f"/applications/{made['id']}"
        made = await grants.good("POST", f"{path}/eligibility", {"eligible": eligible}, version=made["version"])
        if eligible:
            good.append(made)
        else:
            assert "papers are missing" in made["ended_reason"]
    assert (len(good), group(40)["charity_number"]) == (37, "1100040")
    for made in good:
        for assessor in ("assessor-1", "assessor-2"):
            await grants.good("POST", f"/applications/{made['id']}/assessments", sheet(), actor=assessor)
    await closed(grants, opened["id"])
    won = good[:7]
    items = [item(each, won=each in won) for each in good]
    said = await recommended(grants, opened["id"], *items)
    decision = adoption(*(adopted(each) for each in won))
    await grants.good("POST", f"/recommendations/{said['id']}/adoption", decision, version=1, **MANAGER)
    made = await package(grants)
    assert (len(made["grants"]), faults(made)) == (7, [])
    now = await grants.good("GET", f"/rounds/{opened['id']}", **PUBLIC)
    await grants.good("POST", f"/rounds/{opened['id']}/conclusion", version=now["version"], **MANAGER)
    declined = (await grants.good("GET", f"/applications?round_id={opened['id']}&state=declined"))["items"]
    assert len(declined) == 30
    assert (await grants.good("GET", "/funds/proof"))["balances"]
