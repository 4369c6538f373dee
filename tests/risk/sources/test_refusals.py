"""What is refused before anything is stored: wrong columns, lapsed agreements, files that are none. Never a fault."""

import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.risk.sources.header import LONGEST_HEADER
from tests.risk.sources.ground import ACCOUNT, ARREARS, Loading, as_csv

pytestmark = pytest.mark.usefixtures("inside")

PARQUET = "application/vnd.apache.parquet"


@pytest.fixture(autouse=True)
def _no_faults() -> Iterator[None]:
    with capture_logs() as said:
        yield
    assert [each for each in said if each["event"] == "fault"] == []


def nothing_stored(loading: Loading, spool: Path) -> None:
    assert loading.risk.stored.rows("select * from source_load") == []
    assert loading.risk.stored.rows("select * from job") == []
    assert loading.facts() == []
    assert loading.records() == []
    assert not spool.exists() or list(spool.iterdir()) == []


async def test_wrong_columns_are_named_and_nothing_is_stored(loading: Loading, tmp_path: Path) -> None:
    columns = ["account_ref", "month", "charge", "paid", "owed", "instalment_missed", "stage"]
    file = as_csv("council_tax_arrears", [], columns=columns) + b"CT-1,2026-11,1,1,1,Y,\n"
    answer = await loading.post_file("council_tax_arrears", file)
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["type"].endswith("/wrong-columns")
    assert (problem["missing"], problem["unknown"]) == (["balance"], ["owed"])
    assert [(each["pointer"], each["rule"]) for each in problem["errors"]] == [
        ("/balance", "missing"),
        ("/owed", "unknown"),
    ]
    nothing_stored(loading, tmp_path / "spool")


async def test_a_column_without_a_legal_gateway_is_refused(loading: Loading, tmp_path: Path) -> None:
    source = (await loading.get("/v1/risk/sources/council_tax_accounts"))["fields"]
    kept = [group for group in source if "phone" not in group["names"]]
    keeper = Loading(loading.risk, "information_governance", "information_governance_lead")
    path = "/v1/risk/sources/council_tax_accounts"
    changed = await keeper.send("PATCH", path, {"fields": kept}, if_match='"1"')
    assert changed.status_code == 200, changed.text
    answer = await loading.post_file("council_tax_accounts", as_csv("council_tax_accounts", [ACCOUNT]))
    assert answer.status_code == 422
    assert [(each["pointer"], each["rule"]) for each in answer.json()["errors"]] == [
        ("/phone", "no-gateway"),
        ("/email", "no-gateway"),
    ]
    nothing_stored(loading, tmp_path / "spool")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"agreed_to": "2026-12-07"}, "The agreement for Council tax arrears by month ended on 7 December 2026"),
        ({"agreed_from": "2026-12-08"}, "begins on 8 December 2026"),
        ({"paused": True, "pause_reason": "The residents' panel asked why"}, "The residents' panel asked why"),
    ],
)
async def test_a_lapsed_or_paused_agreement_stops_the_feed_that_day(
    loading: Loading, tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    path = "/v1/risk/sources/council_tax_arrears"
    file = as_csv("council_tax_arrears", [ARREARS])
    keeper = Loading(loading.risk, "information_governance", "information_governance_lead")
    assert (await keeper.send("PATCH", path, change, if_match='"1"')).status_code == 200
    answer = await loading.post_file("council_tax_arrears", file)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "feed-stopped")
    assert said in answer.json()["detail"]
    nothing_stored(loading, tmp_path / "spool")


async def test_an_agreement_that_ends_while_a_load_waits_stops_it(loading: Loading) -> None:
    assert (await loading.post_file("council_tax_arrears", as_csv("council_tax_arrears", [ARREARS]))).status_code == 202
    loading.risk.stored.execute(
        "update data_product set paused = true, pause_reason = 'Asked' where code = 'council_tax_arrears'"
    )
    await loading.work_off("load")
    (load,) = (await loading.get("/v1/risk/sources/council_tax_arrears/loads"))["items"]
    assert (load["state"], "Asked" in load["problem"]) == ("failed", True)
    assert loading.facts() == []


