"""Writes of models: define, train, publish, pause, score. No write here tells anybody of a household or a person."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select

from kit import clock
from kit.clock import LONDON
from kit.contracts.risk import ModelState
from kit.errors import Conflict, invalid
from kit.ids import new_id
from kit.store import jobs, timers
from kit.store.jobs import Progress, Step
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.risk.prediction import domain, rows
from services.risk.prediction.catalogue import delivered
from services.risk.prediction.domain import Definition, State
from services.risk.prediction.models import (
    PredictionDefinition,
    PredictionModel,
    PredictionRun,
    PredictionScore,
    PredictionTraining,
)
from services.risk.prediction.shapes import ModelChanges, ModelPublication, NewModel, NewPause, NewResumption
from services.risk.profiles.domain import months_before
from services.risk.sources.queries import kinds_for
from services.risk.working import Ended, cut_short, look_after

TRAIN: Final = "models.train"
SCORE: Final = "models.score"
FORGET: Final = "models.forget"
STATISTICS: Final = "data_linkage"
"""The purpose that a model learns for: statistics of many, before anybody is looked at."""


# Definitions ------------------------------------------------------------------------------------------------------


async def define(unit: UnitOfWork, new: NewModel) -> PredictionModel:
    """Keep a definition under its code."""
    definition = new.definition
    if definition is None:
        known = delivered()
        if new.delivered is None or new.delivered not in known:
            raise invalid("/delivered", f"Delivered are: {', '.join(known)}", "known-definition")
        definition = known[new.delivered]
    domain.check_definition(definition)
    await covered(unit, definition)
    if await unit.session.scalar(select(PredictionModel.id).where(PredictionModel.code == definition.code)):
        raise Conflict(f"There is a model {definition.code} already: change that one, or choose another code")
    now = clock.business_now()
    model = PredictionModel(
        id=new_id(),
        version=1,
        code=definition.code,
        title=definition.title,
        definition_number=1,
        paused=False,
        created_by=unit.cause.actor,
        created_at=now,
        changed_at=now,
    )
    unit.session.add(model)
    await unit.session.flush()
    await _save(unit, model, definition, new.why)
    unit.accessed(f"model/{model.id}")
    return model


async def change(unit: UnitOfWork, model_id: UUID, expected: int, changes: ModelChanges) -> PredictionModel:
    """Change a model. What is published stays as it was trained, until another training is."""
    model = await rows.load(unit, model_id, for_change=True)
    check_version(model.version, expected)
    for name in ("owner", "review_on", "panel_reference", "panel_told_on"):
        if (value := getattr(changes, name)) is not None:
            setattr(model, name, value)
    if model.panel_told_on is not None and model.panel_told_on > clock.today():
        raise invalid("/panel_told_on", "The panel was told today at the latest", "not-in-future")
    if changes.definition is not None and changes.why is not None:
        definition = domain.check_definition(changes.definition)
        if definition.code != model.code:
            raise invalid("/definition/code", "Another code is another model", "same-code")
        await covered(unit, definition)
        model.definition_number += 1
        model.title = definition.title
        # The panel heard the definition before this one.
        model.panel_reference, model.panel_told_on = changes.panel_reference, changes.panel_told_on
        await _save(unit, model, definition, changes.why)
    await _changed(unit, model)
    return model


async def _save(unit: UnitOfWork, model: PredictionModel, definition: Definition, why: str) -> None:
    unit.session.add(
        PredictionDefinition(
            model_id=model.id,
            number=model.definition_number,
            definition=definition.as_data(),
            digest=definition.digest,
            why=why,
            defined_by=unit.cause.actor,
            defined_at=clock.business_now(),
        )
    )
    await unit.session.flush()


async def _changed(unit: UnitOfWork, model: PredictionModel) -> None:
    model.version += 1
    model.changed_at = clock.business_now()
    unit.accessed(f"model/{model.id}")
    await unit.session.flush()


async def covered(unit: UnitOfWork, definition: Definition) -> Mapping[str, list[str]]:
    """The pairs "source kind" that may be used: to learn, by statistics; as features, by every use as well.

    Raises `BeyondPurpose` naming what a purpose does not reach. What may not be shown for a use teaches nothing for it.
    """
    learning = await kinds_for(unit, STATISTICS)
    learning.refuse_beyond(definition.target.kinds)
    pairs = learning.pairs
    for use in definition.uses:
        told = await kinds_for(unit, use.purpose)
        told.refuse_beyond(definition.reads)
        pairs &= told.pairs
    # A kind that comes from different sources for different uses comes from none for both.
    reached = {kind for _, kind in pairs}
    if lost := sorted(definition.reads - reached):
        raise domain.ForbiddenTarget(f"No source of {', '.join(lost)} may serve every use of this model")

    def named(found: frozenset[tuple[str, str]]) -> list[str]:
        return sorted(f"{source} {kind}" for source, kind in found)

    checks = frozenset(pair for pair in learning.pairs if pair[1] == "adult_care.package")
    return {"features": named(pairs), "outcome": named(learning.pairs), "checks": named(checks)}


# Training ---------------------------------------------------------------------------------------------------------


async def ask_training(unit: UnitOfWork, model_id: UUID) -> PredictionTraining:
    """Queue a training by the definition in force; one at a time for each model."""
    model = await rows.load(unit, model_id, for_change=True)
    open_ones = await unit.session.scalars(
        select(PredictionTraining).where(
            PredictionTraining.model_id == model_id,
            PredictionTraining.trained_at.is_(None),
            PredictionTraining.cancelled.is_(False),
        )
    )
    for each in open_ones:
        if (await rows.standing(unit, each))[0] == "running":
            raise Conflict("This model is being trained already", training_id=str(each.id))
    training_id = new_id()
    job_id = await jobs.start(unit, TRAIN, {"training_id": str(training_id)})
    row = PredictionTraining(
        id=training_id,
        model_id=model_id,
        number=await rows.next_number(unit, model_id),
        definition_number=model.definition_number,
        champion_id=model.training_id,
        job_id=job_id,
        cancelled=False,
        asked_by=unit.cause.actor,
        asked_at=clock.business_now(),
    )
    unit.session.add(row)
    await unit.session.flush()
    unit.accessed(f"model/{model_id}/training/{row.id}")
    return row


async def work_off_training(unit: UnitOfWork, step: Step) -> Progress:
    """A step of the job: the child trains, and is ended when somebody asked for that."""
    row = await unit.session.get(PredictionTraining, UUID(step.parameters["training_id"]), populate_existing=True)
    if row is None:
        raise Conflict("There is no such training")
    if row.cancelled:
        await cut_short(step, "train")
        return Progress(step.done, step.done, "Cancelled: nothing was kept")
    definition = await rows.definition_of(unit, row.model_id, row.definition_number)
    arguments = {
        "training_id": str(row.id),
        "definition": definition.as_data(),
        "covered": await covered(unit, definition),
        "champion": str(row.champion_id) if row.champion_id else None,
    }
    if step.cursor is None:
        # The child reads groups from the vault, to check the model by them.
        unit.accessed(f"model/{row.model_id}/training/{row.id}", action="risk.vault.check_model_by_group")
    outcome = await look_after(step, "train", arguments)
    if isinstance(outcome, Ended):
        return Progress(5, 5, "Trained and judged", result=dict(outcome.result))
    return outcome


async def cancel_training(unit: UnitOfWork, model_id: UUID, training_id: UUID) -> PredictionTraining:
    """Stop a training that goes on: its child ends within a second or two and nothing of it is kept."""
    row = await rows.load_training(unit, model_id, training_id, for_change=True)
    domain.check_cancel(State((await rows.standing(unit, row))[0]))
    row.cancelled, row.cancelled_by = True, unit.cause.actor
    await unit.session.flush()
    unit.accessed(f"model/{model_id}/training/{training_id}")
    return row


# Publishing -------------------------------------------------------------------------------------------------------


async def publish(unit: UnitOfWork, model_id: UUID, expected: int, asked: ModelPublication) -> PredictionModel:
    """Put a training to use; scoring the borough follows."""
    model = await rows.load(unit, model_id, for_change=True)
    check_version(model.version, expected)
    if model.paused:
        raise domain.Paused(f"The model is paused: {model.pause_reason}")
    row = await rows.load_training(unit, model_id, asked.training_id)
    lacks = await rows.lacking(unit, model, row)
    domain.check_publish(lacks, trained_by=row.asked_by, published_by=unit.cause.actor)
    model.training_id, model.published_by = row.id, unit.cause.actor
    model.published_at = clock.business_now()
    await _changed(unit, model)
    _announce(unit, model, row)
    await _score(unit, model, row)
    return model


async def pause(unit: UnitOfWork, model_id: UUID, asked: NewPause) -> PredictionModel:
    """Stop it at once: from now on nobody is shown what it says. No version is asked for: a stop is never too late."""
    model = await rows.load(unit, model_id, for_change=True)
    model.paused, model.paused_by, model.pause_reason = True, asked.by, asked.reason
    await _changed(unit, model)
    await _tell(unit, model)
    return model


async def resume(unit: UnitOfWork, model_id: UUID, expected: int, asked: NewResumption) -> PredictionModel:
    """Let it go on, when the panel has been told again."""
    model = await rows.load(unit, model_id, for_change=True)
    check_version(model.version, expected)
    if not model.paused:
        raise Conflict("This model is not paused")
    if asked.panel_told_on > clock.today():
        raise invalid("/panel_told_on", "The panel was told today at the latest", "not-in-future")
    model.paused, model.paused_by, model.pause_reason = False, None, None
    model.panel_reference, model.panel_told_on = asked.panel_reference, asked.panel_told_on
    await _changed(unit, model)
    await _tell(unit, model)
    return model


async def _tell(unit: UnitOfWork, model: PredictionModel) -> None:
    if model.training_id is not None:
        _announce(unit, model, await rows.load_training(unit, model.id, model.training_id))


def _announce(unit: UnitOfWork, model: PredictionModel, row: PredictionTraining) -> None:
    later = (row.figures or {}).get("later_months", {})
    assert model.published_at is not None
    state = ModelState(
        model_id=model.id,
        training_id=row.id,
        code=model.code,
        number=row.number,
        standing=rows.word_of(model),
        auc=later.get("auc"),
        digest=str((row.versions or {}).get("model", "")),
        review_on=model.review_on,
        published_by=model.published_by or "",
        published_at=model.published_at,
    )
    unit.emit("risk.model.published", state, aggregate_id=model.id, sequence=model.version)


# Scoring ----------------------------------------------------------------------------------------------------------


async def ask_scoring(unit: UnitOfWork, model_id: UUID) -> PredictionRun:
    """Score everybody anew by the published training."""
    model = await rows.load(unit, model_id, for_change=True)
    check_use(model)
    assert model.training_id is not None
    return await _score(unit, model, await rows.load_training(unit, model_id, model.training_id))


def check_use(model: PredictionModel) -> None:
    """Raises unless the model is in use."""
    if model.paused:
        raise domain.Paused(f"The model is paused: {model.pause_reason}")
    if model.training_id is None:
        raise domain.NotReady("No training of this model is published")


async def _score(unit: UnitOfWork, model: PredictionModel, training: PredictionTraining) -> PredictionRun:
    run_id = new_id()
    job_id = await jobs.start(unit, SCORE, {"run_id": str(run_id)})
    row = PredictionRun(
        id=run_id,
        model_id=model.id,
        training_id=training.id,
        job_id=job_id,
        cancelled=False,
        asked_by=unit.cause.actor,
        asked_at=clock.business_now(),
    )
    unit.session.add(row)
    await unit.session.flush()
    unit.accessed(f"model/{model.id}/run/{row.id}")
    return row


async def work_off_scoring(unit: UnitOfWork, step: Step) -> Progress:
    """A step of the job. A model that was paused meanwhile scores nobody."""
    row = await unit.session.get(PredictionRun, UUID(step.parameters["run_id"]), populate_existing=True)
    if row is None:
        raise Conflict("There is no such scoring")
    model = await rows.load(unit, row.model_id)
    if row.cancelled or model.paused:
        await cut_short(step, "score")
        row.cancelled = True
        return Progress(step.done, step.done, "Stopped: the scores of before stand")
    training = await rows.load_training(unit, row.model_id, row.training_id)
    definition = await rows.definition_of(unit, row.model_id, training.definition_number)
    arguments = {
        "run_id": str(row.id),
        "model_id": str(row.model_id),
        "training_id": str(training.id),
        "definition": definition.as_data(),
        "covered": await covered(unit, definition),
    }
    outcome = await look_after(step, "score", arguments)
    if not isinstance(outcome, Ended):
        return outcome
    row.result, row.scored_at = dict(outcome.result), clock.business_now()
    # Scored again before that, they are newer; else nobody keeps what nobody looks at.
    ends = month_after(clock.today(), definition.keep_months)
    await timers.set_alarm(unit, FORGET, row.model_id, datetime.combine(ends, time(4, 0), LONDON))
    scored = int(outcome.result["scored"])
    return Progress(scored, scored, "Everybody is scored", result={"scored": scored})


async def forget(unit: UnitOfWork, model_id: UUID) -> None:
    """The alarm: scores that are older than the definition lets them be are deleted."""
    model = await unit.session.get(PredictionModel, model_id)
    if model is not None:
        definition = await rows.definition_of(unit, model_id, model.definition_number)
        oldest = months_before(clock.today(), definition.keep_months)
        old = PredictionScore.model_id == model_id, PredictionScore.scored_on <= oldest
        await unit.session.execute(delete(PredictionScore).where(*old))


def month_after(day: date, months: int) -> date:
    """The first day of the month after so many: by then a score of this day is too old in any case."""
    index = day.year * 12 + day.month + months
    return date(index // 12, index % 12 + 1, 1)


async def cancel_run(unit: UnitOfWork, model_id: UUID, run_id: UUID) -> PredictionRun:
    """Stop a scoring that goes on; the scores of before stand."""
    row = await rows.load_run(unit, model_id, run_id, for_change=True)
    domain.check_cancel(State((await rows.standing(unit, row))[0]))
    row.cancelled = True
    await unit.session.flush()
    unit.accessed(f"model/{model_id}/run/{run_id}")
    return row
