"""The rooms every service has alike: its jobs, its drafts, its dead letters, how it stands."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Header, Path, Request, Response

from kit.errors import Invalid
from kit.events import dead_letters
from kit.events.dead_letters import DeadLetter, DeadLetterDetail
from kit.events.handlers import KINDS, handled
from kit.service import Service
from kit.store import drafts, jobs, standing
from kit.store.drafts import Draft
from kit.store.jobs import JobView
from kit.store.standing import Standing
from kit.web.preconditions import expected_version, set_etag
from kit.web.routing import Unit, UnitRoute, may

Word = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
_LARGEST_DRAFT_CHARACTERS = 100_000
_DEEPEST_DRAFT = 50


class ServiceStanding(Standing):
    """How one service stands."""

    service: str
    version: str


def router(service: Service) -> APIRouter:
    """The rooms of one service."""
    rooms = APIRouter(route_class=UnitRoute, tags=["rooms"])
    name = service.name
    by_kind = {kind: handled(service.handlers, kind) for kind in KINDS}

    @rooms.get("/jobs/{job_id}", **may(f"{name}.job.read", refusals=(404,)))
    async def read_job(unit: Unit, job_id: UUID) -> JobView:
        """How far a long piece of work is."""
        return await jobs.view(unit, job_id)

    @rooms.get("/drafts/{kind}/{key}", **may(f"{name}.draft.keep", refusals=(404,)))
    async def read_draft(unit: Unit, response: Response, kind: Word, key: Word) -> Draft:
        """Your draft, as you left it."""
        found = await drafts.load(unit, kind, key)
        set_etag(response, found.version)
        return found

    @rooms.put("/drafts/{kind}/{key}", **may(f"{name}.draft.keep", refusals=(404, 412)))
    async def save_draft(
        unit: Unit,
        response: Response,
        kind: Word,
        key: Word,
        body: Annotated[dict[str, Any], Body()],
        if_match: Annotated[str | None, Header()] = None,
    ) -> Draft:
        """Keep what is being typed. Send If-Match once you have an ETag, so that two windows don't overwrite."""
        if _depth(body) > _DEEPEST_DRAFT:
            raise Invalid(f"A draft nests at most {_DEEPEST_DRAFT} levels deep")
        if len(str(body)) > _LARGEST_DRAFT_CHARACTERS:
            raise Invalid(f"A draft holds at most {_LARGEST_DRAFT_CHARACTERS:,} characters")
        saved = await drafts.save(unit, kind, key, body, expected_version(if_match) if if_match else None)
        set_etag(response, saved.version)
        return saved

    @rooms.delete("/drafts/{kind}/{key}", status_code=204, **may(f"{name}.draft.keep"))
    async def discard_draft(unit: Unit, kind: Word, key: Word) -> None:
        """Throw a draft away."""
        await drafts.discard(unit, kind, key)

    @rooms.get("/dead-letters", **may(f"{name}.dead_letter.manage"))
    async def list_dead_letters(unit: Unit) -> list[DeadLetter]:
        """Events that could not take effect here and wait for a person."""
        return await dead_letters.listed(unit)

    @rooms.get("/dead-letters/{letter_id}", **may(f"{name}.dead_letter.manage", refusals=(404,)))
    async def show_dead_letter(unit: Unit, letter_id: UUID) -> DeadLetterDetail:
        """One of them, with its envelope."""
        unit.accessed(f"dead_letter/{letter_id}")
        return await dead_letters.shown(unit, letter_id)

    @rooms.post(
        "/dead-letters/{letter_id}/retry",
        status_code=204,
        **may(f"{name}.dead_letter.manage", refusals=(404, 409)),
    )
    async def retry_dead_letter(unit: Unit, letter_id: UUID) -> None:
        """Run its handlers again, now that the cause is mended."""
        unit.accessed(f"dead_letter/{letter_id}")
        await dead_letters.retry(unit, letter_id, by_kind)

    @rooms.delete(
        "/dead-letters/{letter_id}", status_code=204, **may(f"{name}.dead_letter.manage", refusals=(404, 409))
    )
    async def drop_dead_letter(unit: Unit, letter_id: UUID) -> None:
        """Settle that it shall have no effect."""
        unit.accessed(f"dead_letter/{letter_id}")
        await dead_letters.drop(unit, letter_id)

    @rooms.get("/standing", **may(f"{name}.standing.read"))
    async def read_standing(unit: Unit, request: Request) -> ServiceStanding:
        """What waits here and for how long: outbox, dead letters, jobs, alarms. Counts alone."""
        found = await standing.of(unit.session)
        return ServiceStanding(service=name, version=request.app.state.settings.version, **found.model_dump())

    return rooms


def _depth(body: object) -> int:
    """How many containers stand in one another; without recursion, whose limit is what a deep body aims at."""
    depth, level = 0, [body]
    while level := [each for each in level if isinstance(each, dict | list)]:
        depth += 1
        level = [inner for each in level for inner in (each.values() if isinstance(each, dict) else each)]
    return depth
