"""Reads of models, their trainings and cards, and what they tell beside a profile."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select, tuple_

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.risk.prediction import card as cards
from services.risk.prediction import rows, words
from services.risk.prediction.card import Source, Told
from services.risk.prediction.domain import Definition
from services.risk.prediction.models import (
    PredictionDefinition,
    PredictionModel,
    PredictionRun,
    PredictionScore,
    PredictionTraining,
)
from services.risk.prediction.shapes import (
    CardView,
    ModelSummary,
    ModelView,
    PredictionsView,
    PredictionView,
    ScoringView,
    TrainingView,
)
from services.risk.profiles import whose
from services.risk.profiles.domain import months_before
from services.risk.profiles.sight import sight_of
from services.risk.sources import standing as register
from services.risk.sources.domain import BeyondPurpose
from services.risk.sources.queries import kinds_for
from services.risk.sources.register import GATEWAYS

# Models -----------------------------------------------------------------------------------------------------------


async def models(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> list[ModelSummary]:
    """Models in order of their codes."""
    query = select(PredictionModel).order_by(PredictionModel.code).limit(most)
    if place is not None:
        query = query.where(PredictionModel.code > place[0])
    unit.accessed("models")
    return [rows.summary(each) for each in await unit.session.scalars(query)]


async def view(unit: UnitOfWork, model_id: UUID) -> ModelView:
    """One model, put on record as read."""
    unit.accessed(f"model/{model_id}")
    return await shown(unit, await rows.load(unit, model_id))


async def shown(unit: UnitOfWork, model: PredictionModel) -> ModelView:
    """A model as it is shown."""
    definition = await unit.session.get(PredictionDefinition, (model.id, model.definition_number))
    assert definition is not None
    lacks = await rows.lacking(unit, model, await rows.newest_training(unit, model.id))
    plain = {
        name: getattr(model, name)
        for name in (
            "version",
            "definition_number",
            "panel_reference",
            "panel_told_on",
            "paused_by",
            "pause_reason",
            "training_id",
            "created_by",
            "created_at",
        )
    }
    return ModelView(
        **rows.summary(model).model_dump(),
        **plain,
        definition=definition.definition,
        definition_digest=definition.digest,
        lacks=[each.detail for each in lacks],
    )


async def trainings(unit: UnitOfWork, model_id: UUID, place: Sequence[Any] | None, most: int) -> list[TrainingView]:
    """A model's trainings, the newest first."""
    model = await rows.load(unit, model_id)
    query = select(PredictionTraining).where(PredictionTraining.model_id == model_id)
    if place is not None:
        query = query.where(PredictionTraining.number < place[0])
    unit.accessed(f"model/{model_id}/trainings")
    found = await unit.session.scalars(query.order_by(PredictionTraining.number.desc()).limit(most))
    return [await rows.training_view(unit, each, model) for each in found.all()]


async def training(unit: UnitOfWork, model_id: UUID, training_id: UUID) -> TrainingView:
    """One training, put on record as read."""
    model = await rows.load(unit, model_id)
    unit.accessed(f"model/{model_id}/training/{training_id}")
    return await rows.training_view(unit, await rows.load_training(unit, model_id, training_id), model)


async def runs(unit: UnitOfWork, model_id: UUID, place: Sequence[Any] | None, most: int) -> list[ScoringView]:
    """A model's scorings, the newest first."""
    await rows.load(unit, model_id)
    query = select(PredictionRun).where(PredictionRun.model_id == model_id)
    if place is not None:
        query = query.where(PredictionRun.id < UUID(place[0]))
    unit.accessed(f"model/{model_id}/runs")
    found = await unit.session.scalars(query.order_by(PredictionRun.id.desc()).limit(most))
    return [await rows.run_view(unit, each) for each in found.all()]


async def run(unit: UnitOfWork, model_id: UUID, run_id: UUID) -> ScoringView:
    """One scoring."""
    unit.accessed(f"model/{model_id}/run/{run_id}")
    return await rows.run_view(unit, await rows.load_run(unit, model_id, run_id))


# Cards ------------------------------------------------------------------------------------------------------------


async def _told(unit: UnitOfWork, model: PredictionModel, training: PredictionTraining) -> Told:
    definition = await rows.definition_of(unit, model.id, training.definition_number)
    products = await register.products(unit.session)
    sources = [
        Source(each.code, each.title, each.owner, GATEWAYS[each.gateway].title, each.keep_months)
        for each in sorted(products, key=lambda each: each.code)
        if each.feeds & (definition.reads | {*definition.target.kinds})
    ]
    return Told(
        model.id,
        model.code,
        rows.word_of(model) if model.training_id in (None, training.id) else "not in use",
        model.owner,
        model.review_on,
        model.panel_reference,
        model.panel_told_on,
        model.pause_reason,
        model.published_at,
        training.number,
        training.trained_at,
        definition,
        training.figures or {},
        training.versions or {},
        sources,
    )


async def _of_card(unit: UnitOfWork, model_id: UUID) -> tuple[PredictionModel, PredictionTraining]:
    """The model with the training in use, else with the newest."""
    model = await rows.load(unit, model_id)
    if model.training_id is not None:
        return model, await rows.load_training(unit, model_id, model.training_id)
    newest = await rows.newest_training(unit, model_id)
    if newest is None:
        raise NotFound("This model was not trained yet: there is nothing to tell of it")
    return model, newest


