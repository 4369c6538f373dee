"""Packages of a subject access request: they arrive sealed, each item is checked, then all is released once."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.rights import ErasureProof as Proved
from kit.contracts.rights import Package
from kit.errors import NotFound
from kit.events import sealed
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from services.casefile.rights import domain, rows
from services.casefile.rights.commands import FORGET, KEPT_AFTER_RELEASE, changed, check_cleared
from services.casefile.rights.domain import Exemption, Kind, Part, State, Step, Verdict
from services.casefile.rights.giving import canonical, given
from services.casefile.rights.models import ErasureProof, RightsItem, RightsPart, RightsRequest


async def take_in(unit: UnitOfWork, service: str, package: Package) -> None:
    """A part of one owner's package has come; when the last one is here the check can begin."""
    row = await _locked(unit, package.request_id)
    if row is None or row.state != State.COLLECTING:
        # Withdrawn or refused meanwhile: nothing of it is kept.
        return
    part = {
        "request_id": row.id,
        "service": service,
        "part": package.part,
        "parts": package.parts,
        "collected_at": package.collected_at,
    }
    new = await unit.session.scalar(insert(RightsPart).values(part).on_conflict_do_nothing().returning(RightsPart.part))
    if new is None:
        return
    known = {each.value for each in Part}
    for each in package.items:
        id_ = new_id()
        unit.session.add(
            RightsItem(
                id=id_,
                request_id=row.id,
                service=service,
                source=each.table,
                record=each.record,
                title=each.title,
                # A compartment that we don't know is one for the specialist.
                part=each.part if each.part in known else Part.SAFEGUARDING,
                shared=each.shared,
                day=each.on,
                fields=sorted(each.fields),
                sealed=sealed.seal_at_rest(unit, f"rights_item/{id_}", json.dumps(each.fields).encode()),
                redacted=[],
            )
        )
    await unit.session.flush()
    if not await missing(unit, row.id):
        row.state = State.CHECKING
        await changed(unit, row)


async def missing(unit: UnitOfWork, request_id: UUID) -> list[str]:
    """The owners whose package is not whole yet."""
    query = (
        select(RightsPart.service)
        .where(RightsPart.request_id == request_id)
        .group_by(RightsPart.service)
        .having(func.count() >= func.max(RightsPart.parts))
    )
    return sorted(set(domain.OWNERS) - set(await unit.session.scalars(query)))


@dataclass(frozen=True, slots=True)
class Checked:
    """A trained person's word on one item."""

    item_id: UUID
    verdict: Verdict
    fields: Collection[str]
    exemption: Exemption | None
    reason: str


async def check(unit: UnitOfWork, request_id: UUID, expected: int, words: Sequence[Checked]) -> RightsRequest:
    """The serious-harm check of some items: all of these words count, or none."""
    row = await rows.load(unit, request_id, expected, within=True)
    domain.check_step(Kind(row.kind), State(row.state), Step.CHECK, paused=False, extended=row.extended)
    query = select(RightsItem).where(
        RightsItem.request_id == row.id, RightsItem.id.in_({each.item_id for each in words})
    )
    items = {each.id: each for each in (await unit.session.scalars(query.with_for_update())).all()}
    guarded = await rows.guarded_now(unit, row)
    for word in words:
        item = items.get(word.item_id)
        if item is None:
            raise NotFound("This request has no such item")
        domain.check_verdict(
            domain.Item(Part(item.part), item.shared, frozenset(item.fields)),
            unit.cause.actor,
            unit.cause.roles,
            guarded=guarded,
            verdict=word.verdict,
            fields=word.fields,
            exemption=word.exemption,
            reason=word.reason,
        )
        item.verdict, item.redacted = word.verdict, sorted(word.fields) if word.verdict is Verdict.REDACT else []
        item.exemption, item.reason = (None if word.verdict is Verdict.GIVE else word.exemption), word.reason
        item.checked_by, item.checked_at = unit.cause.actor, clock.business_now()
    await changed(unit, row)
    return row


async def release(unit: UnitOfWork, request_id: UUID, expected: int) -> RightsRequest:
    """Give it out, once: from here on what was given stands still, and its digest says what it was."""
    row = await rows.load(unit, request_id, expected, within=True)
    domain.check_step(Kind(row.kind), State(row.state), Step.RELEASE, paused=False, extended=row.extended)
    await check_cleared(unit, row)
    items = (await unit.session.scalars(select(RightsItem).where(RightsItem.request_id == row.id))).all()
    # What was checked before the latest separation, and would be given, was checked without knowing of it.
    since = await rows.separated_since(unit, row)
    unchecked = sum(
        each.verdict is None
        or (each.verdict != Verdict.WITHHOLD and bool(since and each.checked_at and each.checked_at < since))
        for each in items
    )
    checkers = {each.checked_by for each in items if each.checked_by}
    domain.check_release(unchecked, await missing(unit, row.id), unit.cause.actor, checkers)
    row.state = State.RELEASED
    row.decided_by, row.decided_at = unit.cause.actor, clock.business_now()
    row.digest = hashlib.sha256(canonical(given(unit, items))).hexdigest()
    await changed(unit, row)
    await timers.set_alarm(unit, FORGET, row.id, clock.later(clock.business_now(), KEPT_AFTER_RELEASE))
    return row


async def forget(unit: UnitOfWork, request_id: UUID) -> None:
    """90 days after the release: the copy goes; that and what was given (its digest), and why not, stays."""
    await unit.session.execute(update(RightsItem).where(RightsItem.request_id == request_id).values(sealed=None))
    unit.accessed(f"rights_request/{request_id}")


# Proofs of erasure ---------------------------------------------------------------------------------------------------


async def take_proof(unit: UnitOfWork, service: str, proof: Proved) -> None:
    """One owner has erased; with the last one's word it is done."""
    row = await _locked(unit, proof.request_id)
    if row is None or row.kind != Kind.ERASURE:
        return
    kept = {
        "request_id": row.id,
        "service": service,
        "tables": [each.model_dump(mode="json", exclude_none=True) for each in proof.tables],
        "digest": proof.digest,
        "done_at": proof.changed_at,
    }
    await unit.session.execute(insert(ErasureProof).values(kept).on_conflict_do_nothing())
    done = set(await unit.session.scalars(select(ErasureProof.service).where(ErasureProof.request_id == row.id)))
    if row.state == State.ERASING and done >= set(domain.OWNERS):
        row.state = State.ERASED
        # What they wrote when they asked is theirs too.
        row.details, row.authority = "", None
        await changed(unit, row)


async def counted(unit: UnitOfWork, request_id: UUID) -> Counter[str]:
    """How many items there are by verdict; `unchecked` for those without one."""
    query = (
        select(RightsItem.verdict, func.count()).where(RightsItem.request_id == request_id).group_by(RightsItem.verdict)
    )
    return Counter({verdict or "unchecked": number for verdict, number in await unit.session.execute(query)})


async def _locked(unit: UnitOfWork, request_id: UUID) -> RightsRequest | None:
    query = select(RightsRequest).where(RightsRequest.id == request_id).with_for_update()
    return (await unit.session.scalars(query)).one_or_none()
