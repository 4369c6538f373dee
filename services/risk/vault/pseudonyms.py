"""Pseudonyms: the analytics zone's names for records, residents and households.

HMAC-SHA-256 (RFC 2104) under a key that lies outside the database, its first 16 bytes written as a UUID. Without the
key nobody can go from an id to its pseudonym, however short the list of ids; back, only a look into the vault helps.
"""

import hashlib
import hmac
from uuid import UUID

_BLOCK = 64
_SEPARATOR = "\x1f"
_LEAST = 32

_key: bytes | None = None


def use_key(key: bytes | None) -> None:
    """Called once by each process of risk at its start. ValueError for a key shorter than 32 bytes."""
    global _key
    if key is not None and len(key) < _LEAST:
        raise ValueError(f"a pseudonym key has at least {_LEAST} bytes")
    _key = key


def of_record(source: str, reference: str) -> UUID:
    """The pseudonym of a source record."""
    return _pseudonym("record", source, reference)


def of_resident(resident_id: UUID) -> UUID:
    """The pseudonym of a resident of the vault."""
    return _pseudonym("resident", str(resident_id))


def of_household(home_id: UUID) -> UUID:
    """The pseudonym of a home of the vault."""
    return _pseudonym("household", str(home_id))


def _pseudonym(*parts: str) -> UUID:
    return UUID(bytes=hmac.digest(_held(), _SEPARATOR.join(parts).encode(), "sha256")[:16])


def duckdb_macros() -> tuple[str, ...]:
    """Statements that give a DuckDB connection the same: record_pseudonym(source, reference), and so on.

    They hold the key: run them on a connection in memory alone, and never print them.
    """
    key = _held()
    block = (key if len(key) <= _BLOCK else hashlib.sha256(key).digest()).ljust(_BLOCK, b"\0")
    inner, outer = (bytes(byte ^ mask for byte in block).hex() for mask in (0x36, 0x5C))
    digest = f"sha256(unhex('{outer}') || unhex(sha256(unhex('{inner}') || encode(m))))"
    apart = "chr(31)"
    return (
        f"create or replace temp macro keyed_pseudonym(m) as cast(substr({digest}, 1, 32) as uuid)",
        "create or replace temp macro record_pseudonym(source, reference) as"
        f" keyed_pseudonym('record' || {apart} || source || {apart} || reference)",
        "create or replace temp macro resident_pseudonym(id) as"
        f" keyed_pseudonym('resident' || {apart} || cast(id as varchar))",
        "create or replace temp macro household_pseudonym(id) as"
        f" keyed_pseudonym('household' || {apart} || cast(id as varchar))",
    )


def _held() -> bytes:
    if _key is None:
        raise RuntimeError("the key of pseudonyms was not given to this process: see services.risk.vault.door.serving")
    return _key
