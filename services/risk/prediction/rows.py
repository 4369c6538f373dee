"""How rows of models are loaded, and where what was asked for stands."""

from typing import Any, Literal
from uuid import UUID

from sqlalchemy import func, select

from kit import clock
from kit.errors import FieldError, NotFound
from kit.store.tables import job
from kit.store.unit import UnitOfWork
from services.risk.prediction.domain import Definition, missing
from services.risk.prediction.models import PredictionDefinition, PredictionModel, PredictionRun, PredictionTraining
from services.risk.prediction.shapes import ModelSummary, ScoringView, TrainingView

StateWord = Literal["running", "succeeded", "failed", "cancelled"]


async def load(unit: UnitOfWork, model_id: UUID, *, for_change: bool = False) -> PredictionModel:
    """The row, locked if it is to change; `NotFound`."""
    query = select(PredictionModel).where(PredictionModel.id == model_id)
    found = (await unit.session.scalars(query.with_for_update() if for_change else query)).one_or_none()
    if found is None:
        raise NotFound("There is no such model")
    return found


async def definition_of(unit: UnitOfWork, model_id: UUID, number: int) -> Definition:
    """A version of a model's definition."""
    row = await unit.session.get(PredictionDefinition, (model_id, number))
    if row is None:
        raise NotFound("There is no such version of this definition")
    return Definition.model_validate(row.definition)


async def load_training(
    unit: UnitOfWork, model_id: UUID, training_id: UUID, *, for_change: bool = False
) -> PredictionTraining:
    """A training of this model; `NotFound`."""
    query = select(PredictionTraining).where(
        PredictionTraining.id == training_id, PredictionTraining.model_id == model_id
    )
    found = (await unit.session.scalars(query.with_for_update() if for_change else query)).one_or_none()
    if found is None:
        raise NotFound("There is no such training of this model")
    return found


async def load_run(unit: UnitOfWork, model_id: UUID, run_id: UUID, *, for_change: bool = False) -> PredictionRun:
    """A scoring by this model; `NotFound`."""
    query = select(PredictionRun).where(PredictionRun.id == run_id, PredictionRun.model_id == model_id)
    found = (await unit.session.scalars(query.with_for_update() if for_change else query)).one_or_none()
    if found is None:
        raise NotFound("There is no such scoring by this model")
    return found


async def newest_training(unit: UnitOfWork, model_id: UUID) -> PredictionTraining | None:
    """The newest one that left a model."""
    query = (
        select(PredictionTraining)
        .where(PredictionTraining.model_id == model_id, PredictionTraining.trained_at.is_not(None))
        .order_by(PredictionTraining.number.desc())
        .limit(1)
    )
    return (await unit.session.scalars(query)).one_or_none()


async def next_number(unit: UnitOfWork, model_id: UUID) -> int:
    """The number of a model's next training; whoever asks holds the model's row."""
    most = select(func.max(PredictionTraining.number)).where(PredictionTraining.model_id == model_id)
    return int(await unit.session.scalar(most) or 0) + 1


async def standing(unit: UnitOfWork, row: PredictionTraining | PredictionRun) -> tuple[StateWord, str]:
    """Where it stands, and its job's last words."""
    found = (await unit.session.execute(select(job.c.state, job.c.message).where(job.c.id == row.job_id))).one_or_none()
    message = found.message if found else ""
    done = row.trained_at if isinstance(row, PredictionTraining) else row.scored_at
    if row.cancelled:
        return "cancelled", message
    if done is not None:
        return "succeeded", message
    if found is not None and found.state == "failed":
        return "failed", message
    return "running", message


async def training_view(unit: UnitOfWork, row: PredictionTraining, model: PredictionModel) -> TrainingView:
    """A training as it is shown."""
    state, message = await standing(unit, row)
    plain: dict[str, Any] = {
        name: getattr(row, name)
        for name in ("id", "model_id", "number", "definition_number", "job_id", "asked_by", "asked_at", "trained_at")
    }
    return TrainingView(
        **plain,
        state=state,
        message=message,
        published=model.training_id == row.id,
        figures=row.figures,
        versions=row.versions,
    )


async def run_view(unit: UnitOfWork, row: PredictionRun) -> ScoringView:
    """A scoring as it is shown."""
    state, message = await standing(unit, row)
    plain = {name: getattr(row, name) for name in ("id", "model_id", "training_id", "job_id", "asked_at", "scored_at")}
    return ScoringView(**plain, state=state, message=message, result=row.result)


def word_of(model: PredictionModel) -> Literal["draft", "published", "paused"]:
    """Whether it is in use."""
    if model.paused:
        return "paused"
    return "published" if model.training_id is not None else "draft"


def summary(model: PredictionModel) -> ModelSummary:
    """A model in the list."""
    plain = {name: getattr(model, name) for name in ("id", "code", "title", "owner", "review_on", "published_at")}
    return ModelSummary(**plain, standing=word_of(model))


async def lacking(unit: UnitOfWork, model: PredictionModel, row: PredictionTraining | None) -> list[FieldError]:
    """What a training of it still lacks before it may be published."""
    found = missing(
        row.figures if row else None,
        owner=model.owner,
        review_on=model.review_on,
        today=clock.today(),
        panel_reference=model.panel_reference,
        panel_told_on=model.panel_told_on,
    )
    if row is not None and row.definition_number != model.definition_number:
        said = "It was trained by another definition than the one in force"
        found.append(FieldError("/training_id", said, "definition-in-force"))
    return found
