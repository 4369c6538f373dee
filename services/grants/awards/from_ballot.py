"""A ballot that the delegated officer has decided on becomes awards: what it says, and nothing else.

The officer's decision is the ballot's own (ballots/results.py): adopted or returned, with the subsidy check, the
answer to regulation 59F and the interests. Here nothing is decided anew. A returned project that the panel upholds
comes with a second call.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.errors import Conflict, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.grants.applications import commands as applications
from services.grants.applications.domain import State as Stands
from services.grants.applications.models import GrantApplication
from services.grants.awards import deciding, domain
from services.grants.awards.deciding import WAITING
from services.grants.awards.domain import Decision, Item, Outcome, Source, Subsidy
from services.grants.awards.models import Recommendation, RecommendationItem
from services.grants.ballots import queries as ballots
from services.grants.ballots.commands import load as load_ballot
from services.grants.ballots.domain import Decision as Said
from services.grants.ballots.domain import State as Ballot
from services.grants.ballots.queries import CountView, ResultView
from services.grants.funds import commands as funds
from services.grants.funds.domain import Account, AccountKind
from services.grants.rounds.models import GrantRound

DECIDED: Final = (Ballot.RETURNED, Ballot.ADOPTED)


async def take_over(unit: UnitOfWork, round_id: UUID, ballot_id: UUID, refs: Mapping[str, UUID]) -> Recommendation:
    """Make the awards that a decided ballot stands for. `refs`: which reference on the ballot is which application.

    `Conflict` before the officer has decided, and when there is nothing new to take over.
    """
    grant_round = await deciding.closed_round(unit, round_id)
    ballot = await load_ballot(unit, ballot_id, for_change=True)
    if ballot.state not in DECIDED:
        raise Conflict("The officer has not decided on this ballot yet", state=ballot.state, allowed=list(DECIDED))
    counted = await ballots.result(unit, ballot_id)
    refs = by_reference(counted, refs)
    query = select(GrantApplication).where(
        GrantApplication.round_id == round_id, GrantApplication.state.in_(list(WAITING))
    )
    found = {row.id: row for row in (await unit.session.scalars(query.with_for_update())).all()}
    told = await _told(unit, ballot_id)
    results = [(refs[each.project.ref], each) for each in _in_order(counted) if _new(each, refs, found, told)]
    if not results:
        raise Conflict("There is nothing of this ballot that has not been taken over", allowed=[])
    left = await funds.balance(unit, Account(grant_round.fund_id, AccountKind.RESERVED, grant_round.id))
    items = [_item(id_, each) for id_, each in results]
    domain.check_items(items, {id_: row.asked_pence for id_, row in found.items()}, left)
    said = ballot.decisions[-1]
    decisions = [_decision(id_, each, said) for id_, each in results if each.won]
    before = await deciding.returned_before(unit, [each.application_id for each in decisions])
    domain.check_adoption(
        {each.application_id: each.pence for each in items if each.recommended},
        decisions,
        before,
        await deciding.awarded_so_far(unit, round_id),
        int(grant_round.rules["delegated_most_pence"]),
    )
    row = Recommendation(
        id=new_id(),
        version=1,
        round_id=round_id,
        source=Source.BALLOT,
        source_id=ballot_id,
        statement=f"The ballot “{ballot.title}”: {counted.voters} votes",
        made_by=ballot.made_by,
        made_at=counted.counted_at,
        decided_by=said["by"],
        decided_at=clock.business_now(),
        authority=said["statement"],
    )
    unit.session.add(row)
    await unit.session.flush()
    await _settle(unit, grant_round, row, items, {each.application_id: each for each in decisions}, found)
    unit.accessed(f"recommendation/{row.id}")
    return row


async def _settle(
    unit: UnitOfWork,
    grant_round: GrantRound,
    row: Recommendation,
    items: Sequence[Item],
    decisions: Mapping[UUID, Decision],
    found: Mapping[UUID, GrantApplication],
) -> None:
    lines = [
        RecommendationItem(
            recommendation_id=row.id,
            application_id=each.application_id,
            place=place,
            recommended=each.recommended,
            pence=each.pence,
            reason=each.reason,
        )
        for place, each in enumerate(items)
    ]
    unit.session.add_all(lines)
    for line in lines:
        if line.application_id in decisions:
            await applications.answer(unit, found[line.application_id], Stands.RECOMMENDED)
            await deciding.settle(unit, grant_round, line, decisions[line.application_id])


async def _told(unit: UnitOfWork, ballot_id: UUID) -> set[UUID]:
    """Applications about which this ballot has been taken over."""
    query = (
        select(RecommendationItem.application_id)
        .join(Recommendation, Recommendation.id == RecommendationItem.recommendation_id)
        .where(Recommendation.source_id == ballot_id)
    )
    return set((await unit.session.scalars(query)).all())


def _new(
    each: ResultView, refs: Mapping[str, UUID], found: Mapping[UUID, GrantApplication], told: Collection[UUID]
) -> bool:
    """Of this round, and not taken over before: a returned one comes again once the panel has upheld it."""
    if each.project.ref not in refs:
        raise invalid("/refs", f"Say which application {each.project.ref} on the ballot is.", "every-ref")
    row = found.get(refs[each.project.ref])
    if row is None:
        return False
    return row.id not in told or (row.state == Stands.RETURNED and each.decision is Said.ADOPTED)


def _item(application_id: UUID, each: ResultView) -> Item:
    return Item(application_id, each.won, each.project.cost_pence if each.won else 0, each.words)


def _decision(application_id: UUID, each: ResultView, said: Mapping[str, Any]) -> Decision:
    if each.decision is Said.ADOPTED:
        return Decision(
            application_id,
            Outcome.ADOPTED,
            None,
            said["addresses_development"],
            Subsidy.MINIMAL,
            said["subsidy_control"],
        )
    return Decision(application_id, Outcome.RETURNED, each.decision_reason or each.answer_reason)


def _in_order(counted: CountView) -> list[ResultView]:
    """Who won first, by turn; then the others as voters call them."""
    return sorted(counted.results, key=lambda each: (not each.won, each.turn or 0, each.project.ref))


def by_reference(counted: CountView, given: Mapping[str, UUID]) -> dict[str, UUID]:
    """Which reference is which application: as given, or the application's id itself where that is the reference."""
    found = dict(given)
    for each in counted.results:
        if each.project.ref not in found:
            try:
                found[each.project.ref] = UUID(each.project.ref)
            except ValueError:
                continue
    return found
