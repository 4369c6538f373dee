"""The HTTP door of models."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Caller, Unit, UnitRoute, may
from services.risk.prediction import commands, queries, rows
from services.risk.prediction.shapes import (
    CardView,
    ModelChanges,
    ModelPublication,
    ModelSummary,
    ModelView,
    NewModel,
    NewPause,
    NewResumption,
    PredictionsView,
    ScoringView,
    TrainingView,
)

router = APIRouter(route_class=UnitRoute, tags=["models"])


@router.get("/models", **may("risk.model.read"))
async def list_models(unit: Unit, paging: Paging) -> Page[ModelSummary]:
    """Models, by code."""
    found = await queries.models(unit, paging.place, paging.limit + 1)
    return paging.page(found, lambda row: [row.code])


@router.post("/models", status_code=201, **may("risk.model.define", keyed=True))
async def define_model(unit: Unit, response: Response, body: NewModel) -> ModelView:
    """Keep a model's definition. A target that is harm to a particular child is refused, whatever it is called."""
    model = await commands.define(unit, body)
    response.headers["Location"] = f"/v1/risk/models/{model.id}"
    set_etag(response, model.version)
    return await queries.shown(unit, model)


@router.get("/models/{model_id}", **may("risk.model.read", refusals=(404,)))
async def read_model(unit: Unit, response: Response, model_id: UUID) -> ModelView:
    """One model, and what it lacks before it may be published."""
    view = await queries.view(unit, model_id)
    set_etag(response, view.version)
    return view


@router.patch("/models/{model_id}", **may("risk.model.define", refusals=(404, 412, 428)))
async def change_model(
    unit: Unit, response: Response, model_id: UUID, expected: Expected, body: ModelChanges
) -> ModelView:
    """Name the owner, the review date, where the panel was told; or give a new definition, with why."""
    model = await commands.change(unit, model_id, expected, body)
    set_etag(response, model.version)
    return await queries.shown(unit, model)


@router.get("/models/{model_id}/trainings", **may("risk.model.read", refusals=(404,)))
async def list_trainings(unit: Unit, paging: Paging, model_id: UUID) -> Page[TrainingView]:
    """Trainings with their figures, the newest first."""
    found = await queries.trainings(unit, model_id, paging.place, paging.limit + 1)
    return paging.page(found, lambda row: [row.number])


@router.post("/models/{model_id}/trainings", status_code=202, **may("risk.model.train", keyed=True, refusals=(404,)))
async def train_model(unit: Unit, response: Response, model_id: UUID) -> TrainingView:
    """Train on the borough's history: a job, with progress, that can be cancelled."""
    row = await commands.ask_training(unit, model_id)
    response.headers["Location"] = f"/v1/risk/models/{model_id}/trainings/{row.id}"
    return await rows.training_view(unit, row, await rows.load(unit, model_id))


@router.get("/models/{model_id}/trainings/{training_id}", **may("risk.model.read", refusals=(404,)))
async def read_training(unit: Unit, model_id: UUID, training_id: UUID) -> TrainingView:
    """One training: how far it is, or all of its figures."""
    return await queries.training(unit, model_id, training_id)


@router.post(
    "/models/{model_id}/trainings/{training_id}/cancellations",
    status_code=201,
    **may("risk.model.train", keyed=True, refusals=(404,)),
)
async def cancel_training(unit: Unit, response: Response, model_id: UUID, training_id: UUID) -> TrainingView:
    """Stop a training that goes on."""
    row = await commands.cancel_training(unit, model_id, training_id)
    response.headers["Location"] = f"/v1/risk/models/{model_id}/trainings/{row.id}"
    return await rows.training_view(unit, row, await rows.load(unit, model_id))


@router.post(
    "/models/{model_id}/publications",
    status_code=201,
    **may("risk.model.publish", keyed=True, refusals=(404, 412, 428)),
)
async def publish_model(
    unit: Unit, response: Response, model_id: UUID, expected: Expected, body: ModelPublication
) -> ModelView:
    """Put a training to use: 409 names everything that is missing; never by whoever trained it."""
    model = await commands.publish(unit, model_id, expected, body)
    response.headers["Location"] = f"/v1/risk/models/{model_id}"
    set_etag(response, model.version)
    return await queries.shown(unit, model)


