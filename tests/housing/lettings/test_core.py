"""The lettings log: each published check, what follows by itself, and a year's file."""

import csv
import io
from datetime import date
from typing import Any, Final

import pytest

from services.housing.returns.core import checks
from services.housing.returns.core.fields import FIELDS, waited, weekly, year_of
from tests.housing.doors import Housing
from tests.housing.lettings.ground import LETTINGS, a_home, an_advert, bids, closed, offered, says, starts, today, waits

TODAY = date(2026, 11, 9)
GOOD: Final[dict[str, Any]] = {
    "needstype": 1, "rent_type": 0, "renewal": 0, "startdate": "2026-11-02", "uprn": "100023336956",
    "postcode_full": "RM10 8XX", "la": "E09000002", "unittype_gn": 1, "builtype": 1, "wchair": 2, "beds": 2,
    "rsnvac": 13, "first_time_property_let_as_social_housing": 0, "voiddate": "2026-10-01", "mrcdate": "2026-10-20",
    "offered": 1, "startertenancy": 2, "tenancy": 7, "joint": 2, "hhmemb": 2,
    "age1": 34, "sex1": "F", "ecstat1": 1, "age2": 6, "sex2": "M", "relat2": "C", "ecstat2": 9,
    "ethnic": 13, "nationality_all": 826, "armedforces": 2, "preg_occ": 2, "housingneeds": 2, "illness": 2,
    "layear": 11, "waityear": 7, "reason": 12, "prevten": 3, "homeless": 1, "previous_la_known": 1,
    "prevloc": "E09000002", "reasonpref": 1, "rp_insan_unsat": 1, "cbl": 1, "cap": 0, "chr": 0,
    "accessible_register": 0, "referral_register": 3, "net_income_known": 0, "incfreq": 1, "earnings": 420_00,
    "hb": 9, "benefits": 3, "household_charge": 0, "period": 1, "brent": 128_40, "scharge": 9_10, "pscharge": 0,
    "supcharg": 0,
}  # fmt: skip

# What is said otherwise, and the check that then does not hold.
HARD: Final[tuple[tuple[dict[str, Any], str], ...]] = (
    ({"needstype": None}, "missing"),
    ({"needstype": 9}, "kind"),
    ({"beds": "two"}, "kind"),
    ({"startdate": "2 November"}, "kind"),
    ({"startdate": "2026-11-24"}, "start-ahead"),
    ({"uprn": "1234567890123"}, "uprn"),
    ({"postcode_full": "RM108XX"}, "postcode"),
    ({"la": "W06000015"}, "la"),
    ({"voiddate": "2026-11-03"}, "before-start"),
    ({"mrcdate": "2026-09-30"}, "repairs-after-void"),
    ({"voiddate": "2006-11-01"}, "twenty-years"),
    ({"rsnvac": 15, "first_time_property_let_as_social_housing": 1}, "repairs-first-let"),
    ({"rsnvac": 15, "mrcdate": None}, "first-let"),
    ({"rsnvac": 9}, "temporary"),
    ({"rsnvac": 14}, "renewal"),
    ({"joint": 1, "hhmemb": 1, "age2": None, "sex2": None, "relat2": None, "ecstat2": None}, "joint"),
    ({"tenancy": 6}, "fixed-term"),
    ({"tenancy": 6, "tenancylength": 1}, "term"),
    ({"tenancylength": 5}, "no-term"),
    ({"hhmemb": 1}, "too-many"),
    ({"hhmemb": 9}, "people"),
    ({"age2": 16}, "child"),
    ({"ecstat2": 7}, "child"),
    ({"relat2": "P"}, "partner-age"),
    ({"age1": 15, "ecstat1": 9}, "lead-age"),
    ({"prevten": 13}, "care"),
    ({"layear": 1}, "just-moved"),
    ({"reason": 20}, "reason-other"),
    ({"reason": 20, "reasonother": "Homeless"}, "reason-other"),
    ({"rp_insan_unsat": 0}, "preference"),
    ({"reasonpref": 2}, "preference"),
    ({"earnings": 1231_00}, "income"),
    ({"benefits": 1}, "benefits"),
    ({"brent": 5_00, "scharge": 0}, "least"),
    ({"tcharge": 1_00}, "total"),
    ({"scharge": 501_00}, "charge"),
    ({"hbrentshortfall": 1}, "shortfall"),
    ({"hb": 1}, "missing"),
    ({"hb": 1, "hbrentshortfall": 1, "tshortfall": 200_00}, "shortfall"),
)
SOFT: Final[tuple[tuple[dict[str, Any], str], ...]] = (
    ({"voiddate": "2024-11-01"}, "two_years"),
    ({"earnings": 800_00}, "income"),
    ({"brent": 300_00}, "rent"),
    ({"age1": 71}, "not_retired"),
    ({"age1": 50, "ecstat1": 5, "earnings": 200_00}, "retired"),
    ({"preg_occ": 1, "age1": 60}, "pregnancy"),
    ({"rp_homeless": 1}, "homeless_preference"),
)


