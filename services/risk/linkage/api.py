"""The HTTP door of linkage: why records are linked, what people decide about it, and the ways out."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.risk.linkage import commands, queries, reidentifying
from services.risk.linkage.shapes import (
    Erased,
    Explained,
    NewDecision,
    NewErasure,
    NewQuestion,
    NewReidentification,
    NewRule,
    NewUnmerge,
    QuestionView,
    Reidentified,
    RuleMade,
    Unmerged,
)

router = APIRouter(route_class=UnitRoute, tags=["linkage"])


@router.get("/links/review", **may("risk.link.review"))
async def list_questions(
    unit: Unit, paging: Paging, state: Literal["open", "same", "different", "overtaken"] = "open"
) -> Page[QuestionView]:
    """Pairs of records that a person should decide about, the likeliest first."""
    rows = await queries.questions(unit, state, paging.place, paging.limit + 1)
    return paging.page(rows, lambda row: [row.probability, str(row.id)])


@router.post("/links/review", status_code=201, **may("risk.link.question", keyed=True, refusals=(404,)))
async def ask_about_a_pair(unit: Unit, response: Response, body: NewQuestion) -> QuestionView:
    """Ask the reviewers about two records that may be one person, or wrongly are held to be."""
    item = await commands.raise_doubt(unit, body.record_a, body.record_b, body.reason)
    response.headers["Location"] = f"/v1/risk/links/review/{item}"
    return await queries.question(unit, item)


@router.get("/links/review/{item_id}", **may("risk.link.review", refusals=(404,)))
async def read_question(unit: Unit, response: Response, item_id: UUID) -> QuestionView:
    """One pair to decide about."""
    view = await queries.question(unit, item_id)
    set_etag(response, view.version)
    return view


@router.post(
    "/links/review/{item_id}/decisions",
    status_code=201,
    **may("risk.link.decide", keyed=True, refusals=(404, 409, 412, 428)),
)
async def decide_about_a_pair(
    unit: Unit, response: Response, item_id: UUID, expected: Expected, body: NewDecision
) -> QuestionView:
    """Answer: the two are one person, or are not. It becomes a rule that no score outweighs."""
    await commands.decide(unit, item_id, expected, body.decision, body.reason)
    view = await queries.question(unit, item_id)
    set_etag(response, view.version)
    return view


@router.post("/links/rules", status_code=201, **may("risk.link.decide", keyed=True, refusals=(404, 409)))
async def make_rule(unit: Unit, body: NewRule) -> RuleMade:
    """Say that two records are one person, or are not; a contradiction is refused, naming the rule it meets."""
    rule = await commands.make_rule(unit, body.kind, body.record_a, body.record_b, body.reason, body.replaces)
    return RuleMade(id=rule, residents=await queries.whose(unit, [body.record_a, body.record_b]))


@router.get("/links/{record}/explain", **may("risk.link.explain", refusals=(404,)))
async def explain_link(unit: Unit, record: UUID) -> Explained:
    """Why a record (its id or its pseudonym) is held to be whose it is, in words."""
    return await queries.explain(unit, record)


@router.post(
    "/residents/{resident_id}/unmerge", status_code=201, **may("risk.resident.unmerge", keyed=True, refusals=(404, 409))
)
async def unmerge_resident(unit: Unit, resident_id: UUID, body: NewUnmerge) -> Unmerged:
    """Take records out of a resident they don't belong to. No score puts them back, ever."""
    return Unmerged(residents=await commands.unmerge(unit, resident_id, body.records, body.reason))


@router.post(
    "/residents/{resident_id}/erasure", status_code=201, **may("risk.resident.erase", keyed=True, refusals=(404,))
)
async def erase_resident(unit: Unit, resident_id: UUID, body: NewErasure) -> Erased:
    """Erase everything of a resident in both zones. A tombstone stays, and no other id changes."""
    return Erased(resident_id=resident_id, records=await commands.erase(unit, resident_id, body.why))


@router.post("/reidentifications", status_code=201, **may("risk.resident.reidentify", keyed=True, refusals=(404,)))
async def reidentify(unit: Unit, body: NewReidentification) -> Reidentified:
    """Go back from a pseudonym to the people behind it. Needs a reason, which stays on record."""
    return await reidentifying.reidentify(unit, body.pseudonym, body.reason)
