"""Writes of the identity layer: records that arrive, what people decide about pairs, residents taken apart or erased.

Each opens the vault for what it needs, then shows the outcome to the analytics zone in the unit. All repeat well.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.contracts.risk import RelinkState
from kit.errors import Conflict, NotFound, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.risk.linkage import ledger, picture, waiting
from services.risk.linkage.domain import Because, Decision, Doubt, ErasureReason, RuleBook, RuleKind, ordered
from services.risk.linkage.matching import Doubtful
from services.risk.linkage.settling import Settled, settle
from services.risk.linkage.visibility import may_see
from services.risk.vault import door, records

AfterChange = Callable[[UnitOfWork, Collection[UUID]], Awaitable[None]]

FEW, SHARE = 2_000, 50
"""So few records, and no more than one in so many of all, are linked by themselves: from there on a run over everything
takes less time (10 ms for each of a few, a quarter of one for each of all; `python -m benchmarks identity`)."""

AFTER_CHANGE: list[AfterChange] = []
"""Called in the unit with the pseudonyms of households whose records, members or place are others than before."""


@dataclass(slots=True)
class Placed:
    """What became of records that arrived: their ids, and the pseudonyms of the households concerned."""

    records: list[UUID] = field(default_factory=list)
    households: set[UUID] = field(default_factory=set)


async def place_records(unit: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> Placed:
    """New or changed records, a few at a time: stored, linked, housed and shown, within milliseconds each.

    `rows` are canonical columns with `source` and `reference`. A record that was erased stays away.
    """
    await ledger.take_turn(unit)
    async with door.opened(unit, "place_records", record=f"records/{len(rows)}") as vault:
        for_good = await waiting.alone_here(vault)
        ids = await records.put(vault, rows)
        # Ids and rows are in one order, unless somebody was erased, who has none.
        whole = len(ids) == len(rows)
        said = {
            id_: {**row, "record_id": id_, "digest": records.digest_of(row)}
            for id_, row in zip(ids, rows, strict=False)
        }
        settled = [
            await settle(vault, [each], author=unit.cause.actor, said={each: said[each]} if whole else None)
            for each in ids
        ]
        if not for_good:
            await waiting.look_again(vault, ids)
        shown = await outcome(vault, settled)
    return Placed(ids, await show(unit, shown))


AT_ONCE = 100
"""Records that came with a load and are linked in one transaction: others wait for it a second or two."""


async def few_wait(unit: UnitOfWork) -> bool:
    """Whether so few records wait to be linked that doing so one by one is less work than linking the borough."""
    async with door.opened(unit, "count_unlinked", record="records/unlinked") as vault:
        return await waiting.few_wait(vault, FEW, SHARE)


async def any_wait(unit: UnitOfWork) -> bool:
    """Whether any record waits: one that came by itself while a run over everything was at work."""
    async with door.opened(unit, "count_unlinked", record="records/unlinked") as vault:
        return await waiting.any_wait(vault)


async def link_waiting(unit: UnitOfWork) -> int:
    """Some of the records that wait are linked, housed and shown; how many. 0: none waits any more.

    The same as a run over everything makes of them (a test holds it), at a cost that goes with their number.
    """
    await ledger.take_turn(unit)
    async with door.opened(unit, "link_waiting", record="records/unlinked") as vault:
        notes = await waiting.waiting(vault, AT_ONCE)
        if not notes:
            return 0
        unsure = {each.record_id for each in notes if not each.known or each.resident_id is None}
        settled = [await settle(vault, unsure, author="linkage")] if unsure else []
        # Whoever's record was withdrawn, or said the same again, may live elsewhere for it.
        settled.append(Settled(residents={each.resident_id for each in notes if each.resident_id is not None}))
        shown = await outcome(vault, settled)
        await waiting.no_longer_waiting(vault, {each.id for each in notes})
    await show(unit, shown)
    return len(notes)


async def outcome(vault: AsyncSession, settled: Sequence[Settled]) -> picture.Picture:
    """Puts the residents concerned into their households, and says what the analytics zone should show."""
    return await picture.refresh(vault, {each for one in settled for each in one.residents}, clock.today())


async def show(unit: UnitOfWork, shown: picture.Picture) -> set[UUID]:
    """Writes into the analytics zone, and lets those hear who stand on it. Returns households' pseudonyms."""
    await picture.show(unit, shown)
    for each in AFTER_CHANGE:
        await each(unit, shown.households)
    return shown.households


