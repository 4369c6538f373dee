"""Writes of work journeys: the story, the steps, with whom they are shared, the close."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.casefile.work import WorkJourneyState
from kit.errors import Conflict, NotFound, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.outcomes import whose
from services.casefile.work import domain
from services.casefile.work.domain import SPECIAL, Activity, Inactive, Stage, Step, StepKind, StepState
from services.casefile.work.models import WorkJourney, job_rules
from services.casefile.work.rows import jobs_of, load, reaches_health
from services.casefile.work.shapes import BarrierBody, JourneyChanges, NewJourney, NewStep, StepChanges


async def open_journey(unit: UnitOfWork, new: NewJourney) -> WorkJourney:
    """Set out. `Conflict` when the person is on the way already."""
    person = await whose.person_for(unit, new.person_id)
    home = await whose.home_of(unit, person.id, new.household_id)
    _check_reach(unit, new.barriers, new.inactive_kinds)
    _check_story(new.activity, new.inactive_kinds, new.inactive_words, new.out_of_work_since)
    now = clock.business_now()
    row: WorkJourney | None = await unit.session.scalar(
        insert(WorkJourney)
        .values(
            id=new_id(),
            version=1,
            person_id=person.id,
            household_id=home,
            worker=unit.cause.actor,
            state="open",
            stage=Stage.PREPARING,
            goal=new.goal,
            activity=new.activity,
            inactive_kinds=list(new.inactive_kinds),
            inactive_words=new.inactive_words,
            never_worked=new.never_worked,
            out_of_work_since=new.out_of_work_since,
            hours_wanted=new.hours_wanted,
            barriers=[each.model_dump(mode="json") for each in new.barriers],
            steps=[],
            opened_by=unit.cause.actor,
            opened_at=now,
            changed_at=now,
        )
        .on_conflict_do_nothing()
        .returning(WorkJourney)
    )
    if row is None:
        raise Conflict("They are on the way already: go on with that journey", allowed=[])
    await announce(unit, row, "opened")
    return row


async def change(unit: UnitOfWork, journey_id: UUID, expected: int, changes: JourneyChanges) -> WorkJourney:
    """The story is another now. What tells of health and can't be seen for this purpose stays as it was."""
    row = await _open(unit, journey_id, expected)
    given = changes.model_dump(exclude_unset=True)
    _check_reach(unit, changes.barriers or [], changes.inactive_kinds or [])
    if changes.barriers is not None:
        kept = [] if reaches_health(unit) else [each for each in row.barriers if each["kind"] in SPECIAL]
        given["barriers"] = [*(each.model_dump(mode="json") for each in changes.barriers), *kept]
    if changes.activity is not None and changes.activity is not Activity.INACTIVE:
        # Whoever looks for work again has no reason any more not to.
        given = {"inactive_kinds": [], "inactive_words": None, **given}
    for name in ("worker", "goal", "activity", "never_worked", "barriers", "inactive_kinds"):
        if name in given and given[name] is None:
            raise invalid(f"/{name}", "It can be another, not none.", "not-null")
    for name, value in given.items():
        setattr(row, name, value)
    kinds = [Inactive(each) for each in row.inactive_kinds]
    _check_story(Activity(row.activity), kinds, row.inactive_words, row.out_of_work_since)
    return await changed(unit, row)


async def add_step(unit: UnitOfWork, journey_id: UUID, expected: int, new: NewStep) -> WorkJourney:
    """One more step."""
    row = await _open(unit, journey_id, expected)
    step = {
        "id": str(new_id()),
        **new.model_dump(mode="json"),
        "state": StepState.PLANNED.value,
        "done_on": None,
        "result": None,
    }
    row.steps = [*row.steps, step]
    return await changed(unit, row)


