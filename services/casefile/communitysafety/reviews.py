"""Writes of case reviews (2014 Act s104): asked for, decided by its day, held by its day, the person told."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.casefile.community_safety import AsbReviewState
from kit.errors import Conflict, invalid
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.communitysafety import domain
from services.casefile.communitysafety.domain import ReviewState
from services.casefile.communitysafety.models import AsbReview, SafetyCase
from services.casefile.communitysafety.rows import load, load_review
from services.casefile.communitysafety.shapes import NewAsbReview, ReviewDecision, ReviewResult

OVERDUE = "casefile.asb_review.overdue"


async def ask(unit: UnitOfWork, case_id: UUID, expected: int, new: NewAsbReview) -> AsbReview:
    """A review is asked for. `Conflict` while another one is open."""
    case = await load(unit, case_id, for_change=True)
    check_version(case.version, expected)
    asked_on = new.asked_on or clock.today()
    if asked_on > clock.today():
        raise invalid("/asked_on", "A day that has been.", "not-in-the-future")
    if new.complaints is not None:
        complaints = [each.model_dump(mode="json") for each in new.complaints]
    else:
        complaints = [
            {"happened_on": each["happened_on"], "complained_on": each["complained_on"]}
            for each in case.incidents
            if each["complained_on"] is not None
        ]
    row: AsbReview | None = await unit.session.scalar(
        insert(AsbReview)
        .values(
            id=new_id(),
            version=1,
            safety_case_id=case.id,
            state=ReviewState.ASKED,
            asked_on=asked_on,
            asked_by=new.asked_by,
            complaints=complaints,
            due_on=domain.decision_due(asked_on),
            overdue=False,
            recorded_by=unit.cause.actor,
            changed_at=clock.business_now(),
        )
        .on_conflict_do_nothing()
        .returning(AsbReview)
    )
    if row is None:
        raise Conflict("A case review is open already", allowed=["decide", "hold"])
    await timers.set_alarm(unit, OVERDUE, row.id, domain.overdue_at(row.due_on))
    _announce(unit, row, case, "asked")
    return row


async def decide(unit: UnitOfWork, review_id: UUID, expected: int, decision: ReviewDecision) -> AsbReview:
    """Whether there is a review. By the number it is owed; below it the bodies may hold one all the same."""
    row, case = await load_review(unit, review_id)
    check_version(row.version, expected)
    counted = domain.threshold(row.rule_complaints(), row.asked_on)
    after = domain.decide(ReviewState(row.state), decision.met, counted, decision.reason)
    row.state, row.reason = after, decision.reason
    row.decided_on, row.decided_by = clock.today(), unit.cause.actor
    row.overdue = False
    if after is ReviewState.THRESHOLD_MET:
        row.due_on = domain.review_due(clock.today())
        await timers.set_alarm(unit, OVERDUE, row.id, domain.overdue_at(row.due_on))
    else:
        row.told_on = clock.today()
        await timers.cancel(unit, OVERDUE, row.id)
    return _changed(unit, row, case)


async def hold(unit: UnitOfWork, review_id: UUID, expected: int, result: ReviewResult) -> AsbReview:
    """The review was held, and the person told what is recommended."""
    row, case = await load_review(unit, review_id)
    check_version(row.version, expected)
    told_on = result.told_on or clock.today()
    if told_on > clock.today() or (row.decided_on is not None and told_on < row.decided_on):
        raise invalid("/told_on", "After the decision, and up to today.", "dates-in-order")
    row.state = domain.hold(ReviewState(row.state))
    row.reviewed_on, row.recommendations, row.told_on = clock.today(), result.recommendations, told_on
    row.overdue = False
    await timers.cancel(unit, OVERDUE, row.id)
    return _changed(unit, row, case)


async def mark_overdue(unit: UnitOfWork, review_id: UUID) -> None:
    """It was not decided, or not held, by its day."""
    query = select(AsbReview).where(AsbReview.id == review_id).with_for_update()
    row = (await unit.session.scalars(query)).one()
    waits = row.state in {ReviewState.ASKED, ReviewState.THRESHOLD_MET}
    if waits and row.due_on < clock.today() and not row.overdue:
        row.overdue = True
        _changed(unit, row, await unit.session.get_one(SafetyCase, row.safety_case_id), "overdue")


def _changed(unit: UnitOfWork, row: AsbReview, case: SafetyCase, event: str = "changed") -> AsbReview:
    row.version += 1
    row.changed_at = clock.business_now()
    _announce(unit, row, case, event)
    return row


def _announce(unit: UnitOfWork, row: AsbReview, case: SafetyCase, event: str) -> None:
    state = AsbReviewState.model_validate(
        {
            "asb_review_id": row.id,
            "safety_case_id": row.safety_case_id,
            "person_id": case.person_id,
            "state": row.state,
            "asked_on": row.asked_on,
            "due_on": row.due_on,
            "overdue": row.overdue,
            "changed_at": row.changed_at,
        }
    )
    unit.emit(f"casefile.asb_review.{event}", state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"asb_review/{row.id}", [case.person_id])