# What people decide ---------------------------------------------------------------------------------------------------


async def make_rule(
    unit: UnitOfWork, kind: RuleKind, a: UUID, b: UUID, reason: str, replaces: UUID | None = None
) -> UUID:
    """Two records are one person, or are not: for ever, unless a later rule replaces it by name.

    Returns the rule's id. Raises NotFound for records we don't have; Conflict, naming the rule, for a contradiction.
    """
    await ledger.take_turn(unit)
    async with door.opened(unit, "make_rule", record=f"link/{a}") as vault:
        one, other = await _record(vault, a, "/record_a"), await _record(vault, b, "/record_b")
        await may_see(unit, vault, [one, other])
        if replaces is not None:
            await _end_rule(vault, replaces, one, other)
        rule = await _put_rule(vault, kind, one, other, unit.cause.actor, reason, replaces)
        because = Because.MUST_LINK if kind is RuleKind.MUST else Because.CANNOT_LINK
        settled = await settle(vault, [one, other], author=unit.cause.actor, because=because, rule=rule, look=False)
        await _answer_review(vault, one, other, kind, unit.cause.actor, reason)
        shown = await outcome(vault, [settled])
    await show(unit, shown)
    return rule


async def _record(vault: AsyncSession, named: UUID, pointer: str) -> UUID:
    found = await ledger.find(vault, named)
    if found is None:
        raise invalid(pointer, "There is no such record", "record_exists")
    return found


async def _put_rule(
    vault: AsyncSession, kind: RuleKind, a: UUID, b: UUID, author: str, reason: str, replaces: UUID | None = None
) -> UUID:
    """Writes the rule if it contradicts none; one that stands already is that one again."""
    one, other = ordered(a, b)
    standing = await vault.scalar(
        text("select id from pair_rule where ended_at is null and record_a = :a and record_b = :b and kind = :kind"),
        {"a": one, "b": other, "kind": kind},
    )
    if standing:
        return UUID(str(standing))
    (await _all_rules(vault)).add(kind, a, b)
    rule = new_id()
    await vault.execute(
        text(
            "insert into pair_rule (id, kind, record_a, record_b, author, reason)"
            " values (:id, :kind, :a, :b, :author, :reason)"
        ),
        {"id": rule, "kind": kind, "a": one, "b": other, "author": author, "reason": reason},
    )
    if replaces is not None:
        await vault.execute(text("update pair_rule set replaced_by = :by where id = :id"), {"id": replaces, "by": rule})
    return rule


async def _all_rules(vault: AsyncSession) -> RuleBook:
    """Every standing rule: thousands at most, and a chain of them may be long."""
    found = await vault.execute(text("select kind, record_a, record_b from pair_rule where ended_at is null"))
    book = RuleBook()
    for row in found:
        (book.must if row.kind == RuleKind.MUST else book.cannot).add((row.record_a, row.record_b))
    return book


async def _end_rule(vault: AsyncSession, rule: UUID, a: UUID, b: UUID) -> None:
    ended = await vault.scalar(
        text(
            "update pair_rule set ended_at = clock_timestamp() where id = :id and ended_at is null"
            " and record_a = :a and record_b = :b returning id"
        ),
        {"id": rule, "a": ordered(a, b)[0], "b": ordered(a, b)[1]},
    )
    if ended is None:
        raise invalid("/replaces", "There is no such standing rule about these two records", "rule_stands")


