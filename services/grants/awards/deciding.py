"""Writes of decisions: what is recommended for a round, what the delegated officer adopts or returns, the round's end.

Ballots and panels call `recommend` when they have a result; nothing is promised to anybody before `adopt`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.errors import Conflict, NotFound
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.grants.applications import commands as applications
from services.grants.applications.domain import ENDED
from services.grants.applications.domain import State as Stands
from services.grants.applications.models import GrantApplication, Interest
from services.grants.awards import commands as awards
from services.grants.awards import domain
from services.grants.awards.domain import Decision, Item, Outcome, Source
from services.grants.awards.models import Award, Recommendation, RecommendationItem
from services.grants.funds import commands as funds
from services.grants.funds.domain import Account, AccountKind
from services.grants.rounds import commands as rounds
from services.grants.rounds.domain import RoundState
from services.grants.rounds.models import GrantRound

WAITING = (Stands.ASSESSED, Stands.RETURNED)
NOT_CHOSEN = "The money of this round went to applications that were placed before it."


@dataclass(frozen=True, slots=True)
class Recommended:
    """A result, whole: every application that it decided on, won or lost, with its reason."""

    source: Source
    source_id: UUID | None
    statement: str
    items: Sequence[Item]


async def recommend(unit: UnitOfWork, round_id: UUID, made: Recommended) -> Recommendation:
    """Put a result before the delegated officer. `Conflict` while the round is open or another one waits."""
    grant_round = await closed_round(unit, round_id)
    query = select(GrantApplication).where(
        GrantApplication.round_id == round_id, GrantApplication.state.in_(list(WAITING))
    )
    found = {row.id: row for row in (await unit.session.scalars(query.with_for_update())).all()}
    left = await funds.balance(unit, Account(grant_round.fund_id, AccountKind.RESERVED, grant_round.id))
    domain.check_items(made.items, {id_: row.asked_pence for id_, row in found.items()}, left)
    now = clock.business_now()
    row: Recommendation | None = await unit.session.scalar(
        insert(Recommendation)
        .values(
            id=new_id(),
            version=1,
            round_id=round_id,
            source=made.source,
            source_id=made.source_id,
            statement=made.statement,
            made_by=unit.cause.actor,
            made_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Recommendation)
    )
    if row is None:
        raise Conflict("Another recommendation for this round waits for its decision", allowed=["adoption"])
    for place, each in enumerate(made.items):
        unit.session.add(
            RecommendationItem(
                recommendation_id=row.id,
                application_id=each.application_id,
                place=place,
                recommended=each.recommended,
                pence=each.pence,
                reason=each.reason,
            )
        )
        if each.recommended:
            await applications.answer(unit, found[each.application_id], Stands.RECOMMENDED)
    unit.accessed(f"recommendation/{row.id}")
    return row


async def adopt(
    unit: UnitOfWork, recommendation_id: UUID, expected: int, authority: str, decisions: Sequence[Decision]
) -> Recommendation:
    """The delegated officer adopts each recommended item or returns it, once, with a public reason: never alters it."""
    row = await load(unit, recommendation_id, for_change=True)
    if row.decided_at is not None:
        raise Conflict("This recommendation has been decided on", allowed=[])
    check_version(row.version, expected)
    grant_round = await closed_round(unit, row.round_id)
    # What a group has taken back meanwhile is no longer decided on.
    waiting = select(GrantApplication.id).where(
        GrantApplication.round_id == row.round_id, GrantApplication.state == Stands.RECOMMENDED
    )
    still = set((await unit.session.scalars(waiting)).all())
    items = {each.application_id: each for each in await items_of(unit, row.id) if each.application_id in still}
    interested = select(Interest.worker).where(Interest.application_id.in_(items))
    domain.check_decider(unit.cause.actor, row.made_by, set((await unit.session.scalars(interested)).all()))
    domain.check_adoption(
        {id_: each.pence for id_, each in items.items()},
        decisions,
        await returned_before(unit, list(items)),
        await awarded_so_far(unit, row.round_id),
        int(grant_round.rules["delegated_most_pence"]),
    )
    now = clock.business_now()
    row.decided_by, row.decided_at, row.authority = unit.cause.actor, now, authority
    row.version += 1
    for each in decisions:
        await settle(unit, grant_round, items[each.application_id], each)
    unit.accessed(f"recommendation/{row.id}")
    return row


async def returned_before(unit: UnitOfWork, application_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these an officer has returned already."""
    query = select(RecommendationItem.application_id).where(
        RecommendationItem.application_id.in_(application_ids), RecommendationItem.outcome == Outcome.RETURNED
    )
    return set((await unit.session.scalars(query)).all())