GOOD = as_csv("council_tax_arrears", [ARREARS])


_NOISE = random.Random(7).randbytes(50_000)
"""The same in every process of a run: a test's name must not change."""


@pytest.mark.parametrize(
    ("body", "form", "status"),
    [
        (b"", "text/csv", 422),
        (b"\n\n", "text/csv", 422),
        (GOOD.splitlines(keepends=True)[0], "text/csv", 422),
        (GOOD.replace(b"CT-1", b"CT\x00-1"), "text/csv", 422),
        (b"\x00" * 4096, "text/csv", 422),
        (_NOISE + _NOISE, "text/csv", 422),
        (GOOD.replace(b"CT-1", b"CT\xff\xfe"), "text/csv", 422),
        (GOOD[:-2] + b"\xe2\x82", "text/csv", 422),
        (b"a" * (LONGEST_HEADER + 10), "text/csv", 422),
        (b'"' * 5000, "text/csv", 422),
        (GOOD, "text/csv; charset=utf-16", 422),
        (GOOD, "text/csv; charset=klingon", 422),
        (GOOD, "application/json", 415),
        (GOOD, "", 415),
        (GOOD, "text/csv; charset*=a'b", 422),
        (GOOD, PARQUET, 422),
        (b"PAR1", PARQUET, 422),
        (b"PAR1" + _NOISE + b"PAR1", PARQUET, 422),
    ],
)
async def test_what_is_no_file_is_a_problem_and_never_a_fault(
    loading: Loading, tmp_path: Path, body: bytes, form: str, status: int
) -> None:
    answer = await loading.post_file("council_tax_arrears", body, form)
    assert answer.status_code == status, answer.text
    if status != 202:
        assert answer.headers["content-type"] == "application/problem+json"
        nothing_stored(loading, tmp_path / "spool")


@pytest.mark.full
async def test_a_file_that_is_rubbish_below_its_header_goes_to_quarantine(loading: Loading) -> None:
    header = GOOD.splitlines(keepends=True)[0]
    rows = [b"x" * 2_000_000, b'"a,b,c', b",,,,,,", b"CT-1,2026-13,1,1,1e99,maybe,never", GOOD.splitlines()[1]]
    load = await loading.load("council_tax_arrears", header + b"\n".join([rows[-1], *rows[2:4], rows[0], b""]))
    assert (load["rows"], load["rows_new"], load["rows_quarantined"]) == (4, 1, 3)
    told = await loading.aside(load)
    assert (3, "balance", "an amount of money", True) in told
    assert (3, "instalment_missed", "Y or N", True) in told
    assert (3, "month", "a month (yyyy-mm)", True) in told
    assert (3, "stage", "one of its codes", True) in told
    assert (2, "account_ref", "present", True) in told
    assert any(row == 4 and rule == "at most a million bytes" for row, _, rule, _ in told)


async def test_a_body_that_breaks_off_leaves_nothing(loading: Loading, tmp_path: Path) -> None:
    from starlette.requests import ClientDisconnect, Request

    whole = Request.stream

    async def broken(self: Request) -> AsyncIterator[bytes]:
        async for piece in whole(self):
            yield piece[:80]
            raise ClientDisconnect

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Request, "stream", broken)
        answer = await loading.post_file("council_tax_arrears", GOOD)
    assert answer.status_code == 400
    nothing_stored(loading, tmp_path / "spool")


async def test_unknown_sources_and_extracts_of_tomorrow_are_refused(loading: Loading, tmp_path: Path) -> None:
    assert (await loading.post_file("horoscopes", GOOD)).status_code == 404
    tomorrow = await loading.post_file("council_tax_arrears", GOOD, query="?extracted_on=2026-12-08")
    assert tomorrow.status_code == 422
    nothing_stored(loading, tmp_path / "spool")


async def test_the_same_key_gives_the_same_load(loading: Loading) -> None:
    one = await loading.post_file("council_tax_arrears", GOOD, key="once")
    other = await loading.post_file("council_tax_arrears", GOOD, key="once")
    assert one.json() == other.json()
    assert len(loading.risk.stored.rows("select id from source_load")) == 1