async def _answer_review(vault: AsyncSession, a: UUID, b: UUID, kind: RuleKind, author: str, reason: str) -> None:
    await vault.execute(
        text(
            "update review_item set state = :state, decided_at = clock_timestamp(), decided_by = :author,"
            " reason = :reason, version = version + 1"
            " where record_a = :a and record_b = :b and state in ('open', 'overtaken')"
        ),
        {
            "state": Decision.SAME if kind is RuleKind.MUST else Decision.DIFFERENT,
            "author": author,
            "reason": reason,
            "a": ordered(a, b)[0],
            "b": ordered(a, b)[1],
        },
    )


async def raise_doubt(unit: UnitOfWork, a: UUID, b: UUID, reason: str) -> UUID:
    """Somebody thinks that two records may be one person, or wrongly are: a question for the reviewers; its id."""
    await ledger.take_turn(unit)
    async with door.opened(unit, "raise_doubt", record=f"link/{a}") as vault:
        one, other = await _record(vault, a, "/record_a"), await _record(vault, b, "/record_b")
        await may_see(unit, vault, [one, other])
        if one == other:
            raise invalid("/record_b", "A question is about two records", "two_records")
        engine = await ledger.matching(vault)
        rows = await ledger.rows_of(vault, [one, other])
        (edge,) = engine.compared([rows[one], rows[other]]).among([one, other])
        await ledger.doubt(vault, [Doubtful(one, other, edge.weight, Doubt.RAISED)], unit.cause.actor)
        found = await vault.scalar(
            text(
                "update review_item set state = 'open', why = :why, reason = :reason, version = version + 1,"
                " decided_at = null, decided_by = null where record_a = :a and record_b = :b returning id"
            ),
            {"why": Doubt.RAISED, "reason": reason, "a": ordered(one, other)[0], "b": ordered(one, other)[1]},
        )
        return UUID(str(found))


async def decide(unit: UnitOfWork, item: UUID, expected: int, decision: Decision, reason: str) -> UUID:
    """A reviewer's answer becomes a rule; the rule's id. Raises NotFound, Stale, Conflict for one that is answered."""
    await ledger.take_turn(unit)
    async with door.opened(unit, "decide_review", record=f"review/{item}") as vault:
        row = (
            await vault.execute(
                text("select * from review_item where id = :id for update"),
                {"id": item},
            )
        ).one_or_none()
        if row is None:
            raise NotFound("There is no such question")
        await may_see(unit, vault, [row.record_a, row.record_b])
        # The same answer again: its first telling may have been cut off between the two zones.
        if (row.state, row.decided_by) != (decision, unit.cause.actor):
            check_version(row.version, expected)
            if row.state != "open":
                raise Conflict("This question was answered already")
    kind = RuleKind.MUST if decision is Decision.SAME else RuleKind.CANNOT
    return await make_rule(unit, kind, row.record_a, row.record_b, reason)


async def unmerge(unit: UnitOfWork, resident: UUID, taken_out: Collection[UUID], reason: str) -> dict[UUID, UUID]:
    """Takes records out of a resident, never to be put back by a score; whose each of the records is now.

    Raises NotFound for a resident we don't have, Invalid for records that are not theirs, or for all or none of them.
    """
    await ledger.take_turn(unit)
    async with door.opened(unit, "unmerge", record=f"resident/{resident}") as vault:
        held = await _resident(unit, vault, resident)
        theirs = set(await ledger.standing(vault, [held]))
        out = {await _record(vault, each, "/records") for each in taken_out}
        if not out & theirs and await _kept_apart(vault, out, theirs):
            # Said already: its first telling may have been cut off between the two zones.
            theirs |= out
        elif not out <= theirs:
            raise invalid("/records", "Some of these records are not this resident's", "records_of_resident")
        elif not out or out == theirs:
            raise invalid("/records", "Name some of the resident's records, not all and not none", "some_records")
        for one in sorted(out):
            for other in sorted(theirs - out):
                await _put_rule(vault, RuleKind.CANNOT, one, other, unit.cause.actor, reason)
        settled = await settle(vault, theirs, author=unit.cause.actor, because=Because.UNMERGE, look=False)
        now = await ledger.residents_of(vault, theirs)
        shown = await outcome(vault, [settled])
    await show(unit, shown)
    return now


