"""Questions about tables through the door: what is shown, what never is, what two months say, who may see the log."""

from collections.abc import AsyncIterator, Callable
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import pytest

from kit import clock
from kit.testing.databases import ServiceDatabase
from services.risk.observatory import releases
from services.risk.vault import pseudonyms
from tests.late import Late
from tests.risk.cohorts.borough import OTHER_WARD, WARD, Borough
from tests.risk.cohorts.test_kept_back import protect
from tests.risk.ground import TODAY, Risk, open_risk

snapshot = Late("services.risk.observatory.snapshot")

PATH = "/v1/risk/observatory"


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    shown = [TODAY]
    monkeypatch.setattr(clock, "today", lambda: shown[0])

    def move(to: date) -> None:
        shown[0] = to

    return move


@pytest.fixture
async def risk(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[Risk]:
    async with open_risk(database) as opened:
        releases._ready.clear()
        yield opened.other(role="analyst", worker="analyst-1", purpose="research_statistics")


@pytest.fixture
def borough(risk: Risk) -> Borough:
    return Borough(risk.ground.connection)


async def count(risk: Risk) -> dict[str, Any]:
    """Has the month counted, as the job's child does."""
    async with risk.unit("research_statistics") as unit:
        may = await releases._may(unit)
    assert risk.stored.vault is not None
    with (
        psycopg.connect(risk.stored.dsn, autocommit=True) as store,
        psycopg.connect(risk.stored.vault.dsn, autocommit=True) as vault,
    ):
        made: dict[str, Any] = snapshot.make(store, vault, may, lambda *_: None, clock.today())
    return made


async def ask(risk: Risk, **question: Any) -> dict[str, Any]:
    answer = await risk.post(f"{PATH}/queries", question)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def cells(told: dict[str, Any], *names: str) -> dict[tuple[str, ...], int | None]:
    return {
        tuple(row["at"][name] for name in names): row["count"] for row in told["rows"] if row["at"].keys() == set(names)
    }


async def test_small_places_are_hidden_and_what_would_tell_them(risk: Risk, borough: Borough) -> None:
    borough.households(4, "rising_debt", ward=WARD)
    borough.households(203, ward=WARD)
    borough.households(61, "rising_debt", ward=OTHER_WARD)
    borough.households(118, ward=OTHER_WARD)
    await count(risk)
    told = await ask(risk, by=["ward", "factor:rising_debt"], share=None)
    assert cells(told) == {(): 390}
    assert cells(told, "ward") == {(WARD,): 210, (OTHER_WARD,): 180, ("none",): 0}
    # The four, what would give them away, and what would give that away.
    assert set(cells(told, "ward", "factor:rising_debt").values()) <= {None, 0, 60, 120, 200}
    assert cells(told, "ward", "factor:rising_debt")[WARD, "yes"] is None
    assert cells(told, "ward", "factor:rising_debt")[WARD, "no"] is None
    assert told["suppressed"] is True
    assert (told["threshold"], told["rounding"], told["release"]) == (10, 10, "2026-12")


@pytest.mark.parametrize("kind", ["apart", "restricted"])
async def test_a_protected_home_is_in_no_month(risk: Risk, borough: Borough, kind: str) -> None:
    borough.households(203, ward=WARD)
    borough.households(187, ward=OTHER_WARD)
    # With them it would be 210 and 400.
    protect(risk, borough, 7, kind=kind)
    await count(risk)
    told = await ask(risk, by=["ward"])
    assert cells(told) == {(): 390}
    assert cells(told, "ward") == {(WARD,): 200, (OTHER_WARD,): 190, ("none",): 0}


async def test_a_share_is_of_rounded_numbers_and_hidden_with_them(risk: Risk, borough: Borough) -> None:
    borough.households(52, "rising_debt", ward=WARD)
    borough.households(148, ward=WARD)
    borough.households(60, "rising_debt", ward=OTHER_WARD)
    borough.households(140, ward=OTHER_WARD)
    await count(risk)
    share = {"dimension": "factor:rising_debt", "category": "yes"}
    told = await ask(risk, by=["ward"], share=share)
    shares = {row["at"].get("ward"): row["share"] for row in told["rows"]}
    assert shares == {None: 0.275, WARD: 0.25, OTHER_WARD: 0.3, "none": None}
    part = await ask(risk, where={"ward": [WARD]}, share=share)
    assert [(row["count"], row["share"]) for row in part["rows"]] == [(200, 0.25)]


async def test_what_is_no_question_is_refused_and_what_is_too_much_is_only_hidden(risk: Risk, borough: Borough) -> None:
    borough.households(30, "rising_debt")
    await count(risk)
    for question, pointer in (
        ({"by": ["shoe_size"]}, "/by"),
        ({"by": ["ward", "children", "adults", "known"]}, "/by"),
        ({"by": ["ward"], "where": {"children": ["seven"]}}, "/where/children"),
        ({"count": "events", "kind": "hub.contact"}, "/months"),
        ({"count": "amounts", "kind": "hub.contact"}, "/kind"),
        ({"by": ["ward"], "share": {"dimension": "ward", "category": WARD}}, "/share/dimension"),
    ):
        answer = await risk.post(f"{PATH}/queries", question)
        assert answer.status_code == 422, question
        assert answer.json()["errors"][0]["pointer"].startswith(pointer), answer.text
    told = await ask(risk, by=["ward", "children", "adults"])
    assert told["suppressed"] is True


async def test_before_a_month_is_counted_nothing_is_said(risk: Risk) -> None:
    answer = await risk.post(f"{PATH}/queries", {"by": ["ward"]})
    assert answer.status_code == 409
    assert (await risk.post(f"{PATH}/releases", None)).status_code == 202
    assert risk.looks()[-1][2] == "observatory/release"


async def test_the_same_question_has_the_same_answer_all_month(
    risk: Risk, borough: Borough, day: Callable[[date], None]
) -> None:
    borough.households(120, "rising_debt")
    assert (await count(risk))["made"] is True
    first = await ask(risk, by=["children"])
    borough.households(400, "rising_debt")
    day(date(2026, 12, 19))
    assert (await count(risk))["made"] is False
    again = await ask(risk.other(role="manager", worker="manager-1"), by=["children"])
    assert again["rows"] == first["rows"]


async def test_a_number_that_moved_by_few_since_last_month_stays(
    risk: Risk, borough: Borough, day: Callable[[date], None]
) -> None:
    """One month less the other would be those few; both months' answers stand for a year."""
    gone = borough.households(203, ward=WARD)[:6]
    borough.households(203, ward=OTHER_WARD)
    await count(risk)
    before = cells(await ask(risk, by=["ward"]), "ward")
    for each in gone:
        risk.ground.connection.execute("delete from home where household = %s", [each])
    borough.households(3, ward=WARD)
    borough.households(40, ward=OTHER_WARD)
    day(date(2027, 1, 4))
    await count(risk)
    after = cells(await ask(risk, by=["ward"]), "ward")
    assert before == {(WARD,): 200, (OTHER_WARD,): 200, ("none",): 0}
    assert after == {(WARD,): 200, (OTHER_WARD,): 240, ("none",): 0}
    # Counted against what was told, not against last month: small steps add up and are shown in the end.
    borough.households(14, ward=WARD)
    day(date(2027, 2, 4))
    await count(risk)
    assert cells(await ask(risk, by=["ward"]), "ward")[WARD,] == 210


async def test_a_cohort_counted_before_hides_what_lies_near(risk: Risk, borough: Borough) -> None:
    borough.households(200, "rising_debt")
    borough.households(7)
    borough.households(200, ward=OTHER_WARD)
    linking = risk.other(purpose="data_linkage")
    counted = await linking.post("/v1/risk/cohorts/preview", {"definition": {"factor": "rising_debt"}, "by": None})
    assert counted.json()["households"] == 200
    await count(risk)
    told = cells(await ask(risk, by=["ward"]), "ward")
    assert told[WARD,] is None


@pytest.mark.full
async def test_a_table_shown_before_hides_a_cohort_that_lies_near(risk: Risk, borough: Borough) -> None:
    borough.households(200, "rising_debt")
    borough.households(7)
    borough.households(200, ward=OTHER_WARD)
    await count(risk)
    assert cells(await ask(risk, by=["ward"]), "ward")[WARD,] == 210
    linking = risk.other(purpose="data_linkage")
    counted = await linking.post("/v1/risk/cohorts/preview", {"definition": {"factor": "rising_debt"}, "by": None})
    assert counted.json()["households"] is None


@pytest.mark.full
async def test_months_and_amounts(risk: Risk, borough: Borough) -> None:
    homes = borough.households(60, ward=WARD)
    for each in homes[:34]:
        borough.fact(each, "hub.contact", date(2026, 11, 3))
    for each in homes[:3]:
        borough.fact(each, "hub.contact", date(2026, 10, 3))
    await count(risk)
    told = await ask(risk, count="events", kind="hub.contact", months=["2026-09", "2026-10", "2026-11"])
    # Nobody and three look alike.
    assert [(row["at"]["month"], row["count"]) for row in told["rows"]] == [
        ("2026-09", None),
        ("2026-10", None),
        ("2026-11", 30),
    ]


def amounts(risk: Risk, borough: Borough, homes: list[UUID], pounds: list[int]) -> None:
    for home, amount in zip(homes, pounds, strict=True):
        record = UUID(int=borough.chance.getrandbits(128))
        risk.ground.connection.execute(
            "insert into placed (record, source, resident, household, certainty, probability)"
            " values (%s, 'rent_balances', %s, %s, 'confirmed', 1)",
            [record, record, home],
        )
        risk.ground.fact(record, "rent.arrears", date(2026, 12, 1), amount=amount)


@pytest.mark.full
async def test_an_amount_that_one_household_dominates_is_hidden(risk: Risk, borough: Borough) -> None:
    amounts(risk, borough, borough.households(20, ward=WARD), [300] * 20)
    amounts(risk, borough, borough.households(20, ward=OTHER_WARD), [40_000, 900, *[10] * 18])
    amounts(risk, borough, borough.households(40, ward="E05014055"), [250] * 40)
    await count(risk)
    told = cells(await ask(risk, count="amounts", kind="rent.arrears", by=["ward"]), "ward")
    assert told[OTHER_WARD,] is None
    # And what the borough's total less the others would tell.
    assert sum(each is None for each in told.values()) >= 2 or cells(told) == {(): None}


@pytest.mark.full
async def test_residents_are_counted_in_bands_and_by_household(risk: Risk, borough: Borough) -> None:
    homes = borough.households(60, "rising_debt", ward=WARD)
    assert risk.stored.vault is not None
    with psycopg.connect(risk.stored.vault.dsn, autocommit=True) as vault:
        for number, home in enumerate(homes):
            born = date(1950, 1, 1) if number < 25 else date(1990, 5, 5)
            record = vault.execute(
                "insert into record (source, reference, given, sex, born, ethnicity, digest, pseudonym)"
                " values ('adult_care', %s, 'Amina', %s, %s, 'white british', %s, %s) returning record_id",
                [f"AC-{number}", "f" if number % 2 else "m", born, home, UUID(int=number + 1)],
            ).fetchone()
            assert record is not None
            resident = UUID(int=10_000 + number)
            vault.execute("insert into resident (resident_id) values (%s)", [resident])
            vault.execute(
                "insert into record_resident (record_id, resident_id, certainty, probability)"
                " values (%s, %s, 'confirmed', 1)",
                [record[0], resident],
            )
            risk.ground.connection.execute(
                "insert into placed (record, source, resident, household, certainty, probability)"
                " values (%s, 'adult_care', %s, %s, 'confirmed', 1)",
                [UUID(int=number + 1), pseudonyms.of_resident(resident), home],
            )
    assert (await count(risk))["residents"] == 60
    told = await ask(risk, count="residents", by=["age"])
    # Nobody is of the other ages, which is hidden; so the twenty-five are too, or the total would tell it.
    assert {at[0]: number for at, number in cells(told, "age").items() if number} == {"25 to 44": 40}
    kept = risk.stored.rows("select content from observatory_release")[0]["content"]
    assert b"Amina" not in kept


async def test_every_question_is_in_the_log_which_information_governance_reads(risk: Risk, borough: Borough) -> None:
    borough.households(50)
    await count(risk)
    await ask(risk, by=["ward"])
    lead = risk.other(role="information_governance_lead", worker="grace", purpose="information_governance")
    log = [each for each in (await lead.get(f"{PATH}/queries"))["items"] if "ledger" not in each["question"]]
    assert [(each["asked_by"], each["purpose"], each["question"]) for each in log] == [
        ("analyst-1", "research_statistics", {"by": ["ward"]})
    ]
    assert "answer" not in log[0]
    offered = await risk.get(f"{PATH}/dimensions")
    assert {each["count"] for each in offered["countable"]} == {"households", "residents", "events", "amounts"}
