"""What holds whatever happens in whatever order: loads, single records, rules, unmerges, erasures, runs."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.errors import DomainError
from kit.testing.databases import ServiceDatabase
from services.risk.linkage import commands, queries
from services.risk.linkage.domain import ErasureReason, RuleBook, RuleKind, components, named, ordered
from services.risk.vault import records
from tests.examples import examples
from tests.risk.linkage.ground import Risk, opened
from tests.risk.linkage.people import borough
from tests.risk.linkage.test_whole import link

ROWS = borough(4, seed=11)
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("arrive"), st.integers(0, len(ROWS) - 1), st.integers(0, 2)),
        st.tuples(st.sampled_from(["must", "cannot"]), st.integers(0, 11), st.integers(0, 11)),
        st.tuples(st.just("unmerge"), st.integers(0, 11), st.integers(0, 11)),
        st.tuples(st.just("erase"), st.integers(0, 11), st.just(0)),
        st.tuples(st.just("run"), st.just(0), st.just(0)),
    ),
    min_size=3,
    max_size=14,
)


def said(place: int, change: int) -> dict[str, Any]:
    """A record; with a change it says something else than at first."""
    row = dict(ROWS[place % len(ROWS)])
    if change:
        row |= {"phone": f"+4420794600{change}{place % 10}", "known_as": "Bee" if change == 2 else None}
    return row


async def happen(risk: Risk, event: tuple[str, int, int]) -> set[UUID]:
    """One thing happens; refusals are answers too. Records whose resident may be another than before."""
    kind, one, other = event
    held = {row["record_id"]: row["resident_id"] for row in risk.vault.rows("select * from record_resident")}
    there = sorted(held)
    if kind == "arrive":
        await risk.place(said(one, other))
        # Whoever it is like may be joined or parted by what it says.
        return set(there)
    if kind == "run":
        link(risk)
        return set(there)
    if not there:
        return set()
    a, b = there[one % len(there)], there[other % len(there)]
    try:
        async with risk.unit() as unit:
            if kind in ("must", "cannot"):
                await commands.make_rule(unit, RuleKind(kind), a, b, "They say so")
                return {each for each in there if held[each] in (held[a], held[b])}
            if kind == "unmerge":
                await commands.unmerge(unit, held[a], [a], "Not theirs")
            else:
                await commands.erase(unit, held[a], ErasureReason.REQUEST)
            return {each for each in there if held[each] == held[a]}
    except DomainError:
        return set()


def book(risk: Risk) -> RuleBook:
    found = RuleBook()
    for row in risk.vault.rows("select * from pair_rule where ended_at is null"):
        (found.must if row["kind"] == "must" else found.cannot).add((row["record_a"], row["record_b"]))
    return found


async def check(risk: Risk) -> None:
    vault = risk.vault
    held = {row["record_id"]: row["resident_id"] for row in vault.rows("select * from record_resident")}
    # One current resident for each record, and each record has one.
    assert held.keys() == {row["record_id"] for row in vault.rows("select record_id from record")}
    residents = vault.rows("select * from resident")
    alive = {row["resident_id"] for row in residents if row["erased_at"] is None and row["joined_into"] is None}
    assert set(held.values()) <= alive
    # Rules hold.
    rules = book(risk)
    assert all(held[a] != held[b] for a, b in rules.cannot if a in held and b in held)
    assert all(held[a] == held[b] for a, b in rules.must if a in held and b in held)
    # What was erased left a tombstone and nothing else.
    for row in residents:
        if row["erased_at"] is not None:
            assert row["pseudonym"] is None
            assert row["resident_id"] not in held.values()
    tombs = {row["pseudonym"] for row in vault.rows("select pseudonym from erasure")}
    assert not tombs & {row["pseudonym"] for row in vault.rows("select pseudonym from record")}
    # Replay equals state.
    async with risk.unit() as unit:
        assert await queries.replay(unit, datetime.now(UTC)) == held
    # Everybody lives in one household at most, and the analytics zone shows just what the vault holds.
    members = vault.rows("select home_id, resident_id from home_member where until is null")
    assert max(Counter(row["resident_id"] for row in members).values(), default=1) == 1
    assert {row["resident_id"] for row in members} <= set(held.values())
    placed = {row["record"]: row["resident"] for row in risk.stored.rows("select * from placed")}
    expected = vault.rows(
        "select record.pseudonym as record, resident.pseudonym as resident from record_resident"
        " join record using (record_id) join resident using (resident_id)"
    )
    assert placed == {row["record"]: row["resident"] for row in expected}
    shown = {row["household"]: row["adults"] + row["children"] for row in risk.stored.rows("select * from home")}
    homes = vault.rows(
        "select pseudonym, count(*) as n from home join home_member m using (home_id)"
        " where m.until is null and home.until is null group by 1"
    )
    assert shown == {row["pseudonym"]: row["n"] for row in homes}


async def story(stored: ServiceDatabase, events: list[tuple[str, int, int]]) -> None:
    async with opened(stored) as risk:
        link(risk)
        for event in events:
            before = {row["record_id"]: row["resident_id"] for row in risk.vault.rows("select * from record_resident")}
            concerned = await happen(risk, event)
            after = {row["record_id"]: row["resident_id"] for row in risk.vault.rows("select * from record_resident")}
            others = {record for record in before if record not in concerned and record in after}
            assert {each: before[each] for each in others} == {each: after[each] for each in others}, event
            await check(risk)


def tell(database: Callable[[str], ServiceDatabase], events: list[tuple[str, int, int]]) -> None:
    stored = database("risk")
    assert stored.vault is not None
    stored.vault.execute(
        "truncate record, resident, assertion, home, record_resident, review_item, pair_rule, erasure, linkage_model,"
        " common_key, linking_run cascade"
    )
    stored.execute("truncate placed, home, fact")
    asyncio.run(story(stored, events))


@pytest.mark.full
@settings(max_examples=examples(3, 15), deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(EVENTS)
def test_the_laws_hold_after_any_story(
    database: Callable[[str], ServiceDatabase], events: list[tuple[str, int, int]]
) -> None:
    tell(database, events)


@pytest.mark.full
@pytest.mark.timeout(600)
@settings(max_examples=examples(25, 300), deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(EVENTS)
def test_the_laws_hold_after_many_stories(
    database: Callable[[str], ServiceDatabase], events: list[tuple[str, int, int]]
) -> None:
    tell(database, events)


IDS = [UUID(int=number) for number in range(8)]


@given(st.lists(st.tuples(st.sampled_from(list(RuleKind)), st.sampled_from(IDS), st.sampled_from(IDS)), max_size=20))
def test_no_sequence_of_rules_makes_a_book_that_contradicts_itself(rules: list[tuple[RuleKind, UUID, UUID]]) -> None:
    book = RuleBook()
    for kind, a, b in rules:
        try:
            book.add(kind, a, b)
        except DomainError:
            continue
    together = components(book.must)
    assert not any(b in together.get(a, ()) for a, b in book.cannot)


@given(
    st.lists(st.integers(0, 3), min_size=len(IDS), max_size=len(IDS)),
    st.dictionaries(st.sampled_from(IDS), st.integers(10, 13)),
    st.sets(st.sampled_from(IDS), max_size=2),
)
def test_an_id_goes_to_one_group_and_stays_where_nothing_changed(
    labels: list[int], before: dict[UUID, int], anchors: set[UUID]
) -> None:
    groups = [frozenset(IDS[n] for n, each in enumerate(labels) if each == label) for label in sorted(set(labels))]
    previous = {record: UUID(int=number) for record, number in before.items()}
    kept = named(groups, previous, frozenset(anchors))
    given_out = [each for each in kept if each is not None]
    assert len(given_out) == len(set(given_out))
    for group, resident in zip(groups, kept, strict=True):
        were = {previous[record] for record in group if record in previous}
        assert resident is None or resident in were
        whole = {record for record, each in previous.items() if each in were}
        if len(were) == 1 and whole <= group:
            assert resident == next(iter(were)), "nobody else claims it"


def test_a_record_said_twice_is_one() -> None:
    assert records.digest_of(said(0, 0)) == records.digest_of(said(0, 0))
    assert records.digest_of(said(0, 0)) != records.digest_of(said(0, 1))
    assert ordered(IDS[1], IDS[0]) == ordered(IDS[0], IDS[1])
