"""Bulk import: streamed in whole or not at all, worked off in steps, the same however often it is loaded."""

import asyncio
import csv
import io
import itertools
import json
import tracemalloc
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any
from uuid import UUID, uuid4

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.errors import Invalid
from services.casefile.imports import commands
from services.casefile.imports.domain import COLUMNS, NotAnExtract, NotReadable, digest_of
from services.casefile.imports.reading import rows_of
from services.casefile.people.domain import phone
from tests.casefile.doors import Casefile
from tests.examples import examples
from tests.service_doors import app_of

NHS, OTHER_NHS, THIRD_NHS = "9434765919", "4505577104", "9876543210"


def row(reference: int | str, /, **values: str) -> dict[str, str]:
    """A row of an extract about a person of their own."""
    own = {"source": "council_tax", "reference": str(reference), "given": f"Given{reference}", "family": "Okafor"}
    return own | values


def as_csv(rows: Iterable[dict[str, str]], columns: Sequence[str] = COLUMNS) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def as_json(rows: Iterable[dict[str, str | None]]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in rows)


async def send(casefile: Casefile, body: Any, form: str = "text/csv", **more: Any) -> Any:
    return await casefile("POST", "/imports", content=body, headers={"Content-Type": form}, **more)


async def load(casefile: Casefile, body: Any, form: str = "text/csv") -> dict[str, Any]:
    """Send a file, work it off, and give the job's result."""
    accepted = await send(casefile, body, form)
    assert accepted.status_code == 202, accepted.text
    await casefile.work_off()
    job = await casefile.good("GET", accepted.headers["location"])
    assert job["state"] == "succeeded", job
    assert (job["done"], job["message"]) == (job["total"], "Done")
    result: dict[str, Any] = job["result"]
    assert job["total"] == result["people_created"] + result["people_matched"] + result["rows_refused"]
    return result


def counts(casefile: Casefile) -> dict[str, int]:
    tables = ("person", "household", "membership", "person_source", "household_source", "person_search", "name_token")
    return {each: casefile.stored.rows(f"select count(*) as n from {each}")[0]["n"] for each in tables}


def everything(casefile: Casefile) -> list[Any]:
    tables = ("person", "household", "membership", "person_source", "household_source", "person_search")
    return [
        casefile.stored.rows(f"select md5(string_agg(t::text, '' order by t::text)) from {each} t") for each in tables
    ]


# What becomes of a file -----------------------------------------------------------------------------------

WHOLE = row(
    1,
    household_reference="H1",
    given="Amina",
    family="Yusuf",
    known_as="Mina",
    former_family="Hassan",
    date_of_birth="1997-05-02",
    nhs_number="943 476 5919",
    nino="AB123456C",
    uprn="000100023336956",
    address="Flat 2; 9 Old Street",
    postcode="rm82ab",
    ward="E05014053",
    phone="07700 900123",
    email="amina@example.org",
    language="so",
)


@pytest.mark.full
@pytest.mark.parametrize(("make", "form"), [(as_csv, "text/csv; charset=utf-8"), (as_json, "application/x-ndjson")])
async def test_a_row_becomes_a_person_with_all_it_says(casefile: Casefile, make: Any, form: str) -> None:
    result = await load(casefile, make([WHOLE]), form)
    assert result == {
        "people_created": 1,
        "people_matched": 0,
        "households_created": 1,
        "rows_refused": 0,
        "refusals": [],
    }
    query = {"name": "Mina Hassan", "date_of_birth": "1997-05-02"}
    (found,) = (await casefile.good("POST", "/people/search", query))["people"]
    person = await casefile.good("GET", f"/people/{found['person_id']}")
    assert [tuple(each.values()) for each in person["names"]] == [
        ("Amina", "Yusuf", "current"),
        ("Mina", "Yusuf", "known_as"),
        ("Amina", "Hassan", "former"),
    ]
    assert (person["nhs_number"], person["nino"], person["date_of_birth"]) == (NHS, "AB123456C", "1997-05-02")
    (address,) = person["addresses"]
    assert address["lines"] == ["Flat 2", "9 Old Street"]
    assert (address["postcode"], address["uprn"], address["ward"]) == ("RM8 2AB", "100023336956", "E05014053")
    assert [each["value"] for each in person["contacts"]] == ["+447700900123", "amina@example.org"]
    assert person["languages"] == ["so"]
    assert len(person["households"]) == 1
    assert casefile.stored.rows("select source, registered_by from person") == [
        {"source": "import", "registered_by": "worker-1"}
    ]


