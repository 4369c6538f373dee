"""Writing what person search reads, in the transaction that writes the person.

Everything a person can be found by becomes a *mark*, a 64-bit digest, and all marks of a person stand in one array
with one inverted index. So a name, half a birth date and a postcode are found by one index scan, and a person is
written without looking anything up. Digests only find candidates; what counts is compared in `scoring`.
"""

import hashlib
from collections.abc import AsyncIterable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.casefile.people.identifiers import PartialDate
from services.casefile.people.likeness import name_groups
from services.casefile.people.names import NameTokens, PersonName, tokens_of
from services.casefile.people.search_models import NameToken, PersonSearch
from services.casefile.people.sounds import broad_keys, close_keys

_ROWS_A_STATEMENT = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """What one person can be found by. Identifiers, postcodes, UPRNs and phones in their normal form."""

    person_id: UUID
    names: Sequence[PersonName]
    date_of_birth: PartialDate | None = None
    nhs_number: str | None = None
    nino: str | None = None
    upn: str | None = None
    postcodes: Sequence[str] = ()
    uprns: Sequence[str] = ()
    phones: Sequence[str] = ()
    searchable: bool = True


@lru_cache(maxsize=131072)
def mark(kind: str, value: str) -> int:
    """A signed 64-bit digest of one thing a person can be found by."""
    digest = hashlib.blake2b(f"{kind}:{value}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def year_mark(year: int) -> int:
    return mark("year", f"{year:04d}")


UNBORN = mark("year", "unknown")
"""What people bear whose date of birth nobody knows: no date speaks against them."""


def has_mark(kind: str) -> int:
    """Borne by everyone of whom we know such a thing, so that "another one" can be told from "none"."""
    return mark("has", kind)


def birthday_mark(month: int, day: int) -> int:
    return mark("birthday", f"{month:02d}-{day:02d}")


def token_keys(token: str) -> list[int]:
    """What a token shares with its misspellings: sounds, the names it stands for, itself less any one letter."""
    keys = {mark("close", key) for key in close_keys(token)}
    keys |= {mark("broad", key) for key in broad_keys(token)}
    keys |= {mark("group", group) for group in name_groups(token)}
    keys |= {mark("spelt", less) for less in less_one(token)}
    return sorted(keys)


def less_one(token: str) -> set[str]:
    """The token, and the token without each of its letters: two words one slip apart always share one of these."""
    if len(token) < 3:
        return {token}
    return {token} | {token[:i] + token[i + 1 :] for i in range(len(token))}


def packed(names: Sequence[NameTokens]) -> str:
    return "\n".join(f"{' '.join(n.given)}|{' '.join(n.family)}|{' '.join(n.joined)}" for n in names)


@lru_cache(maxsize=8192)
def unpacked(names: str) -> tuple[NameTokens, ...]:
    return tuple(NameTokens(*(tuple(part.split()) for part in line.split("|"))) for line in names.split("\n") if line)


@lru_cache(maxsize=65536)
def recorded_date(born: str) -> PartialDate | None:
    """The date of birth of an indexed person."""
    return PartialDate.parse(born) if born else None


def _marks(entry: Entry, names: Sequence[NameTokens]) -> list[int]:
    marks = {mark("name", token) for name in names for token in name.all}
    if born := entry.date_of_birth:
        marks.add(year_mark(born.year))
        if born.month and born.day:
            marks.add(birthday_mark(born.month, born.day))
    else:
        marks.add(UNBORN)
    for kind, value in (("nhs", entry.nhs_number), ("nino", entry.nino), ("upn", entry.upn)):
        if value:
            marks.update((mark(kind, value), has_mark(kind)))
    for kind, values in (("postcode", entry.postcodes), ("uprn", entry.uprns), ("phone", entry.phones)):
        marks.update(mark(kind, value) for value in values)
    if entry.postcodes or entry.uprns or entry.phones:
        marks.add(has_mark("place"))
    return sorted(marks)


def _array(values: Iterable[int]) -> str:
    """An array as PostgreSQL reads it: an array of arrays of unequal length cannot be a parameter."""
    return "{" + ",".join(map(str, values)) + "}"


_WRITE = text(
    """
    with word as (
        insert into name_token (token, keys)
        select new.token, new.keys::bigint[]
        from unnest(cast(:tokens as text[]), cast(:token_keys as text[])) as new (token, keys)
        where not exists (select from name_token known where known.token = new.token)
        order by new.token
        on conflict do nothing
    )
    insert into person_search as person (person_id, names, born, marks, searchable)
    select new.person_id, new.names, new.born, new.marks::bigint[], new.searchable
    from unnest(
        cast(:ids as uuid[]), cast(:names as text[]), cast(:born as text[]), cast(:marks as text[]),
        cast(:searchable as boolean[])
    ) as new (person_id, names, born, marks, searchable)
    on conflict (person_id) do update
    set names = excluded.names, born = excluded.born, marks = excluded.marks, searchable = excluded.searchable
    where (person.names, person.born, person.marks, person.searchable)
        is distinct from (excluded.names, excluded.born, excluded.marks, excluded.searchable)
    """
)


async def index_people(session: AsyncSession, entries: Sequence[Entry]) -> None:
    """Make these people found as they now are: one statement for every 2,000. A person may stand in it once.

    New words of the vocabulary are inserted in order, so that two imports that bring the same ones wait for each
    other and never deadlock within a statement.
    """
    seen: set[str] = set()
    for start in range(0, len(entries), _ROWS_A_STATEMENT):
        chunk = entries[start : start + _ROWS_A_STATEMENT]
        names = [[tokens_of(name) for name in entry.names] for entry in chunk]
        words = {token for known in names for name in known for token in name.all} - seen
        seen |= words
        new = sorted(words) if len(words) < _FEW_WORDS else await _unknown(session, sorted(words))
        await session.execute(
            _WRITE,
            {
                "tokens": new,
                "token_keys": [_keys_text(word) for word in new],
                "ids": [entry.person_id for entry in chunk],
                "names": [packed(known) for known in names],
                "born": [str(entry.date_of_birth or "") for entry in chunk],
                "marks": [_array(_marks(entry, known)) for entry, known in zip(chunk, names, strict=True)],
                "searchable": [entry.searchable for entry in chunk],
            },
        )


_FEW_WORDS = 100
_VOCABULARY = mark("lock", "name_token")
"""Held shared by who counts on words that are there, exclusively by who takes words out."""


async def _unknown(session: AsyncSession, words: Sequence[str]) -> list[str]:
    """Which words the vocabulary lacks: their keys are long, so a load does not send those of words it has."""
    await session.execute(select(func.pg_advisory_xact_lock_shared(_VOCABULARY)))
    query = "select word from unnest(cast(:words as text[])) as word where word not in (select token from name_token)"
    return sorted(await session.scalars(text(query), {"words": words}))


@lru_cache(maxsize=65536)
def _keys_text(token: str) -> str:
    return _array(token_keys(token))


async def index_person(session: AsyncSession, entry: Entry) -> None:
    """Make this person found as they now are."""
    await index_people(session, [entry])


async def index_stream(session: AsyncSession, entries: AsyncIterable[Entry]) -> int:
    """As `index_people` for a load of any size; holds 2,000 at a time. Returns how many there were."""
    waiting: list[Entry] = []
    count = 0
    async for entry in entries:
        waiting.append(entry)
        if len(waiting) == _ROWS_A_STATEMENT:
            await index_people(session, waiting)
            count += len(waiting)
            waiting = []
    await index_people(session, waiting)
    return count + len(waiting)


async def set_searchable(session: AsyncSession, person_id: UUID, searchable: bool) -> None:
    """Hide a person from every search (restricted, merged away), or show them again."""
    await session.execute(update(PersonSearch).where(PersonSearch.person_id == person_id).values(searchable=searchable))


async def remove_person(session: AsyncSession, person_id: UUID) -> None:
    """Erase a person from the index. A rare name stays in the vocabulary until `drop_unused_words`."""
    await session.execute(delete(PersonSearch).where(PersonSearch.person_id == person_id))


async def drop_unused_words(session: AsyncSession) -> int:
    """Erase words of the vocabulary that no one bears any more (after erasure; nightly). Returns how many.

    Writers of people wait until this transaction ends: a word must not go while someone new is given it.
    """
    await session.execute(select(func.pg_advisory_xact_lock(_VOCABULARY)))
    await session.execute(text("lock table person_search in share mode"))
    return len((await session.execute(_DROP_UNUSED)).all())


_DROP_UNUSED = text(
    """
    delete from name_token where token not in (
        select distinct word from person_search,
            regexp_split_to_table(translate(names, '|' || chr(10), '  '), ' +') as word
    ) returning token
    """
)


async def rekey_words(session: AsyncSession) -> int:
    """Give every word of the vocabulary the keys that today's rules give it. Returns how many changed.

    Needed once after the sound rules or the short forms change (a migration calls it): until then words indexed
    before are found by the old rules. Seconds for a borough.
    """
    changed = 0
    known = await session.execute(select(NameToken.token, NameToken.keys).order_by(NameToken.token))
    stale = [token for token, keys in known if keys != token_keys(token)]
    for start in range(0, len(stale), _ROWS_A_STATEMENT):
        words = stale[start : start + _ROWS_A_STATEMENT]
        await session.execute(_REKEY, {"tokens": words, "token_keys": [_keys_text(word) for word in words]})
        changed += len(words)
    return changed


_REKEY = text(
    """
    update name_token set keys = new.keys::bigint[]
    from unnest(cast(:tokens as text[]), cast(:token_keys as text[])) as new (token, keys)
    where name_token.token = new.token
    """
)