def found(**otherwise: Any) -> list[tuple[str, str]]:
    log = {name: value for name, value in {**GOOD, **otherwise}.items() if value is not None}
    return [(each.check, each.severity) for each in checks.findings(log, today=TODAY, council=True)]


def test_every_check_notices_its_breach_and_nothing_else_does() -> None:
    assert found() == []
    for otherwise, check in HARD:
        assert (check, "hard") in found(**otherwise), otherwise
    for otherwise, check in SOFT:
        assert found(**otherwise) == [(check, "soft")], otherwise


def test_a_confirmed_value_is_settled_until_it_changes() -> None:
    unusual = checks.findings({**GOOD, "brent": 300_00}, today=TODAY, council=True)
    confirmed = {"rent": {"seen": unusual[0].seen}}
    assert checks.open_findings(unusual, confirmed) == []
    more = checks.findings({**GOOD, "brent": 301_00}, today=TODAY, council=True)
    assert [each.check for each in checks.open_findings(more, confirmed)] == ["rent"]


@pytest.mark.parametrize(("amount", "period", "week"), [(100_00, 1, 100_00), (520_00, 4, 120_00), (1, 2, 1), (3, 9, 3)])
def test_an_amount_is_of_a_week(amount: int, period: int, week: int) -> None:
    assert weekly(amount, period) == week


def test_years_and_waits_have_their_codes() -> None:
    assert [year_of(date(2027, 3, 31)), year_of(date(2027, 4, 1))] == [2026, 2027]
    since = date(2020, 11, 9)
    on = [date(2021, 11, 8), date(2021, 11, 9), date(2025, 11, 9), date(2030, 11, 8), date(2030, 11, 9)]
    assert [waited(since, each) for each in on] == [2, 7, 11, 11, 12]


@pytest.mark.full
async def test_a_log_opens_with_the_tenancy_and_ends_in_the_file(housing: Housing) -> None:
    today(housing)
    who, home = await waits(housing), await a_home(housing)
    advert = await an_advert(housing, home)
    await bids(housing, who, advert)
    await closed(housing, advert)
    yes = await says(housing, await offered(housing, advert), accepts=True)
    letting = await housing.good(
        "POST", f"/offers/{yes['id']}/lettings", starts(who), version=yes["version"], **LETTINGS
    )
    path = f"/lettings/{letting['id']}/core"
    log = await housing.good("GET", path, **LETTINGS)
    known = log["answers"]
    assert (known["beds"], known["rsnvac"], known["hhmemb"], known["brent"]) == (2, 15, 2, 128_40)
    assert (known["cbl"], known["waityear"], known["reasonpref"], known["rp_insan_unsat"]) == (1, 8, 1, 1)
    asked = {each["name"] for each in log["to_ask"]}
    assert {"ethnic", "ecstat1", "reason"} <= asked
    assert not asked & set(known)
    year = await housing.good("GET", "/returns/core?year=2026", **LETTINGS)
    assert (year["included"], year["left_out"]) == (0, 1)
    assert any("not answered yet" in each for each in year["lines"][0]["why"])

    told = {name: GOOD[name] for name in asked if name in GOOD} | {"incfreq": 1, "earnings": 900_00}
    wrong = await housing.refused(422, "PUT", path, {"answers": {"ethnic": 99, "shoe": 1}}, version=1, **LETTINGS)
    assert {each["pointer"] for each in wrong["errors"]} == {"/answers/ethnic", "/answers/shoe"}
    kept = await housing.good("PUT", path, {"answers": told}, version=1, **LETTINGS)
    assert [(each["check"], each["severity"]) for each in kept["findings"]] == [("income", "soft")]
    sure = {"check": "income", "words": "Two payslips and a bonus"}
    done = await housing.good("POST", f"{path}/confirmations", sure, version=2, **LETTINGS)
    assert done["complete"] is True
    year = await housing.good("GET", "/returns/core?year=2026", **LETTINGS)
    assert (year["included"], year["errors"]) == (1, 0)
    answer = await housing("GET", "/returns/core/csv?year=2026", **LETTINGS)
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert list(rows[0]) == list(FIELDS)
    assert (rows[0]["brent"], rows[0]["tcharge"], rows[0]["startdate"]) == ("128.40", "128.40", "24/11/2026")
    assert (rows[0]["rp_insan_unsat"], rows[0]["rp_homeless"], rows[0]["prevloc"]) == ("1", "0", "E09000002")
