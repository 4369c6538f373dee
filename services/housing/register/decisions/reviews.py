"""Writes of reviews: another officer looks at a decision that stands (Housing Act 1996 s166A(9))."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from kit import clock
from kit.errors import Conflict, Forbidden, invalid
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from services.housing.register import rows, scheme, states
from services.housing.register.decisions import commands
from services.housing.register.models import Review
from services.housing.register.shapes import NewRegisterReview, ReviewOutcome
from services.housing.register.states import BIDS, Standing

REVIEW_DUE: Final = "housing.register.review_due"


async def ask(unit: UnitOfWork, decision_id: UUID, new: NewRegisterReview) -> Review:
    """They think it is wrong. The clock runs from the day they asked; meanwhile nothing more is taken from them."""
    row, decision = await rows.load_decision(unit, decision_id, for_change=True)
    rules, today = scheme.scheme(), clock.today()
    if decision.state != "confirmed" or decision.confirmed_at is None:
        raise Conflict("Only a decision that stands is reviewed", state=decision.state, allowed=[])
    asked_on = new.asked_on or today
    if not decision.confirmed_at.astimezone(clock.LONDON).date() <= asked_on <= today:
        raise invalid("/asked_on", "From the day of the decision to today.", "order-of-days")
    if decision.review_ask_by is not None and asked_on > decision.review_ask_by:
        raise invalid(
            "/asked_on",
            f"A review is asked for by {decision.review_ask_by:%-d %B %Y} ({rules.review_source}).",
            "review-in-time",
        )
    review = Review(
        id=new_id(),
        version=1,
        decision_id=decision.id,
        state="asked",
        asked_on=asked_on,
        words=new.words,
        decide_by=clock.period_beginning_with(asked_on, rules.review_decide_days),
        late=False,
        recorded_by=unit.cause.actor,
    )
    unit.session.add(review)
    try:
        await unit.session.flush()
    except IntegrityError:
        raise Conflict("This decision is reviewed already: there is one review", allowed=[]) from None
    under = Standing.ACTIVE_UNDER_REVIEW if row.state in BIDS else Standing.INACTIVE_UNDER_REVIEW
    if under in states.NEXT[Standing(row.state)]:
        row.state_before, row.state = row.state, under
        await commands.saved(unit, row, "housing.application.changed")
    await timers.set_alarm(unit, REVIEW_DUE, review.id, commands.morning(review.decide_by + timedelta(days=1)))
    unit.accessed(f"register_review/{review.id}", row.person_ids)
    return review


async def decide(unit: UnitOfWork, review_id: UUID, expected: int, found: ReviewOutcome) -> Review:
    """An officer who had no part in the decision upholds it, or changes it back."""
    row, decision, review = await rows.load_review(unit, review_id, expected)
    if review.state != "asked":
        raise Conflict(f"This review is {review.state} already", state=review.state, allowed=[])
    commands.check_named(unit)
    if unit.cause.actor in {decision.proposed_by, decision.confirmed_by}:
        raise Forbidden("Another officer, who had no part in the decision, reviews it (Housing Act 1996 s166A(9))")
    review.state, review.reasons = found.outcome, found.reasons
    review.decided_by, review.decided_at = unit.cause.actor, clock.business_now()
    review.version += 1
    await timers.cancel(unit, REVIEW_DUE, review.id)
    if row.state_before and row.state in {
        Standing.ACTIVE_UNDER_REVIEW,
        Standing.INACTIVE_UNDER_REVIEW,
    }:
        row.state, row.state_before = row.state_before, None
    if found.outcome == "changed":
        await commands.undo(unit, row, decision)
    await commands.saved(unit, row, "housing.application.changed")
    unit.accessed(f"register_review/{review.id}", row.person_ids)
    return review


async def due(unit: UnitOfWork, review_id: UUID) -> None:
    """Nobody decided in time: it stands out in the list."""
    review = (await unit.session.scalars(select(Review).where(Review.id == review_id).with_for_update())).one()
    if review.state == "asked" and not review.late:
        review.late, review.version = True, review.version + 1