async def _kept_apart(vault: AsyncSession, ones: Collection[UUID], others: Collection[UUID]) -> bool:
    """Whether each of the ones is, by a rule, not the person that the others are."""
    cannot = (await ledger.rules_about(vault, ones)).cannot
    return bool(ones) and all(any(ordered(one, other) in cannot for other in others) for one in ones)


async def _resident(unit: UnitOfWork, vault: AsyncSession, named: UUID) -> UUID:
    found = await ledger.find_resident(vault, named)
    if found is None:
        raise NotFound("There is no such resident")
    await may_see(unit, vault, (await ledger.standing(vault, [found])).keys())
    return found


async def erase(unit: UnitOfWork, resident: UUID, why: ErasureReason) -> int:
    """Everything of a resident goes, in both zones; a tombstone stays, and no other id changes. How many records.

    The records stay away when their sources send them again. A second time changes nothing. Raises NotFound.
    """
    await ledger.take_turn(unit)
    async with door.opened(unit, "erase", record=f"resident/{resident}") as vault:
        if await ledger.is_tombstone(vault, resident):
            return 0
        held = await _resident(unit, vault, resident)
        gone = list(await ledger.standing(vault, [held]))
        shown = await erase_records(vault, gone, unit.cause.actor, why)
        await vault.execute(
            text(
                "update resident set pseudonym = null, person_id = null, introduction = null, introduced_at = null,"
                " erased_at = clock_timestamp() where resident_id = :id"
            ),
            {"id": held},
        )
    await show(unit, shown)
    return len(gone)


async def erase_records(
    vault: AsyncSession, ids: Collection[UUID], author: str, why: ErasureReason | None
) -> picture.Picture:
    """Takes records out of the vault with all that was said of them. With a `why` they stay away when sent again."""
    named = {"ids": sorted(ids)}
    residents = set((await ledger.residents_of(vault, ids)).values())
    homes = await picture.homes_of(vault, residents)
    mates = {member for members in homes.values() for member in members}
    if why is not None:
        await vault.execute(
            text(
                "insert into erasure (pseudonym, author, reason) select pseudonym, :author, :reason from record"
                " where record_id = any(:ids) on conflict do nothing"
            ),
            {**named, "author": author, "reason": why},
        )
    pseudonyms = (await vault.scalars(text("select pseudonym from record where record_id = any(:ids)"), named)).all()
    await vault.execute(text("set local vault.erasing = 'on'"))
    for statement in (
        "delete from assertion where record_id = any(:ids)",
        "delete from record_resident where record_id = any(:ids)",
        "delete from pair_rule where record_a = any(:ids) or record_b = any(:ids)",
        "delete from review_item where record_a = any(:ids) or record_b = any(:ids)",
        "delete from record where record_id = any(:ids)",
    ):
        await vault.execute(text(statement), named)
    await vault.execute(text("set local vault.erasing = 'off'"))
    left = set((await ledger.standing(vault, residents)).values())
    without = residents - {resident for resident, _, _ in left}
    await vault.execute(text("delete from home_member where resident_id = any(:ids)"), {"ids": sorted(without)})
    await ledger.follow_register(vault, residents)
    shown = await picture.refresh(vault, (residents | mates) - without, clock.today(), homes)
    shown.gone_records = list(pseudonyms)
    return shown


async def announce(unit: UnitOfWork, result: Mapping[str, Any]) -> None:
    """Tells the others of a run over the whole borough: counts, never who. For `services.risk.pipeline.AFTER`."""
    unit.accessed("vault/all", action="risk.vault.link_all")
    state = RelinkState.model_validate(result)
    unit.emit("risk.resident.relinked", state, aggregate_id=state.run_id, sequence=1)
