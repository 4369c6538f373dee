"""The rules of a work journey: what stops them, the steps, the job, and whether it lasts. Pure.

Nothing here is a condition of anything: no step is owed, none that was not taken is counted, and no answer of a work
coach's or of a vacancy's has a consequence.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from kit.errors import Conflict, FieldError, Invalid, invalid

WEEKS: Final = (13, 26)
"""After how many weeks somebody looks whether the job lasts."""
UNKNOWN_AFTER: Final = timedelta(days=28)
"""How long a check may wait for its answer; then nobody knows."""
OLDEST_START: Final = timedelta(days=366)


class Activity(StrEnum):
    """Where they stand: out of work and looking, not looking (inactive), in some work, in training."""

    UNEMPLOYED = "unemployed"
    INACTIVE = "inactive"
    IN_WORK = "in_work"
    IN_TRAINING = "in_training"


class Inactive(StrEnum):
    """Why somebody is not looking for work, to be counted beside their own words."""

    STUDYING = "studying"
    LOOKING_AFTER_FAMILY = "looking_after_family"
    SICK_OR_DISABLED = "sick_or_disabled"
    THINKS_THERE_IS_NO_JOB = "thinks_there_is_no_job"
    NOT_WORTH_IT = "not_worth_it"
    RETIRED = "retired"
    ANOTHER_REASON = "another_reason"


class Barrier(StrEnum):
    """What stops them, as they say it."""

    CHILDCARE = "childcare"
    CARING = "caring"
    HEALTH = "health"
    CONFIDENCE = "confidence"
    SKILLS = "skills"
    ENGLISH = "english"
    DIGITAL = "digital"
    TRAVEL = "travel"
    HOUSING = "housing"
    MONEY = "money"
    EMPLOYERS = "employers"
    SOMETHING_ELSE = "something_else"


SPECIAL: Final = frozenset({Barrier.HEALTH, Inactive.SICK_OR_DISABLED})
"""Tell of health: shown only for purposes that may reach special category data (UK GDPR Article 9)."""


class StepKind(StrEnum):
    """A step on the way."""

    CHILDCARE = "childcare"
    TRAINING = "training"
    VOLUNTEERING = "volunteering"
    WORK_TRIAL = "work_trial"
    APPLICATION = "application"
    INTERVIEW = "interview"
    SOMETHING_ELSE = "something_else"


class StepState(StrEnum):
    """A step is planned, under way, done, or no longer wanted. None is ever missed."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    DONE = "done"
    DROPPED = "dropped"


STEPS_FROM: Final = {
    StepState.PLANNED: (StepState.UNDER_WAY, StepState.DONE, StepState.DROPPED),
    StepState.UNDER_WAY: (StepState.DONE, StepState.DROPPED),
    StepState.DONE: (),
    StepState.DROPPED: (),
}


class CheckState(StrEnum):
    """Whether the job lasted so long."""

    WAITING = "waiting"
    SUSTAINED = "sustained"
    NOT_SUSTAINED = "not_sustained"
    NOT_KNOWN = "not_known"


class Stage(StrEnum):
    """How far somebody has come, the furthest first."""

    PROGRESSED = "progressed"
    SUSTAINED_26_WEEKS = "sustained_26_weeks"
    SUSTAINED_13_WEEKS = "sustained_13_weeks"
    IN_WORK = "in_work"
    INTERVIEW = "interview"
    APPLYING = "applying"
    TRAINING = "training"
    PREPARING = "preparing"


CLOSE_REASONS: Final = ("in_lasting_work", "no_longer_wanted", "moved_away", "other_help", "died", "opened_in_error")


@dataclass(frozen=True, slots=True)
class Step:
    """A step as the rules see it."""

    kind: StepKind
    state: StepState


@dataclass(frozen=True, slots=True)
class Check:
    """Whether the job still stood so many weeks after its start."""

    weeks: int
    due_on: date
    state: CheckState = CheckState.WAITING


@dataclass(frozen=True, slots=True)
class Job:
    """A job as the rules see it."""

    started_on: date
    ended_on: date | None = None
    checks: tuple[Check, ...] = ()
    progressed: bool = False


def check_story(
    activity: Activity, why_inactive: Collection[Inactive], own_words: str | None, out_since: date | None, today: date
) -> None:
    """Who is not looking for work is asked why, and answers in their own words. All faults at once."""
    faults = []
    if activity is Activity.INACTIVE and not own_words:
        detail = "Ask why, and write down what they say: nobody is inactive without a reason."
        faults.append(FieldError("/inactive_words", detail, "own-words"))
    if activity is not Activity.INACTIVE and (why_inactive or own_words):
        faults.append(FieldError("/inactive_words", "Only for somebody who is not looking for work.", "inactive"))
    if out_since is not None and out_since > today:
        faults.append(FieldError("/out_of_work_since", "A day that has been.", "not-in-the-future"))
    if faults:
        raise Invalid("Something in this story does not fit", *faults)


