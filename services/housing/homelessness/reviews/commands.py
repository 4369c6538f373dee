"""Writes of reviews: ask, add to, decide, withdraw. Each locks the case's row first."""

from uuid import UUID

from sqlalchemy import func, select

from kit import clock
from kit.contracts.housing.homelessness import HomelessnessReviewState
from kit.errors import Conflict, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.housing.homelessness.cases import rows as cases
from services.housing.homelessness.cases.models import HomelessnessAssessment, HomelessnessCase
from services.housing.homelessness.decisions import commands as decisions
from services.housing.homelessness.decisions.letters import day
from services.housing.homelessness.decisions.models import HomelessnessDecision
from services.housing.homelessness.decisions.rows import load_for_change as load_decision
from services.housing.homelessness.law.clocks import LAW
from services.housing.homelessness.law.machine import MACHINE
from services.housing.homelessness.reviews import domain, rows
from services.housing.homelessness.reviews.models import HomelessnessReview
from services.housing.homelessness.reviews.shapes import (
    HomelessnessReviewChanges,
    HomelessnessReviewDecision,
    NewHomelessnessReview,
)


async def ask(unit: UnitOfWork, decision_id: UUID, new: NewHomelessnessReview) -> HomelessnessReview:
    """They ask for a review. There is one of a decision, and none of the review (s202(2))."""
    case, decision = await load_decision(unit, decision_id)
    today = clock.today()
    asked_on = new.asked_on or today
    if decision.state != "notified":
        raise Conflict("Only what they were told of and still stands", state=decision.state, allowed=[])
    duty = MACHINE.positions[decision.to_position].duty
    kind = domain.kind_of(decision.review_kind, new.about, duty, new.decided_by)
    # What the law gives no 21 days for (a plan's steps) is counted from the day they were told of the decision.
    domain.check_asked(asked_on, today, decision.notified_on, decision.review_until, new.late_because)
    before = select(func.count()).where(HomelessnessReview.decision_id == decision.id, HomelessnessReview.kind == kind)
    if await unit.session.scalar(before):
        raise Conflict("This decision was reviewed, or is being: there is no second one (s202(2))", allowed=[])
    rule = LAW.review(kind, asked_on)
    row = HomelessnessReview(
        id=new_id(),
        version=1,
        case_id=case.id,
        decision_id=decision.id,
        kind=kind,
        section=rule.section,
        asked_on=asked_on,
        asked_words=new.words,
        late_because=new.late_because,
        due_on=domain.due(rule, asked_on, None),
        state="open",
        recorded_by=unit.cause.actor,
        changed_at=clock.business_now(),
    )
    unit.session.add(row)
    await unit.session.flush()
    _announce(unit, case, row, "housing.homelessness_review.asked")
    cases.on_record(unit, case)
    return row


async def add(unit: UnitOfWork, review_id: UUID, expected: int, told: HomelessnessReviewChanges) -> HomelessnessReview:
    """Representations, a longer time both agreed to, or a notice that it may stand despite a fault."""
    _case, row = await rows.load(unit, review_id, for_change=True)
    check_version(row.version, expected)
    _check_open(row)
    today = clock.today()
    for name in ("representations_on", "minded_to_on"):
        value = getattr(told, name)
        if value is not None and not row.asked_on <= value <= today:
            raise invalid(f"/{name}", "Between the day they asked and today.", "dates-in-order")
    if told.extended_to is not None and told.extended_to <= (row.extended_to or row.due_on):
        detail = f"Later than {(row.extended_to or row.due_on).isoformat()} (SI 2018/223 reg 9(2))."
        raise invalid("/extended_to", detail, "a-longer-time")
    for name in told.model_fields_set:
        if getattr(told, name) is not None:
            setattr(row, name, getattr(told, name))
    row.due_on = domain.due(LAW.review(row.kind, row.asked_on), row.asked_on, row.representations_on)
    _new_version(row)
    return row