async def test_a_person_loaded_is_changed_like_any_other(casefile: Casefile) -> None:
    await load(casefile, as_csv([WHOLE]))
    (stored,) = casefile.stored.rows("select id from person")
    changed = await casefile.good("PATCH", f"/people/{stored['id']}", {"languages": ["fr"]}, version=1)
    assert changed["addresses"][0]["postcode"] == "RM8 2AB"
    home = changed["households"][0]["household_id"]
    joined = await casefile.person("Idris", "Yusuf", household_id=home)
    assert joined["household_id"] == home


async def test_one_load_is_one_event(casefile: Casefile) -> None:
    rows = [row(number, household_reference="H1") for number in range(3)]
    await load(casefile, as_csv([*rows, row("bad", given="", family="")]))
    (event,) = casefile.announced()
    assert event["type"] == "casefile.import.completed"
    assert event["data"]["rows"] == 4
    assert (event["data"]["people_created"], event["data"]["households_created"]) == (3, 1)
    assert (event["data"]["people_matched"], event["data"]["rows_refused"]) == (0, 1)
    assert (event["actor"], event["subject"]) == ("worker-1", event["data"]["import_id"])
    assert "Okafor" not in json.dumps(event)


@pytest.mark.full
@pytest.mark.parametrize("a_step", [2, 2000])
async def test_households_are_shared_by_reference_across_steps(
    casefile: Casefile, monkeypatch: pytest.MonkeyPatch, a_step: int
) -> None:
    monkeypatch.setattr(commands, "_ROWS_A_STEP", a_step)
    homes = ["H1", "H2", "", "H1", "", "H2", "H1"]
    rows = [row(number, household_reference=home) for number, home in enumerate(homes)]
    # Another source's H1 is another household.
    rows.append({**row(9, household_reference="H1"), "source": "housing"})
    result = await load(casefile, as_csv(rows))
    assert result["households_created"] == 5
    found = casefile.stored.rows(
        "select s.reference, m.household_id from person_source s join membership m using (person_id)"
    )
    home_of = {each["reference"]: each["household_id"] for each in found}
    assert home_of["0"] == home_of["3"] == home_of["6"]
    assert home_of["1"] == home_of["5"]
    assert len({home_of[each] for each in ("0", "1", "2", "4", "9")}) == 5
    again = await load(casefile, as_csv([row(10, household_reference="H1")]))
    assert again["households_created"] == 0


@pytest.mark.full
@pytest.mark.parametrize("a_step", [2, 2000])
async def test_loading_twice_changes_nothing(casefile: Casefile, monkeypatch: pytest.MonkeyPatch, a_step: int) -> None:
    monkeypatch.setattr(commands, "_ROWS_A_STEP", a_step)
    rows = [WHOLE, *(row(number, household_reference=f"H{number % 3}") for number in range(2, 8))]
    first = await load(casefile, as_csv(rows))
    before = everything(casefile)
    again = await load(casefile, as_csv(rows))
    assert (first["people_created"], again["people_created"], again["people_matched"]) == (7, 0, 7)
    assert (again["households_created"], again["rows_refused"]) == (0, 0)
    assert everything(casefile) == before
    # Empty values, spaces and the order of columns don't make it another row.
    spaced = [{name: f" {value} " for name, value in each.items()} for each in rows]
    other = await load(casefile, as_csv(spaced, COLUMNS[::-1]))
    assert (other["people_matched"], other["rows_refused"]) == (7, 0)
    assert everything(casefile) == before


