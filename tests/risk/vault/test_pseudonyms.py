"""Pseudonyms: the same in Python and in DuckDB, other under another key, and never without one."""

from collections.abc import Iterator
from uuid import UUID

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.risk.vault import pseudonyms

# What PostgreSQL can store.
WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@pytest.fixture(autouse=True)
def key() -> Iterator[None]:
    pseudonyms.use_key(b"a key of thirty-two bytes at least")
    yield
    pseudonyms.use_key(None)


def duck() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for statement in pseudonyms.duckdb_macros():
        connection.execute(statement)
    return connection


@pytest.mark.full
@given(st.sampled_from([b"k" * 32, b"k" * 64, bytes(range(200))]), WORDS, WORDS, st.uuids())
def test_python_and_duckdb_agree(key: bytes, source: str, reference: str, some_id: UUID) -> None:
    pseudonyms.use_key(key)
    with duck() as connection:
        found = connection.execute(
            "select record_pseudonym($1, $2), resident_pseudonym($3), household_pseudonym($3::uuid)",
            [source, reference, str(some_id)],
        ).fetchone()
    expected = (
        pseudonyms.of_record(source, reference),
        pseudonyms.of_resident(some_id),
        pseudonyms.of_household(some_id),
    )
    assert found == expected
    assert len(set(expected)) == 3


def test_it_is_hmac_sha_256() -> None:
    # RFC 4231 gives no case with our separator: this value was made with OpenSSL 3.
    pseudonyms.use_key(b"0123456789abcdef0123456789abcdef")
    assert pseudonyms.of_record("rent_accounts", "T-1") == UUID("0ea50253-bf73-6901-9961-f66fb1dab85f")


def test_another_key_gives_another_pseudonym() -> None:
    first = pseudonyms.of_record("school_census", "A1")
    pseudonyms.use_key(b"another key of thirty-two bytes at least")
    assert pseudonyms.of_record("school_census", "A1") != first


def test_a_short_key_is_refused_and_none_makes_none() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        pseudonyms.use_key(b"short")
    pseudonyms.use_key(None)
    with pytest.raises(RuntimeError, match="was not given"):
        pseudonyms.of_record("rent_accounts", "T-1")