async def decide(
    unit: UnitOfWork, review_id: UUID, expected: int, made: HomelessnessReviewDecision
) -> tuple[HomelessnessReview, bool | None]:
    """Another officer decides. Overturned: what the decision ended is owed again, unless later ones stand on it."""
    case, row = await rows.load(unit, review_id, for_change=True)
    check_version(row.version, expected)
    _check_open(row)
    decision = await unit.session.get_one(HomelessnessDecision, row.decision_id)
    domain.check_decider(domain.Deciding(unit.cause.actor, await _involved(unit, case, decision, row)))
    decided_on = made.decided_on or clock.today()
    domain.check_outcome(made.outcome, row.asked_on, decided_on, row.minded_to_on, clock.today())
    row.state, row.outcome, row.reasons = "decided", made.outcome, made.reasons
    row.reviewer, row.decided_on = unit.cause.actor, decided_on
    row.appeal_until = domain.appeal_until(decided_on)
    undone = domain.undoes_the_decision(row.kind, MACHINE.transitions[decision.transition].guards)
    restored = await decisions.restore(unit, case, decision) if made.outcome == "overturned" and undone else None
    row.letter = _letter(row, decision, restored)
    _new_version(row)
    await unit.session.flush()
    _announce(unit, case, row, "housing.homelessness_review.decided")
    return row, restored


async def withdraw(unit: UnitOfWork, review_id: UUID, expected: int, reason: str) -> HomelessnessReview:
    """They no longer want it."""
    _case, row = await rows.load(unit, review_id, for_change=True)
    check_version(row.version, expected)
    _check_open(row)
    row.state, row.reasons = "withdrawn", reason
    _new_version(row)
    return row


async def _involved(
    unit: UnitOfWork, case: HomelessnessCase, decision: HomelessnessDecision, row: HomelessnessReview
) -> frozenset[str]:
    """Everyone who had a part in it: who found, decided, authorised, told, and who holds the case."""
    found = select(HomelessnessAssessment.made_by).where(HomelessnessAssessment.case_id == case.id)
    people = {decision.made_by, decision.authorised_by, decision.notified_by, case.officer}
    return frozenset({*(await unit.session.scalars(found)), *(each for each in people if each)})


def _letter(row: HomelessnessReview, decision: HomelessnessDecision, restored: bool | None) -> list[str]:
    title = MACHINE.transitions[decision.transition].title
    what = {
        "stands": "The decision stands.",
        "stands_despite_a_fault": "There was a fault in how it was made. We told you of it and heard you, and decided"
        " that it stands all the same.",
        "overturned": "You were right: it does not stand.",
    }[row.outcome or "stands"]
    after = {
        True: "What the decision had ended is owed to you again from today. A fresh decision will be made with you.",
        False: "Other decisions were made since: an officer now looks at what this means for each and tells you.",
        None: "",
    }[restored]
    appeal = (
        "If you think the law was got wrong you may appeal to the county court within 21 days beginning with the day"
        f" you are told, that is by {day(row.appeal_until)} (Housing Act 1996 s204). Free advice: Shelter, Citizens"
        " Advice, or a solicitor with legal aid."
        if row.appeal_until is not None
        else ""
    )
    first = f"You asked on {day(row.asked_on)} for a review of this decision: {title} ({row.section}). {what}"
    return [each for each in (first, f"Reasons: {row.reasons}", after, appeal) if each]


def _check_open(row: HomelessnessReview) -> None:
    if row.state != "open":
        raise Conflict(f"This review is {row.state} already", state=row.state, allowed=[])


def _new_version(row: HomelessnessReview) -> None:
    row.version, row.changed_at = row.version + 1, clock.business_now()


def _announce(unit: UnitOfWork, case: HomelessnessCase, row: HomelessnessReview, event: str) -> None:
    state = HomelessnessReviewState.model_validate(
        {
            "case_id": case.id,
            "person_id": case.person_id,
            "household_id": case.household_id,
            "review_id": row.id,
            **{
                name: getattr(row, name)
                for name in ("decision_id", "kind", "asked_on", "state", "outcome", "decided_on", "changed_at")
            },
            "due_on": row.extended_to or row.due_on,
        }
    )
    unit.emit(event, state, aggregate_id=row.id, sequence=row.version)