# No If-Match: a stop is never too late.
@router.post("/models/{model_id}/pauses", status_code=201, **may("risk.model.pause", keyed=True, refusals=(404,)))
async def pause_model(unit: Unit, response: Response, model_id: UUID, body: NewPause) -> ModelView:
    """Stop a model at once, for the residents' data panel, its owner or governance; the reason is public."""
    model = await commands.pause(unit, model_id, body)
    response.headers["Location"] = f"/v1/risk/models/{model_id}"
    set_etag(response, model.version)
    return await queries.shown(unit, model)


@router.post(
    "/models/{model_id}/resumptions",
    status_code=201,
    **may("risk.model.pause", keyed=True, refusals=(404, 412, 428)),
)
async def resume_model(
    unit: Unit, response: Response, model_id: UUID, expected: Expected, body: NewResumption
) -> ModelView:
    """Let a paused model go on, when the panel was told again."""
    model = await commands.resume(unit, model_id, expected, body)
    response.headers["Location"] = f"/v1/risk/models/{model_id}"
    set_etag(response, model.version)
    return await queries.shown(unit, model)


@router.get("/models/{model_id}/runs", **may("risk.model.read", refusals=(404,)))
async def list_scorings(unit: Unit, paging: Paging, model_id: UUID) -> Page[ScoringView]:
    """Scorings of the borough with what moved since the training, the newest first."""
    found = await queries.runs(unit, model_id, paging.place, paging.limit + 1)
    return paging.page(found, lambda row: [str(row.id)])


@router.post("/models/{model_id}/runs", status_code=202, **may("risk.model.train", keyed=True, refusals=(404,)))
async def score_borough(unit: Unit, response: Response, model_id: UUID) -> ScoringView:
    """Score everybody anew by the published training: a job."""
    row = await commands.ask_scoring(unit, model_id)
    response.headers["Location"] = f"/v1/risk/models/{model_id}/runs/{row.id}"
    return await rows.run_view(unit, row)


@router.get("/models/{model_id}/runs/{run_id}", **may("risk.model.read", refusals=(404,)))
async def read_scoring(unit: Unit, model_id: UUID, run_id: UUID) -> ScoringView:
    """One scoring: how far it is, or how many it told something of, and what moved."""
    return await queries.run(unit, model_id, run_id)


@router.post(
    "/models/{model_id}/runs/{run_id}/cancellations",
    status_code=201,
    **may("risk.model.train", keyed=True, refusals=(404,)),
)
async def cancel_scoring(unit: Unit, response: Response, model_id: UUID, run_id: UUID) -> ScoringView:
    """Stop a scoring that goes on."""
    row = await commands.cancel_run(unit, model_id, run_id)
    response.headers["Location"] = f"/v1/risk/models/{model_id}/runs/{row.id}"
    return await rows.run_view(unit, row)


@router.get("/models/{model_id}/cards", **may("risk.model.read", refusals=(404,)))
async def read_card(unit: Unit, model_id: UUID, training_id: UUID | None = None) -> CardView:
    """The model's card, as data and as Markdown."""
    return await queries.card(unit, model_id, training_id)


@router.get("/models/{model_id}/transparency-record", **may("risk.model.read", refusals=(404,)))
async def read_record(unit: Unit, model_id: UUID) -> dict[str, Any]:
    """The Algorithmic Transparency Record, made from the definition and the measured figures."""
    return await queries.record(unit, model_id)


@router.get("/transparency-records", **may("risk.model.tell"))
async def list_records(unit: Unit, paging: Paging) -> Page[dict[str, Any]]:
    """Every model in use, for anyone: its record, and why it is paused if it is."""
    found = await queries.records(unit, paging.place, paging.limit + 1)
    return paging.page(found, lambda row: [row["code"]])


@router.get("/households/{household_id}/predictions", **may("risk.prediction.read"))
async def read_predictions(
    unit: Unit, caller: Caller, household_id: UUID, person_id: UUID | None = None
) -> PredictionsView:
    """What models tell here for the stated purpose, with exact reasons; nothing follows from it by itself."""
    return await queries.predictions(unit, household_id, person_id, caller.roles)