@pytest.mark.full
@pytest.mark.parametrize("a_step", [1, 2000])
async def test_a_reference_with_other_values_is_left_out(
    casefile: Casefile, monkeypatch: pytest.MonkeyPatch, a_step: int
) -> None:
    monkeypatch.setattr(commands, "_ROWS_A_STEP", a_step)
    result = await load(casefile, as_csv([row(1), row(2), row(1, given="Other"), row(1)]))
    assert (result["people_created"], result["people_matched"], result["rows_refused"]) == (2, 1, 1)
    (refusal,) = result["refusals"]
    assert (refusal["line"], refusal["field"], refusal["rule"]) == (4, "/reference", "loaded-differently")
    later = await load(casefile, as_csv([row(2, given="Other")]))
    assert (later["people_matched"], later["rows_refused"]) == (0, 1)
    assert casefile.stored.rows("select 1 from person where position('Other' in names::text) > 0") == []


@pytest.mark.full
@pytest.mark.parametrize("a_step", [1, 2000])
async def test_a_number_says_who_somebody_is(casefile: Casefile, monkeypatch: pytest.MonkeyPatch, a_step: int) -> None:
    monkeypatch.setattr(commands, "_ROWS_A_STEP", a_step)
    known = await casefile.person("Amina", "Yusuf", nhs_number=NHS, date_of_birth="1997")
    rows = [
        row(1, nhs_number=NHS, date_of_birth="1997-05-02"),
        row(2, nino="AB123456C"),
        row(3, nino="AB 12 34 56 C"),
        row(4, nhs_number=OTHER_NHS, household_reference="H1"),
        {**row(5, nhs_number=OTHER_NHS, household_reference="H7"), "source": "housing"},
    ]
    result = await load(casefile, as_csv(rows))
    assert (result["people_created"], result["people_matched"]) == (2, 3)
    # Someone matched brings no household with them.
    assert result["households_created"] == 2
    whose = {each["reference"]: str(each["person_id"]) for each in casefile.stored.rows("select * from person_source")}
    assert whose["1"] == known["id"]
    assert whose["2"] == whose["3"]
    assert whose["4"] == whose["5"]
    assert (
        casefile.stored.rows(
            "select 1 from household h where not exists (select from membership m where m.household_id = h.id)"
        )
        == []
    )
    person = await casefile.good("GET", f"/people/{known['id']}")
    assert (person["version"], person["date_of_birth"]) == (1, "1997")


async def test_a_number_with_another_birth_date_is_a_slip_not_a_match(casefile: Casefile) -> None:
    await casefile.person("Amina", "Yusuf", nhs_number=NHS, date_of_birth="1997-05-02")
    rows = [row(1, nhs_number=NHS, date_of_birth="1961"), row(2, nhs_number=OTHER_NHS, date_of_birth="1980")]
    result = await load(casefile, as_csv([*rows, row(3, nhs_number=OTHER_NHS, date_of_birth="1981")]))
    assert (result["people_created"], result["people_matched"]) == (1, 0)
    assert [(each["line"], each["rule"]) for each in result["refusals"]] == [
        (2, "number-of-another"),
        (4, "number-of-another"),
    ]


async def test_a_number_of_someone_merged_is_the_one_who_stands(casefile: Casefile) -> None:
    alias, stands = [await casefile.person(name, nhs_number=NHS) for name in ("Amina", "Aamina")]
    body = {"survivor_id": stands["id"], "reason": "the same"}
    await casefile.good("POST", f"/people/{alias['id']}/merge", body, version=1)
    await load(casefile, as_csv([row(1, nhs_number=NHS)]))
    assert [str(each["person_id"]) for each in casefile.stored.rows("select * from person_source")] == [stands["id"]]


# Rows left out --------------------------------------------------------------------------------------------

BAD_ROWS = [
    ({"nhs_number": "9434765918"}, "/nhs_number", "nhs-number-check-digit"),
    ({"nino": "BG123456A"}, "/nino", "nino-prefix"),
    ({"date_of_birth": "02/05/1997"}, "/date_of_birth", "partial-date-form"),
    ({"date_of_birth": "2999"}, "/date_of_birth", "birth-not-future"),
    ({"postcode": "nowhere"}, "/postcode", "postcode-form"),
    ({"uprn": "12x"}, "/uprn", "uprn-form"),
    ({"phone": "Barking"}, "/phone", "phone-form"),
    ({"email": "nobody"}, "/email", "email-form"),
    ({"given": "", "family": " "}, "/given", "name-not-empty"),
    ({"known_as": "?", "family": ""}, "/given", "name-not-empty"),
    ({"source": " "}, "/source", "required"),
    ({"reference": ""}, "/reference", "required"),
    ({"ward": "Gascoigne"}, "/ward", "ward-code"),
    ({"language": "Somali!"}, "/language", "language-code"),
    ({"given": "x" * 201}, "/given", "too-long"),
    ({"household_reference": "x" * 201}, "/household_reference", "too-long"),
    ({"address": "x" * 201}, "/address", "too-long"),
    ({"address": "a;b;c;d;e;f;g"}, "/address", "too-long"),
]