def check_open(state: str) -> None:
    """Only a journey that goes on can change."""
    if state != "open":
        raise Conflict("This journey is closed: open a new one", state=state, allowed=[])


def check_close(reason: str) -> None:
    """A close names its reason."""
    if reason not in CLOSE_REASONS:
        raise invalid("/reason", f"One of {', '.join(CLOSE_REASONS)}.", "close-reason")


def move(step: Step, to: StepState) -> Step:
    """The step's next state; `Conflict` with those allowed from here."""
    allowed = STEPS_FROM[step.state]
    if to is not step.state and to not in allowed:
        raise Conflict(f"This step is {step.state} already", state=step.state, wanted=to, allowed=list(allowed))
    return replace(step, state=to)


def start(started_on: date, today: date) -> Job:
    """A job, with its checks; it is recorded once it has begun."""
    if started_on > today:
        raise invalid("/started_on", "A start is recorded once it has come.", "not-in-the-future")
    if started_on < today - OLDEST_START:
        raise invalid("/started_on", "A start is recorded within a year of its day.", "not-long-past")
    return Job(started_on, checks=tuple(Check(weeks, started_on + timedelta(weeks=weeks)) for weeks in WEEKS))


def end(job: Job, ended_on: date, today: date) -> Job:
    """The job ended: the checks it did not live to see have failed, and are recorded so."""
    if job.ended_on is not None:
        raise Conflict(f"It is on record that this job ended, on {job.ended_on.isoformat()}", allowed=[])
    if not job.started_on <= ended_on <= today:
        raise invalid("/ended_on", "Between its start and today.", "dates-in-order")
    for check in job.checks:
        if check.state is CheckState.SUSTAINED and ended_on < check.due_on:
            detail = f"It was still there after {check.weeks} weeks, on {check.due_on.isoformat()}."
            raise invalid("/ended_on", detail, "dates-in-order")
    checks = tuple(
        replace(each, state=CheckState.NOT_SUSTAINED)
        if each.due_on > ended_on and each.state in {CheckState.WAITING, CheckState.NOT_KNOWN}
        else each
        for each in job.checks
    )
    return replace(job, ended_on=ended_on, checks=checks)


def answer(job: Job, weeks: int, result: CheckState, today: date) -> Check:
    """Whether the job still stood after so many weeks. Refused before its day, but for one that was lost before."""
    check = next((each for each in job.checks if each.weeks == weeks), None)
    if check is None:
        raise invalid("/weeks", f"One of {', '.join(map(str, WEEKS))}.", "weeks")
    if check.state not in {CheckState.WAITING, CheckState.NOT_KNOWN}:
        raise Conflict(f"This was answered: {check.state.replace('_', ' ')}", state=check.state, allowed=[])
    if result is CheckState.WAITING:
        raise invalid("/result", "Say what was found.", "result")
    if result is CheckState.NOT_SUSTAINED and job.ended_on is None and today < check.due_on:
        raise invalid("/result", "Record the end of the job: that says it.", "end-first")
    if result is not CheckState.NOT_SUSTAINED and today < check.due_on:
        raise invalid("/result", f"That is seen on {check.due_on.isoformat()}, not before.", "not-before")
    if result is CheckState.SUSTAINED and job.ended_on is not None and job.ended_on < check.due_on:
        raise invalid("/result", f"It ended on {job.ended_on.isoformat()}.", "dates-in-order")
    return replace(check, state=result)


def unanswered(check: Check, today: date) -> bool:
    """Whether nobody has said in all the time there was."""
    return check.state is CheckState.WAITING and today >= check.due_on + UNKNOWN_AFTER


def stage_of(steps: Iterable[Step], jobs: Iterable[Job]) -> Stage:
    """How far they have come: by the job they have, else by the steps taken."""
    for job in jobs:
        if job.ended_on is None:
            if job.progressed:
                return Stage.PROGRESSED
            lasted = {each.weeks for each in job.checks if each.state is CheckState.SUSTAINED}
            if 26 in lasted:
                return Stage.SUSTAINED_26_WEEKS
            return Stage.SUSTAINED_13_WEEKS if 13 in lasted else Stage.IN_WORK
    taken = {each.kind for each in steps if each.state in {StepState.UNDER_WAY, StepState.DONE}}
    if StepKind.INTERVIEW in taken:
        return Stage.INTERVIEW
    if StepKind.APPLICATION in taken:
        return Stage.APPLYING
    if taken & {StepKind.TRAINING, StepKind.VOLUNTEERING, StepKind.WORK_TRIAL}:
        return Stage.TRAINING
    return Stage.PREPARING