async def change_step(
    unit: UnitOfWork, journey_id: UUID, step_id: UUID, expected: int, changes: StepChanges
) -> WorkJourney:
    """How a step stands now."""
    row = await _open(unit, journey_id, expected)
    step = next((each for each in row.steps if each["id"] == str(step_id)), None)
    if step is None:
        raise NotFound("There is no such step on this journey")
    given: dict[str, Any] = {
        name: value
        for name, value in changes.model_dump(mode="json", exclude_unset=True).items()
        if value is not None or name in {"due_on", "result"}
    }
    before = Step(StepKind(step["kind"]), StepState(step["state"]))
    if changes.state is not None:
        after = domain.move(before, changes.state)
        if after.state is StepState.DONE and before.state is not StepState.DONE:
            given["done_on"] = clock.today().isoformat()
    row.steps = [{**each, **given} if each["id"] == str(step_id) else each for each in row.steps]
    return await changed(unit, row)


async def share(
    unit: UnitOfWork, journey_id: UUID, expected: int, coach: str | None, agreed_on: date | None
) -> WorkJourney:
    """They share goals with a work coach, as they agreed; or no longer, from this moment on."""
    row = await _open(unit, journey_id, expected)
    if coach is not None and agreed_on is None:
        raise invalid("/agreed_on", "On which day did they agree to share it?", "agreed")
    if agreed_on is not None and agreed_on > clock.today():
        raise invalid("/agreed_on", "A day that has been.", "not-in-the-future")
    row.coach, row.shared_on = coach, agreed_on if coach is not None else None
    return await changed(unit, row)


async def close(unit: UnitOfWork, journey_id: UUID, expected: int, reason: str) -> WorkJourney:
    """The journey ends. Checks of a job that goes on are asked all the same."""
    row = await _open(unit, journey_id, expected)
    domain.check_close(reason)
    row.state, row.close_reason, row.closed_at = "closed", reason, clock.business_now()
    row.coach = row.shared_on = None
    return await changed(unit, row, "closed")


async def changed(unit: UnitOfWork, row: WorkJourney, event: str = "changed") -> WorkJourney:
    """A new version, told as what it is: another stage is a fact of the household's story, anything else is not."""
    pairs = (await jobs_of(unit, [row.id]))[row.id]
    stage = domain.stage_of(row.rule_steps(), [job_rules(job, checks) for job, checks in pairs])
    if stage != row.stage:
        row.stage = stage
        event = "moved" if event == "changed" else event
    row.version += 1
    row.changed_at = clock.business_now()
    await announce(unit, row, event)
    return row


async def announce(unit: UnitOfWork, row: WorkJourney, event: str) -> None:
    """Tell the others, in codes and dates."""
    jobs = [job for job, _ in (await jobs_of(unit, [row.id]))[row.id] if job.ended_on is None]
    state = WorkJourneyState.model_validate(
        {
            "work_journey_id": row.id,
            "person_id": row.person_id,
            "household_id": row.household_id,
            "worker": row.worker,
            "state": row.state,
            "stage": row.stage,
            "in_work_since": min((job.started_on for job in jobs), default=None),
            "close_reason": row.close_reason,
            "changed_at": row.changed_at,
        }
    )
    unit.emit(f"casefile.work_journey.{event}", state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"work_journey/{row.id}", [row.person_id])


async def _open(unit: UnitOfWork, journey_id: UUID, expected: int) -> WorkJourney:
    row = await load(unit, journey_id)
    check_version(row.version, expected)
    domain.check_open(row.state)
    return row


def _check_reach(unit: UnitOfWork, barriers: list[BarrierBody], kinds: list[Inactive]) -> None:
    if reaches_health(unit):
        return
    words = "Health is written down for support, not for work alone: state the purpose it is for."
    if any(each.kind in SPECIAL for each in barriers):
        raise invalid("/barriers", words, "special-category")
    if any(each in SPECIAL for each in kinds):
        raise invalid("/inactive_kinds", words, "special-category")


def _check_story(activity: Activity, kinds: list[Inactive], words: str | None, since: date | None) -> None:
    domain.check_story(activity, kinds, words, since, clock.today())