async def test_bad_rows_are_left_out_by_line_field_and_rule_without_their_values(casefile: Casefile) -> None:
    rows = [row(0), *(row(number, **values) for number, (values, _, _) in enumerate(BAD_ROWS, 1)), row(99)]
    rows[5]["nino"] = "XX1"
    result = await load(casefile, as_csv(rows))
    assert (result["people_created"], result["rows_refused"]) == (2, len(BAD_ROWS))
    # The header is line 1. Of a row with two faults the first is named, and the words tell both.
    found = [(each["line"], each["field"], each["rule"]) for each in result["refusals"]]
    wanted = [(line, field, rule) for line, (_, field, rule) in enumerate(BAD_ROWS, 3)]
    wanted[4] = (7, "/nino", "nino-form")
    assert found == wanted
    assert result["refusals"][4]["detail"] == "/nino: nino-form; /postcode: postcode-form"
    told = json.dumps(result) + json.dumps(casefile.stored.rows("select line, field, rule, detail from import_refusal"))
    for values, _, _ in BAD_ROWS:
        for value in values.values():
            assert len(value) < 4 or value not in told, value
    assert casefile.stored.rows("select 1 from import_row") == []


@pytest.mark.full
async def test_no_more_than_a_hundred_refusals_are_shown_but_all_counted(casefile: Casefile) -> None:
    result = await load(casefile, as_csv([row(number, uprn="x") for number in range(130)]))
    assert result["rows_refused"] == 130
    assert [each["line"] for each in result["refusals"]] == list(range(2, 102))


async def test_lines_are_those_of_the_file(casefile: Casefile) -> None:
    rows = [row(1, address="a\nb\r\nc"), row(2, uprn="x"), row(3), row(4, uprn="x")]
    body = as_csv(rows).replace(b"Given3", b'"Given\n3"') + b"\r\n\r\n" + as_csv([row(5, uprn="x")]).split(b"\r\n")[1]
    result = await load(casefile, body)
    text = body.decode().split("\n")
    marked = [number for number, line in enumerate(text, 1) if "Given2" in line or "Given4" in line or "Given5" in line]
    assert [each["line"] for each in result["refusals"]] == marked
    lines = as_json([row(11), row(12, uprn="x")]).replace(b"\n", b"\n\n")
    again = await load(casefile, lines, "application/x-ndjson")
    assert [each["line"] for each in again["refusals"]] == [3]


# Files refused whole --------------------------------------------------------------------------------------

JSON = "application/x-ndjson"


