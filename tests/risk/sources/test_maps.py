"""Each native map: what a row of every extract becomes, and that a fact is always one of its kind's."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.risk.facts.entering import Single
from services.risk.sources import statements
from services.risk.sources.kinds import KINDS
from services.risk.sources.maps import NATIVE
from services.risk.sources.maps.cleaning import TYPES, cleaned, partial
from services.risk.sources.maps.shape import Column
from services.risk.vault import pseudonyms
from tests.examples import examples

PERSON = {"surname": "Okafor", "forename": "Amina", "dob": "1985-03-02", "postcode": "RM10 1XX"}
ROWS: dict[str, dict[str, str]] = {
    "council_tax_accounts": {"account_ref": "C1", "liable_1_surname": "OKAFOR", "liability_from": "01/04/2024"},
    "council_tax_arrears": {
        "account_ref": "C1",
        "month": "2026-11",
        "charge": "100",
        "paid": "20",
        "balance": "80",
        "instalment_missed": "Y",
        "stage": "liability_order",
    },
    "rent_accounts": {
        "tenancy_ref": "T1",
        "tenant_surname": "Okafor",
        "tenancy_start": "2020-01-01",
        "landlord": "other_social",
        "weekly_rent": "120.5",
    },
    "rent_balances": {"tenancy_ref": "T1", "week_ending": "2026-11-08", "balance": "90", "notice": "court"},
    "benefit_claims": {
        "claim_ref": "B1",
        "claimant_name": "OKAFOR, Amina",
        "claimant_dob": "1985-03-02",
        "tenure": "PRIV",
        "benefit": "HB",
        "passported": "N",
        "weekly_award": "90",
        "earned_income_weekly": "0",
        "status": "live - job ended",
        "from": "2026-05-01",
    },
    "school_census": {
        "upn": "A123456789012",
        "year_group": "5",
        "entry_date": "2024-09-01",
        "attendance_percent": "88.5",
        "guardian_1_name": "Grace Ama Okafor",
        **PERSON,
    },
    "school_exclusions": {"upn": "A123456789012", "start": "2026-11-02", "category": "SUS", "sessions": "4"},
    "early_help": {
        "episode_ref": "E1",
        "child_surname": "Okafor",
        "opened": "2026-02-01",
        "closed": "2026-09-01",
        "presenting": "Mental health",
        "parent_name": "Grace Okafor",
    },
    "social_care": {"person_ref": "S1", "event": "LAC", "event_start": "2026-02-01", "need_code": "N1", **PERSON},
    "adult_care": {
        "client_ref": "A1",
        "service": "Hospital discharge",
        "start": "2026-02-01",
        "primary_need": "mental_health",
        **PERSON,
    },
    "domestic_abuse": {"incident_ref": "D1/1", "role": "victim", "incident_date": "2026-02-01", **PERSON},
    "homelessness": {
        "case_ref": "H1",
        "approach_date": "2026-02-01",
        "reason": "Domestic abuse - victim",
        "duty": "Relief",
        "duty_start": "2026-02-03",
        "duty_end": "2026-04-01",
        "outcome": "Accommodation secured",
        **PERSON,
    },
    "hub_contacts": {
        "contact_ref": "K1",
        "contact_date": "2026-02-01",
        "family_name": "Okafor",
        "need": "work_and_skills",
    },
}


@pytest.fixture(autouse=True)
def _key() -> Iterator[None]:
    pseudonyms.use_key(b"a key of the tests that has thirty-two bytes")
    yield
    pseudonyms.use_key(None)


def worked_off(source: str, rows: list[dict[str, str]]) -> duckdb.DuckDBPyConnection:
    """DuckDB after it read these rows by their map: tables `facts`, `people`, `aside`."""
    mapped = NATIVE[source]
    duck = duckdb.connect()
    columns = ", ".join(f'"{name}" varchar' for name in mapped.columns)
    duck.execute(f"create table raw (n bigint, {columns})")
    for number, row in enumerate(rows, start=1):
        values = [number, *(row.get(name) for name in mapped.columns)]
        duck.execute(f"insert into raw values ({', '.join('?' * len(values))})", values)
    duck.execute("create table reject_errors (line bigint, column_name text, error_type text)")
    duck.execute("create table erased (pseudonym uuid)")
    steps = [
        statements.trimmed(mapped, "select * from raw", mapped.columns),
        statements.typed(mapped),
        statements.staged(mapped, "2026-12-07"),
        statements.NUMBERING,
        statements.REJECTED,
        statements.aside(mapped),
        *pseudonyms.duckdb_macros(),
        statements.FACT_ID,
        statements.stretch(mapped, 0, len(rows)),
        statements.identities(mapped, "00000000-0000-0000-0000-000000000001") or statements.NOBODY,
        statements.facts(mapped),
    ]
    for step in steps:
        duck.execute(step)
    return duck


def facts_of(duck: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return duck.execute("select kind, value, cast(amount as double) from facts order by kind").fetchall()


def test_the_list_of_properties_says_where_addresses_lie_and_nothing_of_people() -> None:
    home = {"uprn": "000999000000001", "address": "2 Limegate Lane", "postcode": "ig114fx", "ward_code": "E05014066"}
    other = home | {"uprn": "999000000002", "postcode": "", "ward_code": "E05014053"}
    duck = worked_off("housing_stock", [home, other, home | {"uprn": "999000000003", "ward_code": "Gascoigne"}])
    statement = statements.places(NATIVE["housing_stock"])
    assert statement is not None
    assert duck.execute(statement).fetchall() == [
        ("postcode:ig114fx", "E05014066"),
        ("uprn:999000000001", "E05014066"),
        ("uprn:999000000002", "E05014053"),
    ]
    assert duck.execute("select field, rule from aside").fetchall() == [("ward_code", "a ward's GSS code")]
    assert duck.execute("select count(*) from facts").fetchall() == [(0,)]


@pytest.mark.parametrize("source", sorted(code for code, native in NATIVE.items() if native.facts))
def test_a_row_of_every_extract_gives_facts_of_their_kind(source: str) -> None:
    duck = worked_off(source, [ROWS[source]])
    assert duck.execute("select * from aside").fetchall() == []
    found = duck.execute("select id, record, source, kind, occurred_on, value, amount from facts").fetchall()
    assert found
    for id_, record, origin, kind, day, value, amount in found:
        assert KINDS[kind].allows(value), (kind, value)
        assert amount is None or KINDS[kind].unit, kind
        assert not KINDS[kind].monthly or day.day == 1
        # The same id as when it comes by itself.
        assert Single(record, origin, kind, day, value=value).id == id_
    if NATIVE[source].people:
        people = duck.execute("select reference, pseudonym from people").fetchall()
        assert [pseudonyms.of_record(NATIVE[source].records, reference) for reference, _ in people] == [
            pseudonym for _, pseudonym in people
        ]


@pytest.mark.parametrize(
    ("source", "changes", "facts"),
    [
        ("adult_care", {}, [("adult_care.discharge", "hospital_discharge", None), ("mental_health.shock", None, None)]),
        (
            "benefit_claims",
            {},
            [
                ("benefit.housing_benefit", "none-earnings", 90),
                ("income", "no_pay", None),
                ("job_loss.shock", None, None),
                ("tenure", "private", None),
            ],
        ),
        (
            "benefit_claims",
            {"benefit": "CTS", "earned_income_weekly": "300", "status": "live", "tenure": "OWN"},
            [
                ("benefit.council_tax_support", "working_age_low_pay", 90),
                ("income", "low_pay", None),
                ("tenure", "owned", None),
            ],
        ),
        (
            "benefit_claims",
            {"benefit": "CTS", "claimant_dob": "1950-01-01", "tenure": "", "status": ""},
            [("benefit.council_tax_support", "pensioner", 90), ("income", "other", None)],
        ),
        ("benefit_claims", {"status": "Cancelled"}, []),
        # Why somebody came is told; not when it is abuse.
        (
            "homelessness",
            {},
            [
                ("homelessness.approach", None, None),
                ("homelessness.duty", "relief", None),
                ("homelessness.ended", "accommodation_secured", None),
            ],
        ),
        (
            "homelessness",
            {"reason": "Rent arrears", "duty": "", "duty_start": "", "duty_end": ""},
            [("homelessness.approach", "rent_arrears", None)],
        ),
        ("social_care", {}, [("social_care.child_looked_after", "n1", None)]),
        ("school_census", {}, [("school.absence", None, 11.5), ("school.pupil", "5", None)]),
        ("domestic_abuse", {"role": "Perpetrator"}, [("domestic_abuse.incident", "perpetrator", None)]),
    ],
)
def test_what_words_mean(source: str, changes: dict[str, str], facts: list[tuple[Any, ...]]) -> None:
    assert facts_of(worked_off(source, [ROWS[source] | changes])) == facts


def test_the_last_row_about_somebody_says_who_they_are() -> None:
    rows = [
        ROWS["social_care"] | {"event": "cin", "surname": "Okafor"},
        ROWS["social_care"] | {"event": "cp", "surname": "Bright"},
        ROWS["social_care"] | {"event": "cp", "event_start": "2026-05-01", "surname": "Bright"},
    ]
    duck = worked_off("social_care", rows)
    assert duck.execute("select reference, family from people").fetchall() == [("S1", "Bright")]
    assert len(facts_of(duck)) == 3


def value(type_: str, text: str, codes: tuple[str, ...] = ()) -> Any:
    """What a text is as this type."""
    expression = cleaned("x", Column(type_, codes=codes))
    return duckdb.execute(f"select {expression} from (select cast(? as varchar) as x)", [text]).fetchall()[0][0]


@pytest.mark.parametrize(
    ("type_", "text", "meant"),
    [
        ("date", "31/12/2026", date(2026, 12, 31)),
        ("date", "2026-12-31 00:00:00", date(2026, 12, 31)),
        ("date", "31/02/2026", None),
        ("date", "12/31/2026", None),
        ("date", "01/01/0001", None),
        ("month", "2026-13", None),
        ("month", "2026-11-30", date(2026, 11, 1)),
        ("money", "£1,240.50", 1240.5),
        ("money", "-3", -3),
        ("money", "1e99", None),
        ("flag", "y", True),
        ("flag", "maybe", None),
        ("nhs", "943 476 5919", "9434765919"),
        ("nhs", "9434765918", None),
        ("nino", "qq 12 34 56 c", "QQ123456C"),
        ("nino", "QQ12345C", None),
        ("uprn", "000100012345", "100012345"),
        ("uprn", "100012345.0", "100012345"),
        ("uprn", "0", None),
        ("postcode", "ec1a1bb", "EC1A 1BB"),
        ("postcode", "nowhere", None),
        ("phone", "020 7946 0123", "+442079460123"),
        ("phone", "+44 (0)20 7946 0123", "+442079460123"),
        ("phone", "0044 7700 900123", "+447700900123"),
        ("phone", "900123", None),
        ("email", "A@Example.ORG", "a@example.org"),
        ("email", "a@b@c.d", None),
        ("sex", "F", "female"),
        ("sex", "frog", None),
        ("word", "  Rent arrears (private)", "rent_arrears_private"),
        ("word", "!!", None),
    ],
)
def test_types(type_: str, text: str, meant: Any) -> None:
    assert value(type_, text) == meant


@pytest.mark.parametrize(
    ("text", "meant"), [("1985", "1985"), ("1985-03", "1985-03"), ("03/1985", "1985-03"), ("1985-13", None)]
)
def test_a_birth_of_which_the_day_is_unknown(text: str, meant: str | None) -> None:
    found = duckdb.execute(f"select {partial('x')} from (select cast(? as varchar) as x)", [text]).fetchall()
    assert found == [(meant,)]


@pytest.mark.full
@settings(max_examples=examples(20, 200), deadline=None)
@given(st.sampled_from(sorted(set(TYPES) - {"code"})), st.text(max_size=40))
def test_no_text_is_too_strange_to_be_cleaned(type_: str, text: str) -> None:
    if "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text):
        value(type_, text)
