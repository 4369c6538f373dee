"""Writes of decisions: make, authorise, tell, take back; and what each does to the duties. The case is locked first."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from kit import clock
from kit.contracts.housing.homelessness import HomelessnessDecisionState
from kit.errors import Conflict, Forbidden, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.housing.homelessness.cases import rows as cases
from services.housing.homelessness.cases.models import HomelessnessCase, HomelessnessDuty
from services.housing.homelessness.cases.rows import Live
from services.housing.homelessness.codes import SECURED
from services.housing.homelessness.decisions import letters
from services.housing.homelessness.decisions.models import HomelessnessDecision
from services.housing.homelessness.decisions.rows import WARNING, facts, load_for_change, waiting
from services.housing.homelessness.decisions.shapes import HomelessnessNotification, NewHomelessnessDecision
from services.housing.homelessness.domain import Particulars, check_order
from services.housing.homelessness.duties import commands as duties
from services.housing.homelessness.law.clocks import LAW
from services.housing.homelessness.law.machine import MACHINE, Transition

_BY_LAW = "The 56 days of the relief duty have passed, and everything else was decided before."


async def decide(unit: UnitOfWork, case_id: UUID, expected: int, new: NewHomelessnessDecision) -> HomelessnessDecision:
    """A step of the law. What is owed from the day it is found holds at once; what ends a duty, once they know."""
    row = await cases.load(unit, case_id, for_change=True)
    check_version(row.version, expected)
    made_on = new.made_on or clock.today()
    live = await _live(unit, row)
    check_order(made_on, clock.today(), *_before(row))
    before = await waiting(unit, row.id)
    if before is not None:
        raise Conflict(
            "Another decision waits to be told or authorised: tell it, or take it back first",
            position=row.position,
            decision_id=str(before.id),
            allowed=["notification", "authorisation", "withdrawal"],
        )
    said = Particulars(new.suitable, new.informed, new.prospect_months, new.provided)
    known, number = await facts(unit, row, live, made_on, said)
    transition = MACHINE.check(new.transition, row.position, known, made_on)
    _check_home(transition, live, new)
    found = await cases.assessment(unit, row.id)
    particulars = {
        "suitable": new.suitable,
        "informed": new.informed,
        "prospect_months": new.prospect_months,
        "provided": new.provided,
        "accommodation": new.accommodation,
        "stayed": new.stayed,
        "to_authority": found.connection_authority if found is not None else None,
    }
    made = await _made(unit, row, live, transition, made_on, number, new.reasons, particulars)
    # Put on file weeks later: what the law did meanwhile is done too.
    await follow_clock(unit, row)
    return made


def _before(row: HomelessnessCase) -> list[tuple[date | None, str, str]]:
    position = MACHINE.positions[row.position]
    what = f"what stands now began ({position.title.lower()})"
    return [(row.made_on, "they applied", "Housing Act 1996 s184"), (row.position_since, what, position.section)]


def _check_home(transition: Transition, live: Live, new: NewHomelessnessDecision) -> None:
    secured = any(reason in SECURED for duty, reason in transition.ends.items() if duty in live.rows)
    if secured and (new.accommodation is None or new.stayed is None):
        pointer = "/accommodation" if new.accommodation is None else "/stayed"
        detail = f"Say where they live now, and whether it is the home they had ({transition.section})."
        raise invalid(pointer, detail, "accommodation-iff-secured")
    if not secured and (new.accommodation is not None or new.stayed is not None):
        raise invalid("/accommodation", "Only where a duty ends in a home.", "accommodation-iff-secured")


async def _made(
    unit: UnitOfWork,
    row: HomelessnessCase,
    live: Live,
    transition: Transition,
    made_on: date,
    number: int | None,
    reasons: str,
    particulars: dict[str, Any],
) -> HomelessnessDecision:
    last = await unit.session.scalar(
        select(func.max(HomelessnessDecision.number)).where(HomelessnessDecision.case_id == row.id)
    )
    decision = HomelessnessDecision(
        id=new_id(),
        version=1,
        case_id=row.id,
        number=(last or 0) + 1,
        transition=transition.code,
        section=transition.section,
        state="to_authorise" if transition.second else "to_notify",
        from_position=row.position,
        to_position=transition.target(row.position),
        assessment_number=number,
        made_on=made_on,
        made_by=unit.cause.actor,
        reasons=reasons,
        particulars=particulars,
        review_kind=transition.review,
        letter=[],
        changed_at=clock.business_now(),
    )
    unit.session.add(decision)
    await unit.session.flush()
    if transition.effect == "made":
        await duties.apply(unit, row, live, decision, transition, made_on)
    if transition.letter is None:
        # Nothing to tell: it is for the file.
        decision.state, decision.notified_on = "notified", made_on
    decision.letter = letters.written(transition, _told(decision, await _live(unit, row)))
    _touch(row)
    cases.on_record(unit, row)
    return decision


async def authorise(unit: UnitOfWork, decision_id: UUID, expected: int) -> HomelessnessDecision:
    """A second officer agrees (SI 2018/223 reg 3): never the one who made it."""
    row, decision = await load_for_change(unit, decision_id)
    check_version(decision.version, expected)
    if decision.state != "to_authorise":
        raise Conflict("This decision waits for no second officer", state=decision.state, allowed=_allowed(decision))
    if decision.made_by == unit.cause.actor:
        raise Forbidden("Another officer authorises it: nobody agrees with themselves")
    decision.state, decision.authorised_by = "to_notify", unit.cause.actor
    decision.authorised_on = clock.today()
    _new_version(decision)
    cases.on_record(unit, row)
    return decision


async def notify(
    unit: UnitOfWork, decision_id: UUID, expected: int, told: HomelessnessNotification
) -> HomelessnessDecision:
    """They were told in writing. What ends a duty holds from this day; the time for a review begins with it."""
    row, decision = await load_for_change(unit, decision_id)
    check_version(decision.version, expected)
    if decision.state != "to_notify":
        raise Conflict("This decision cannot be told now", state=decision.state, allowed=_allowed(decision))
    on = told.notified_on or clock.today()
    if not max(decision.made_on, decision.authorised_on or decision.made_on) <= on <= clock.today():
        detail = "Between the day it was made, or authorised, and today (Housing Act 1996 s184(3) and (6))."
        raise invalid("/notified_on", detail, "notified-after-made")
    transition = MACHINE.transitions[decision.transition]
    if decision.effect_on is None:
        live = await _live(unit, row)
        if on < row.position_since:
            section = MACHINE.positions[row.position].section
            detail = f"Not before {row.position_since.isoformat()}, when that began ({section})."
            raise invalid("/notified_on", detail, "duty-dates-in-order")
        said = Particulars(*(decision.particulars[each] for each in _SAID))
        known, _ = await facts(unit, row, live, on, said)
        # As it stands now: what was found since may have taken its ground away.
        MACHINE.check(decision.transition, row.position, known, on)
        await duties.apply(unit, row, live, decision, transition, on)
        _touch(row)
    decision.state, decision.notified_on, decision.notified_how = "notified", on, told.how
    decision.notified_by = unit.cause.actor
    if decision.review_kind is not None:
        decision.review_until = LAW.clock("ask_for_review", on).last_day(on)
    decision.letter = letters.written(transition, _told(decision, await _live(unit, row)))
    _new_version(decision)
    _announce(unit, row, decision)
    cases.on_record(unit, row)
    return decision


async def withdraw(unit: UnitOfWork, decision_id: UUID, expected: int) -> HomelessnessDecision:
    """Take back one that does not hold yet; its words stay on file."""
    row, decision = await load_for_change(unit, decision_id)
    check_version(decision.version, expected)
    if "withdrawal" not in _allowed(decision):
        raise Conflict(
            "It holds already: only a review or a fresh decision changes it",
            state=decision.state,
            allowed=_allowed(decision),
        )
    decision.state = "withdrawn"
    _new_version(decision)
    _touch(row)
    cases.on_record(unit, row)
    return decision


def _allowed(decision: HomelessnessDecision) -> list[str]:
    step = {"to_authorise": ["authorisation"], "to_notify": ["notification"]}.get(decision.state, [])
    return [*step, *(["withdrawal"] if step and decision.effect_on is None else [])]


# By the clock -------------------------------------------------------------------------------------------------------


async def ran_out(unit: UnitOfWork, duty_id: UUID) -> None:
    """The clock of a duty has run out: what the law then does by itself is done, and nothing else."""
    duty = await unit.session.get_one(HomelessnessDuty, duty_id)
    query = select(HomelessnessCase).where(HomelessnessCase.id == duty.case_id).with_for_update()
    await follow_clock(unit, (await unit.session.scalars(query)).one())


async def follow_clock(unit: UnitOfWork, row: HomelessnessCase) -> HomelessnessDecision | None:
    """After a clock ran out, and after each finding: s189B(4) ends relief when everything else was decided.

    From the day after its last one, or from the day of the finding that was still missing; however late we get to it.
    """
    live = await _live(unit, row)
    today = clock.today()
    own = MACHINE.positions[row.position].duty
    found = await cases.assessment(unit, row.id)
    last_day = live.clocks.get(own or "")
    if found is None or last_day is None or last_day >= today:
        return None
    on = min(today, max(last_day + timedelta(days=1), found.made_on))
    known, number = await facts(unit, row, live, on)
    transition = MACHINE.by_clock(row.position, known, on)
    if transition is None:
        return None
    before = await waiting(unit, row.id)
    if before is not None:
        # The law has overtaken it.
        before.state = "withdrawn"
        _new_version(before)
    return await _made(unit, row, live, transition, on, number, _BY_LAW, dict.fromkeys(_PARTICULARS))


_SAID = ("suitable", "informed", "prospect_months", "provided")
_PARTICULARS = (*_SAID, "accommodation", "stayed", "to_authority")


# Overturned by a review ---------------------------------------------------------------------------------------------


async def restore(unit: UnitOfWork, row: HomelessnessCase, decision: HomelessnessDecision) -> bool:
    """A review overturned it: what it ended is owed again, what it began is not. False: later decisions stand on it.

    Then a person decides afresh what follows; nothing is guessed.
    """
    decision.state = "overturned"
    _new_version(decision)
    later = select(func.count()).where(
        HomelessnessDecision.case_id == row.id,
        HomelessnessDecision.number > decision.number,
        HomelessnessDecision.effect_on.is_not(None),
        HomelessnessDecision.from_position != HomelessnessDecision.to_position,
    )
    if decision.effect_on is None or await unit.session.scalar(later):
        return False
    today = clock.today()
    for duty in (await cases.duties(unit, [row.id]))[row.id]:
        if duty.start_decision_id == decision.id and duty.ended_on is None:
            duty.ended_on, duty.end_reason = max(today, duty.started_on), "overturned"
            await duties.no_clock(unit, duty)
            await duties.changed(unit, row, duty, "housing.duty.ended")
        elif duty.end_decision_id == decision.id:
            duty.ended_on = duty.end_reason = duty.end_decision_id = duty.accommodation = duty.stayed = None
            await duties.set_clock(unit, duty)
            await duties.changed(unit, row, duty, "housing.duty.started")
    row.position, row.position_since = decision.from_position, today
    row.closed_on = row.closed_by_transition = None
    _touch(row)
    return True


def _told(decision: HomelessnessDecision, live: Live) -> letters.Told:
    transition = MACHINE.transitions[decision.transition]
    begun = [live.rows[each] for each in transition.starts if each in live.rows]
    warned = decision.notified_on or clock.today()
    return letters.Told(
        made_on=decision.made_on,
        reasons=decision.reasons,
        effect_on=decision.effect_on,
        last_day=next((each.last_day for each in begun if each.last_day), None),
        prospect_months=decision.particulars["prospect_months"],
        to_authority=decision.particulars["to_authority"],
        duty_words=next((MACHINE.duties[each].words for each in transition.starts), None)
        or "advice and help in looking for a home",
        warning_until=LAW.clock("warning", warned).last_day(warned) if transition.code == WARNING else None,
        notified_on=decision.notified_on,
        review_until=decision.review_until,
    )


async def _live(unit: UnitOfWork, row: HomelessnessCase) -> Live:
    return Live.of((await cases.duties(unit, [row.id]))[row.id])


def _touch(row: HomelessnessCase) -> None:
    row.version, row.changed_at = row.version + 1, clock.business_now()


def _new_version(decision: HomelessnessDecision) -> None:
    decision.version, decision.changed_at = decision.version + 1, clock.business_now()


def _announce(unit: UnitOfWork, row: HomelessnessCase, decision: HomelessnessDecision) -> None:
    state = HomelessnessDecisionState.model_validate(
        {
            "case_id": row.id,
            "person_id": row.person_id,
            "household_id": row.household_id,
            "decision_id": decision.id,
            **{
                name: getattr(decision, name)
                for name in ("transition", "section", "made_on", "notified_on", "review_until", "state", "changed_at")
            },
        }
    )
    unit.emit("housing.homelessness_decision.notified", state, aggregate_id=decision.id, sequence=decision.version)