@pytest.mark.full
@pytest.mark.parametrize(
    ("form", "body", "slug"),
    [
        ("text/csv", b"", "invalid"),
        ("text/csv", b"\n\n", "invalid"),
        ("text/csv", as_csv([]), "invalid"),
        ("text/csv", as_csv([row(1)], [*COLUMNS, "salary"]), "wrong-columns"),
        ("text/csv", b"source,reference,given\na,1,b\n", "wrong-columns"),
        ("text/csv", b"source,reference,given,family,given\na,1,b,c,d\n", "wrong-columns"),
        ("text/csv", as_csv([row(1)]) + b"one,two\r\n", "invalid"),
        ("text/csv", as_csv([row(1)]) + b'"never closed\r\n' + as_csv([row(2)]), "invalid"),
        ("text/csv", as_csv([row(1)]) + b'"a"b",1' + b"," * (len(COLUMNS) - 2), "invalid"),
        ("text/csv", as_csv([row(1)]) + b"\xff\xfe", "invalid"),
        ("text/csv", as_csv([row(1), row(2)])[:-3] + b"\xc3", "invalid"),
        ("text/csv", as_csv([row(1, given="a\x00b")]), "invalid"),
        ("text/csv", as_csv([row(1)]) + b"x" * 200_000, "invalid"),
        ("text/csv", as_csv([row(1)]) + b'"' + b"x\n" * 60_000, "invalid"),
        (JSON, as_json([row(1)]) + b"{", "invalid"),
        (JSON, as_json([row(1)]) + b"[1]\n", "invalid"),
        (JSON, as_json([row(1)]) + b'{"source": 1}\n', "invalid"),
        (JSON, as_json([row(1)]) + b"[" * 90_000, "invalid"),
        (JSON, as_json([row(1), {**row(2), "salary": "1"}]), "wrong-columns"),
        (JSON, as_json([row(1)]) + b'{"\\ud800": "1"}\n', "wrong-columns"),
        (JSON, as_json([row(1)]) + b'{"source": "\\ud800"}\n', "invalid"),
        (JSON, as_json([row(1)]) + b'{"source": "' + b"x" * 200_000, "invalid"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
async def test_what_is_no_extract_is_refused_before_anything_is_stored(
    casefile: Casefile, form: str, body: bytes, slug: str
) -> None:
    response = await send(casefile, body, form, key="k")
    assert response.status_code == 422, response.text
    assert response.json()["type"].endswith(f"/{slug}")
    for table in ("import_row", "job", "person", "outbox", "audit_entry", "idempotency"):
        assert casefile.stored.rows(f"select 1 from {table}") == [], table


async def test_wrong_columns_are_named(casefile: Casefile) -> None:
    response = await send(casefile, b"reference,given,family,salary\n1,a,b,c\n")
    assert response.json()["missing"] == ["source"]
    assert response.json()["unknown"] == ["salary"]


@pytest.mark.parametrize("form", ["application/json", "", "text/plain"])
async def test_other_kinds_of_content_are_refused(casefile: Casefile, form: str) -> None:
    assert (await send(casefile, as_csv([row(1)]), form)).status_code == 415


async def test_a_body_cut_off_stores_nothing(casefile: Casefile) -> None:
    body = as_csv(row(number) for number in range(5000))
    pieces = iter([body[:60_000], body[60_000:90_000]])
    sent: list[Any] = []

    async def receive() -> Any:
        piece = next(pieces, None)
        if piece is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": True}

    async def answer(message: Any) -> None:
        sent.append(message)

    headers = {
        "authorization": f"Bearer {Casefile.token('casefile.person.import')}",
        "idempotency-key": "k",
        "content-type": "text/csv",
    }
    path = "/v1/casefile/imports"
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "state": {},
    }
    await app_of("casefile")(scope, receive, answer)
    assert sent[0]["status"] == 422
    for table in ("import_row", "job", "idempotency"):
        assert casefile.stored.rows(f"select 1 from {table}") == [], table
    # The connection it came on is fit for the next.
    assert (await load(casefile, as_csv([row(1)])))["people_created"] == 1


async def test_the_same_key_loads_once(casefile: Casefile) -> None:
    first = await send(casefile, as_csv([row(1)]), key="one")
    again = await send(casefile, as_csv([row(1)]), key="one")
    assert first.json() == again.json()
    assert len(casefile.stored.rows("select 1 from job")) == 1


# Steps ----------------------------------------------------------------------------------------------------


async def test_a_crash_between_steps_goes_on_where_it_stood(
    casefile: Casefile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "_ROWS_A_STEP", 3)
    rows = [row(number, household_reference=f"H{number % 2}") for number in range(10)]
    accepted = await send(casefile, as_csv(rows))
    await casefile.work_off(steps=2)
    assert counts(casefile)["person"] == 6
    half = await casefile.good("GET", accepted.headers["location"])
    assert (half["state"], half["done"], half["total"]) == ("running", 6, 10)
    assert casefile.announced() == []
    # The worker is gone: after a minute of silence another takes over.
    casefile.stored.execute("update job set heartbeat_at = now() - interval '2 minutes'")
    await casefile.work_off()
    done = await casefile.good("GET", accepted.headers["location"])
    assert (done["state"], done["result"]["people_created"], done["result"]["households_created"]) == (
        "succeeded",
        10,
        2,
    )
    assert counts(casefile)["person"] == 10
    assert len(casefile.announced()) == 1


async def test_a_step_that_fails_leaves_nothing_of_itself(casefile: Casefile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "_ROWS_A_STEP", 3)
    await send(casefile, as_csv([row(number) for number in range(6)]))
    await casefile.work_off(steps=1)
    before = everything(casefile)
    real = commands.load

    async def broken(*arguments: Any) -> None:
        await real(*arguments)
        raise ZeroDivisionError

    monkeypatch.setattr(commands, "load", broken)
    await casefile.work_off(steps=1)
    assert everything(casefile) == before
    monkeypatch.setattr(commands, "load", real)
    casefile.stored.execute("update job set heartbeat_at = now() - interval '2 minutes'")
    await casefile.work_off()
    assert counts(casefile)["person"] == 6


async def test_two_files_at_once_share_their_households_and_people(casefile: Casefile) -> None:
    rows = [row(number, household_reference=f"H{number % 4}", nhs_number="") for number in range(40)]
    for body in (as_csv(rows[:25]), as_csv(rows[15:])):
        await send(casefile, body)
    await asyncio.gather(casefile.work_off(), casefile.work_off())
    casefile.stored.execute("update job set heartbeat_at = now() - interval '2 minutes' where state = 'running'")
    await casefile.work_off()
    assert {each["state"] for each in casefile.stored.rows("select state from job")} == {"succeeded"}
    assert (counts(casefile)["person"], counts(casefile)["household"]) == (40, 4)


async def test_what_a_failed_import_left_goes_with_the_next(casefile: Casefile) -> None:
    await send(casefile, as_csv([row(1)]))
    casefile.stored.execute("update job set state = 'failed'")
    await load(casefile, as_csv([row(2)]))
    assert casefile.stored.rows("select 1 from import_row") == []


# Reading --------------------------------------------------------------------------------------------------


def read(body: bytes, cuts: Iterable[int], *, csv_form: bool = True) -> list[tuple[int, Any]]:
    """The rows of a body that comes cut at these bytes."""
    places = sorted({0, len(body), *(cut % (len(body) + 1) for cut in cuts)})

    async def chunks() -> AsyncIterator[bytes]:
        for start, end in itertools.pairwise(places):
            yield body[start:end]

    async def gather() -> list[tuple[int, Any]]:
        return [each async for each in rows_of(chunks(), as_csv=csv_form)]

    return asyncio.run(gather())


VALUE = st.text(st.sampled_from('ab ,;"\n\r\té😀\u2028'), max_size=8) | st.text(max_size=5).filter(
    lambda t: "\0" not in t
)
ROWS = st.lists(st.fixed_dictionaries(dict.fromkeys(("source", "reference", "given", "family"), VALUE)), max_size=6)
CUTS = st.lists(st.integers(0, 10_000), max_size=12)


@settings(max_examples=examples(12, 300), deadline=None)
@given(ROWS, CUTS, st.sampled_from(["\r\n", "\n"]), st.booleans(), st.booleans())
def test_any_cut_of_the_bytes_gives_the_same_records(
    rows: list[dict[str, str]], cuts: list[int], ending: str, marked: bool, ends: bool
) -> None:
    out = io.StringIO(newline="")
    # The writer leaves a lone CR bare where lines end in LF.
    quoting = csv.QUOTE_MINIMAL if ending == "\r\n" else csv.QUOTE_ALL
    columns = ("source", "reference", "given", "family")
    writer = csv.DictWriter(out, columns, lineterminator=ending, quoting=quoting)
    writer.writeheader()
    writer.writerows(rows)
    text = out.getvalue() if ends else out.getvalue().removesuffix(ending)
    body = text.encode("utf-8-sig" if marked else "utf-8")
    assert [each for _, each in read(body, cuts)] == rows
    assert read(body, cuts) == read(body, [])


@settings(max_examples=examples(20, 200), deadline=None)
@given(ROWS, CUTS, st.booleans())
def test_any_cut_of_the_bytes_gives_the_same_json(rows: list[dict[str, str]], cuts: list[int], plain: bool) -> None:
    body = "\n".join(json.dumps(each, ensure_ascii=plain) for each in rows).encode()
    assert [each for _, each in read(body, cuts, csv_form=False)] == rows


@settings(max_examples=examples(25, 300), deadline=None)
@given(st.text(st.sampled_from('ab,"\n\r'), max_size=30), CUTS)
def test_any_text_is_read_or_refused_alike_however_it_is_cut(text: str, cuts: list[int]) -> None:
    def outcome(places: list[int]) -> Any:
        try:
            return read(b"source,reference,given,family\n" + text.encode(), places)
        except (Invalid, NotAnExtract) as error:
            return type(error), error.detail

    assert outcome(cuts) == outcome([])


def test_an_open_quote_at_the_end_is_told_with_its_line() -> None:
    with pytest.raises(NotReadable, match="line 3"):
        read(b'source,reference,given,family\na,1,b,c\na,2,"b,c\nd,e\n', [])


@pytest.mark.full
def test_a_big_body_is_never_held_whole() -> None:
    line = as_csv([row(1, address=";".join(["x" * 190] * 6))]).split(b"\r\n")
    chunk = (line[1] + b"\r\n") * 50

    async def chunks() -> AsyncIterator[bytes]:
        yield line[0] + b"\r\n"
        for _ in range(200):
            yield chunk

    async def count() -> int:
        return len([None async for _ in rows_of(chunks(), as_csv=True)])

    tracemalloc.start()
    try:
        assert asyncio.run(count()) == 10_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(chunk) * 200 > 11_000_000
    assert peak < 2_000_000


@given(st.dictionaries(st.sampled_from(COLUMNS), VALUE), st.dictionaries(st.sampled_from(COLUMNS), VALUE))
def test_only_the_same_row_has_the_same_digest(one: dict[str, str], other: dict[str, str]) -> None:
    def told(values: dict[str, str]) -> dict[str, str]:
        return {name: value.strip() for name, value in values.items() if value.strip()}

    assert (digest_of(one) == digest_of(other)) == (told(one) == told(other))


@settings(max_examples=examples(40, 500), deadline=None)
@given(st.from_regex(r"(0|\+44)[0-9]{9,11}", fullmatch=True))
def test_plain_british_numbers_read_as_the_library_reads_them(typed: str) -> None:
    try:
        number = phonenumbers.parse(typed, "GB")
        possible = phonenumbers.is_possible_number(number)
    except phonenumbers.NumberParseException:
        possible = False
    if possible:
        assert phone(typed, "/x") == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    else:
        with pytest.raises(Invalid):
            phone(typed, "/x")


async def test_the_job_is_its_owners_alone(casefile: Casefile) -> None:
    accepted = await send(casefile, as_csv([row(1)]))
    assert (await casefile("GET", accepted.headers["location"], actor="someone-else")).status_code == 404
    assert (await casefile("GET", f"/jobs/{uuid4()}")).status_code == 404
    assert UUID(accepted.json()["job_id"])


async def test_whoever_migrates_more_of_the_same_people_is_told_our_ids(casefile: Casefile) -> None:
    await load(casefile, as_csv([row(1, household_reference="H1"), row(2, household_reference="H1"), row(3)]))
    mover: dict[str, Any] = {"roles": ("administrator",), "purpose": "data_migration"}
    first = await casefile.good("GET", "/imports/people?source=council_tax&limit=2", **mover)
    rest = await casefile.good("GET", f"/imports/people?source=council_tax&limit=2&after={first['next']}", **mover)
    found = [*first["items"], *rest["items"]]
    assert [each["reference"] for each in found] == ["1", "2", "3"]
    assert found[0]["household_id"] == found[1]["household_id"] != found[2]["household_id"]
    assert (await casefile.good("GET", "/imports/people?source=rents", **mover))["items"] == []
    casefile.restrict(found[2]["person_id"])
    again = await casefile.good("GET", "/imports/people?source=council_tax", **mover)
    assert [each["reference"] for each in again["items"]] == ["1", "2"]