async def card(unit: UnitOfWork, model_id: UUID, training_id: UUID | None) -> CardView:
    """The card of the training in use, of the newest, or of the one that is named."""
    model, training = await _of_card(unit, model_id) if training_id is None else (
        await rows.load(unit, model_id), await rows.load_training(unit, model_id, training_id))  # fmt: skip
    data = cards.card(await _told(unit, model, training))
    unit.accessed(f"model/{model_id}/card")
    return CardView(model_id=model_id, training_id=training.id, card=data, markdown=cards.markdown(data))


async def record(unit: UnitOfWork, model_id: UUID) -> dict[str, Any]:
    """The Algorithmic Transparency Record."""
    unit.accessed(f"model/{model_id}/transparency-record")
    return cards.transparency_record(await _told(unit, *await _of_card(unit, model_id)))


async def records(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> list[dict[str, Any]]:
    """The records of all models that are or were in use: the public register."""
    query = select(PredictionModel).where(PredictionModel.training_id.is_not(None)).limit(most)
    if place is not None:
        query = query.where(tuple_(PredictionModel.code) > tuple_(place[0]))
    found = []
    for model in (await unit.session.scalars(query.order_by(PredictionModel.code))).all():
        assert model.training_id is not None
        training = await rows.load_training(unit, model.id, model.training_id)
        told = await _told(unit, model, training)
        found.append(
            {"code": model.code, "record": cards.transparency_record(told), "paused_because": told.pause_reason}
        )
    return found


# Beside a profile -------------------------------------------------------------------------------------------------


async def predictions(
    unit: UnitOfWork, household_id: UUID, person_id: UUID | None, roles: frozenset[str]
) -> PredictionsView:
    """What published models tell for the caller's purpose and role; what is for other uses is said and not shown."""
    sight = await sight_of(unit, household_id, person_id)
    unit.accessed(f"household/{household_id}/predictions", sight.members | ({person_id} if person_id else set()))
    answer = PredictionsView(purpose=unit.cause.purpose, items=[], hidden=[])
    query = select(PredictionModel).where(PredictionModel.training_id.is_not(None)).order_by(PredictionModel.code)
    resident = None
    if person_id is not None and sight.household is not None:
        placed = await whose.placed(unit, household_id, sight.members, {person_id} - sight.members)
        resident = placed.residents.get(person_id)
    for model in (await unit.session.scalars(query)).all():
        assert model.training_id is not None
        training = await rows.load_training(unit, model.id, model.training_id)
        definition = await rows.definition_of(unit, model.id, training.definition_number)
        why = await _hidden(unit, model, definition, roles)
        if why is not None:
            answer.hidden.append(f"{model.title}: {why}")
            continue
        subject = resident if definition.of_person else sight.household
        if subject is None:
            continue
        item = await _item(unit, model, training, definition, subject)
        if item is not None:
            answer.items.append(item)
    return answer


async def _hidden(
    unit: UnitOfWork, model: PredictionModel, definition: Definition, roles: frozenset[str]
) -> str | None:
    """Why a model tells this caller nothing; the same for every household, so that it says nothing of this one."""
    if model.paused:
        return f"paused: {model.pause_reason}"
    use = next((each for each in definition.uses if each.purpose == unit.cause.purpose), None)
    if use is None:
        return "it was made for other uses than this"
    if use.roles and not roles & set(use.roles):
        return "it was made for specialists"
    try:
        (await kinds_for(unit, use.purpose)).refuse_beyond(definition.reads)
    except BeyondPurpose as beyond:
        return beyond.detail
    return None


async def _item(
    unit: UnitOfWork, model: PredictionModel, training: PredictionTraining, definition: Definition, subject: UUID
) -> PredictionView | None:
    row = await unit.session.scalar(
        select(PredictionScore).where(
            and_(
                PredictionScore.model_id == model.id,
                PredictionScore.subject == subject,
                PredictionScore.training_id == training.id,
                PredictionScore.scored_on > months_before(clock.today(), definition.keep_months),
            )
        )
    )
    if row is None:
        return None
    use = next(each for each in definition.uses if each.purpose == unit.cause.purpose)
    usual = (training.figures or {}).get("later_months", {}).get("share")
    document = training.document or {}
    told = PredictionView(
        model=model.code,
        title=model.title,
        outcome=definition.target.words,
        use=use.words,
        as_of=row.scored_on,
        says="higher" if row.above else "usual",
        words="",
        chance=row.chance,
        usual=usual,
        start=document["intercept"],
        score=row.score,
        reasons=words.reasons(definition, document, row.values, row.terms),
        card=f"/v1/risk/models/{model.id}/cards",
        version=str((training.versions or {}).get("model", "")),
    )
    if row.abstains is not None:
        blank: dict[str, Any] = {"chance": None, "start": None, "score": None, "reasons": []}
        return told.model_copy(update={"says": "nothing", "words": words.ABSTAINS[row.abstains], **blank})
    return told.model_copy(update={"words": words.says(definition, row.chance, usual, row.above)})
