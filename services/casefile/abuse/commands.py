"""Writes of the work against abuse. Nothing of it is announced: a service or a page that heard of it would tell.

Each row keeps its version, who and when; the record of access holds the rest.
"""

from uuid import UUID

from sqlalchemy import func, select

from kit import clock
from kit.errors import Conflict, NotFound, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.abuse import domain
from services.casefile.abuse.domain import Risk, SafeTime
from services.casefile.abuse.models import Action, Assessment, Referral, SafetyPlan, Work
from services.casefile.abuse.rows import history, load, visible_to
from services.casefile.abuse.shapes import (
    ActionIn,
    DoneIn,
    HearingIn,
    NewAssessment,
    NewReferral,
    NewWork,
    SafetyPlanIn,
    WorkChanges,
)
from services.casefile.access import circle
from services.casefile.access.need_to_know import Part, may_see
from services.casefile.people import commands as people
from services.casefile.people.aliases import all_ids
from services.casefile.separation import queries as separations
from services.casefile.separation import ties

_NO_PERSON = "We know of no such person"


async def assess(unit: UnitOfWork, new: NewAssessment) -> Assessment:
    """Put down what a talk found. Whoever puts it down works on it, and sees this compartment of this file."""
    await _hers(unit, new.person_id)
    risk = Risk(new.total, new.judgement, frozenset(new.flags), new.incident_on)
    domain.check_risk(risk, new.judgement_why, clock.today())
    incidents, heard = await history(unit, new.person_id)
    row = Assessment(
        id=new_id(),
        version=1,
        person_id=new.person_id,
        incident_on=new.incident_on,
        total=new.total,
        judgement=new.judgement,
        judgement_why=new.judgement_why,
        flags=sorted(set(new.flags)),
        reasons=[each.value for each in domain.reasons(risk, incidents, heard)],
        made_by=unit.cause.actor,
        made_at=clock.business_now(),
    )
    unit.session.add(row)
    await _let_in(unit, new.person_id, unit.cause.actor)
    unit.accessed(f"abuse_assessment/{row.id}", [row.person_id])
    return row


async def begin(unit: UnitOfWork, new: NewWork) -> Work:
    """Work begins: at most one for a person. `Conflict` where there is one."""
    await _hers(unit, new.person_id)
    query = select(Work).where(Work.person_id.in_(await all_ids(unit.session, [new.person_id])))
    if (await unit.session.scalars(query)).first() is not None:
        raise Conflict("There is work with this person already", allowed=["change"])
    now = clock.business_now()
    row = Work(
        id=new_id(),
        version=1,
        person_id=new.person_id,
        safe_times=[],
        safe_words="",
        begun_by=unit.cause.actor,
        begun_at=now,
        changed_at=now,
    )
    await _let_in(unit, new.person_id, unit.cause.actor)
    unit.session.add(row)
    await _whose(unit, row, new.perpetrator_person_id, new.perpetrator_worker, new.idva)
    unit.accessed(f"abuse_work/{row.id}", [row.person_id])
    return row


async def change(unit: UnitOfWork, work_id: UUID, expected: int, changes: WorkChanges) -> Work:
    """Who advises her, who works with the other one, when it is safe, what she said."""
    row = await load(unit, Work, work_id, "We know of no such work")
    check_version(row.version, expected)
    await _whose(unit, row, changes.perpetrator_person_id, changes.perpetrator_worker, changes.idva)
    row.idva_answer = changes.idva_answer or row.idva_answer
    if changes.safe_times is not None:
        domain.check_times([SafeTime(**each.model_dump()) for each in changes.safe_times])
        row.safe_times = [each.model_dump(mode="json") for each in changes.safe_times]
    row.safe_words = row.safe_words if changes.safe_words is None else changes.safe_words
    if changes.her_word is not None:
        if changes.her_word.heard_on > clock.today():
            raise invalid("/her_word/heard_on", "This is recorded once she said it.", "not-in-the-future")
        row.her_word = {**changes.her_word.model_dump(mode="json"), "heard_by": unit.cause.actor}
    row.version, row.changed_at = row.version + 1, clock.business_now()
    unit.accessed(f"abuse_work/{row.id}", [row.person_id])
    return row


async def _whose(
    unit: UnitOfWork, row: Work, perpetrator: UUID | None, his_worker: str | None, idva: str | None
) -> None:
    """Two people, two workers: nobody who works with the one works with the other."""
    whole = await all_ids(unit.session, [row.person_id])
    homes, _ = await ties.homes_of(unit, whole)
    hers = {*await ties.holders(unit, homes), row.begun_by, *(each for each in (idva or row.idva,) if each)}
    if perpetrator is not None:
        await people.load(unit, perpetrator)
        if perpetrator in whole:
            raise invalid("/perpetrator_person_id", "That is she herself.", "two-people")
        row.perpetrator_person_id = perpetrator
    domain.check_his_worker(his_worker, hers)
    row.perpetrator_worker = his_worker or row.perpetrator_worker
    his = {row.perpetrator_worker} if row.perpetrator_worker else set()
    if idva is not None:
        domain.check_idva(idva, {each for each in his if each})
        if not await separations.may_work_for(unit, idva, [row.person_id]):
            domain.check_idva(idva, [idva])
        row.idva, row.idva_answer = idva, row.idva_answer or "not_asked_yet"
        await _let_in(unit, row.person_id, idva)