async def settle(unit: UnitOfWork, grant_round: GrantRound, item: RecommendationItem, made: Decision) -> None:
    """Carry one decision out: an award, or back to the panel with the public reason."""
    item.outcome, item.public_reason = made.outcome, made.public_reason
    item.regulation_59f_reason = made.regulation_59f_reason
    item.subsidy, item.subsidy_note = made.subsidy, made.subsidy_note
    query = select(GrantApplication).where(GrantApplication.id == item.application_id).with_for_update()
    application = (await unit.session.scalars(query)).one()
    if made.outcome is Outcome.RETURNED:
        await applications.answer(unit, application, Stands.RETURNED, made.public_reason)
        return
    await applications.answer(unit, application, Stands.AWARDED)
    await awards.make(unit, grant_round, application, item.pence, made.regulation_59f_reason or "")


async def finish(unit: UnitOfWork, round_id: UUID, expected: int) -> GrantRound:
    """The round is over: who got nothing is told why, what is left of its money goes back to the fund.

    `Conflict` while a recommendation waits, or an application was not assessed yet.
    """
    row = await closed_round(unit, round_id)
    check_version(row.version, expected)
    waiting = select(Recommendation.id).where(Recommendation.round_id == round_id, Recommendation.decided_at.is_(None))
    if await unit.session.scalar(waiting):
        raise Conflict("A recommendation waits for its decision", allowed=["adoption"])
    open_ones = select(GrantApplication).where(
        GrantApplication.round_id == round_id,
        GrantApplication.state.not_in([*ENDED, Stands.DRAFT]),
    )
    found = (await unit.session.scalars(open_ones.order_by(GrantApplication.id).with_for_update())).all()
    undecided = [each for each in found if each.state not in WAITING]
    if undecided:
        raise Conflict(f"{len(undecided)} applications have not been assessed", state=undecided[0].state)
    reasons = await _latest_reasons(unit, round_id)
    for each in found:
        await applications.answer(unit, each, Stands.DECLINED, reasons.get(each.id, NOT_CHOSEN))
    await rounds.decided(unit, row)
    return row


async def load(unit: UnitOfWork, recommendation_id: UUID, *, for_change: bool = False) -> Recommendation:
    """The recommendation; locked if it is to change."""
    query = select(Recommendation).where(Recommendation.id == recommendation_id)
    row = (await unit.session.scalars(query.with_for_update() if for_change else query)).one_or_none()
    if row is None:
        raise NotFound("There is no such recommendation")
    return row


async def items_of(unit: UnitOfWork, recommendation_id: UUID) -> Sequence[RecommendationItem]:
    """What it says of each application, in its own order."""
    query = (
        select(RecommendationItem)
        .where(RecommendationItem.recommendation_id == recommendation_id)
        .order_by(RecommendationItem.place)
    )
    return (await unit.session.scalars(query)).all()


async def _latest_reasons(unit: UnitOfWork, round_id: UUID) -> dict[UUID, str]:
    """Why each application was not chosen: the officer's words where it was returned, else the recommendation's."""
    query = (
        select(RecommendationItem)
        .join(Recommendation, Recommendation.id == RecommendationItem.recommendation_id)
        .where(Recommendation.round_id == round_id)
        .order_by(Recommendation.made_at)
    )
    rows = (await unit.session.scalars(query)).all()
    return {row.application_id: row.public_reason or row.reason for row in rows}


async def awarded_so_far(unit: UnitOfWork, round_id: UUID) -> int:
    """What was awarded in a round, in pence: the delegation has a limit."""
    query = select(func.coalesce(func.sum(Award.pence), 0)).where(Award.round_id == round_id)
    return int(await unit.session.scalar(query) or 0)


async def closed_round(unit: UnitOfWork, round_id: UUID) -> GrantRound:
    """The round, locked; `Conflict` unless it has closed and is not decided."""
    row = await rounds.load(unit, round_id, for_change=True)
    if row.state != RoundState.CLOSED:
        raise Conflict("A round is decided after it has closed", state=row.state, allowed=[RoundState.CLOSED])
    return row