async def plan(unit: UnitOfWork, work_id: UUID, new: SafetyPlanIn) -> SafetyPlan:
    """Her safety plan, as she says it now; every version before it is kept."""
    work = await load(unit, Work, work_id, "We know of no such work")
    if new.review_on <= clock.today():
        raise invalid("/review_on", "Say when you look at it again.", "in-the-future")
    last = await unit.session.scalar(select(func.max(SafetyPlan.number)).where(SafetyPlan.work_id == work.id))
    row = SafetyPlan(
        id=new_id(),
        work_id=work.id,
        number=(last or 0) + 1,
        words=new.words,
        copy=new.copy_is,
        review_on=new.review_on,
        written_by=unit.cause.actor,
        written_at=clock.business_now(),
    )
    unit.session.add(row)
    work.version, work.changed_at = work.version + 1, row.written_at
    unit.accessed(f"abuse_work/{work.id}", [work.person_id])
    return row


async def refer(unit: UnitOfWork, new: NewReferral) -> Referral:
    """Bring her to the MARAC, once for what one talk found."""
    found = await load(unit, Assessment, new.assessment_id, "We know of no such assessment")
    domain.check_referral([domain.Reason(each) for each in found.reasons], new.aware, new.not_told_because)
    query = select(Referral).where(Referral.assessment_id == found.id)
    if (await unit.session.scalars(query)).first() is not None:
        raise Conflict("This has been referred already", allowed=["hear"])
    now = clock.business_now()
    row = Referral(
        id=new_id(),
        version=1,
        person_id=found.person_id,
        assessment_id=found.id,
        reasons=found.reasons,
        repeat=domain.Reason.REPEAT.value in found.reasons,
        aware=new.aware,
        not_told_because=new.not_told_because,
        state="referred",
        referred_by=unit.cause.actor,
        referred_at=now,
        changed_at=now,
    )
    unit.session.add(row)
    unit.accessed(f"marac_referral/{row.id}", [row.person_id])
    return row


async def hear(unit: UnitOfWork, referral_id: UUID, expected: int, heard: HearingIn) -> Referral:
    """A conference heard it; from this day on a new incident is a repeat for twelve months."""
    row = await load(unit, Referral, referral_id, "We know of no such referral")
    check_version(row.version, expected)
    if heard.heard_on > clock.today():
        raise invalid("/heard_on", "A conference is recorded once it was held.", "not-in-the-future")
    row.state, row.heard_on = domain.hear(row.state), heard.heard_on
    row.version, row.changed_at = row.version + 1, clock.business_now()
    unit.accessed(f"marac_referral/{row.id}", [row.person_id])
    return row


async def give_out(unit: UnitOfWork, referral_id: UUID, new: ActionIn) -> Action:
    """What the conference asked somebody to do, by when."""
    referral = await load(unit, Referral, referral_id, "We know of no such referral")
    domain.check_action(referral.state)
    now = clock.business_now()
    row = Action(
        id=new_id(),
        version=1,
        referral_id=referral.id,
        words=new.words,
        owner=new.owner,
        due_on=new.due_on,
        set_by=unit.cause.actor,
        changed_at=now,
    )
    unit.session.add(row)
    unit.accessed(f"marac_referral/{referral.id}", [referral.person_id])
    return row


async def done(unit: UnitOfWork, action_id: UUID, expected: int, how: DoneIn) -> Action:
    """An action was done."""
    query = (
        select(Action)
        .join(Referral, Referral.id == Action.referral_id)
        .where(Action.id == action_id, await visible_to(unit, Referral.person_id))
    )
    row = (await unit.session.scalars(query.with_for_update(of=Action))).one_or_none()
    if row is None:
        raise NotFound("We know of no such action")
    check_version(row.version, expected)
    if row.done_on is not None:
        raise Conflict("This was done already", state="done", allowed=[])
    if how.done_on > clock.today():
        raise invalid("/done_on", "It is recorded once it was done.", "not-in-the-future")
    row.done_on, row.done_words = how.done_on, how.words
    row.version, row.changed_at = row.version + 1, clock.business_now()
    referral = await unit.session.get(Referral, row.referral_id)
    unit.accessed(f"marac_referral/{row.referral_id}", [referral.person_id] if referral else [])
    return row


async def _hers(unit: UnitOfWork, person_id: UUID) -> None:
    """Somebody whose file the caller works in; else as unknown as a stranger."""
    seen = await may_see(unit, Part.INSIDE, person_id=person_id) or await may_see(unit, Part.ABUSE, person_id=person_id)
    if not seen:
        raise NotFound(_NO_PERSON)
    people.check_stands(await people.load(unit, person_id))


async def _let_in(unit: UnitOfWork, person_id: UUID, worker: str) -> None:
    homes, _ = await ties.homes_of(unit, await all_ids(unit.session, [person_id]))
    for home in homes:
        circle.let_in(unit, home, worker, "abuse", parts=(Part.ABUSE,))
    await unit.session.flush()
