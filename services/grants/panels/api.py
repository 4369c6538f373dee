"""The HTTP door of panels."""

from pathlib import Path
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from kit import lottery_verifier
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.grants.cacheable import anyone_may_keep
from services.grants.panels import commands, drawing, figures, queries, rows
from services.grants.panels.domain import PanelState
from services.grants.panels.figures import DrawFigures
from services.grants.panels.models import PanelDraw, ResidentPanel
from services.grants.panels.shapes import (
    ChanceView,
    DrawView,
    Gathered,
    Members,
    NewDraw,
    PanelPlan,
    PanelView,
    Question,
    Replacement,
    Seed,
    Volunteers,
    VolunteerView,
)

router = APIRouter(route_class=UnitRoute, tags=["panels"])

PUBLISHED = "grants.panel.published"
_VERIFIER = Path(str(lottery_verifier.__file__)).read_text(encoding="utf-8")
_KEEP, _POOL, _DRAW = "grants.panel.keep", "grants.panel_pool.keep", "grants.panel.draw"


def _answer(response: Response, row: ResidentPanel) -> PanelView:
    response.headers["Location"] = f"/v1/grants/panels/{row.id}"
    set_etag(response, row.version)
    return PanelView.model_validate(row)


def _drawn(response: Response, row: PanelDraw) -> DrawView:
    response.headers["Location"] = f"/v1/grants/panels/{row.panel_id}/draws/{row.id}"
    set_etag(response, row.version)
    return queries.shown(row)


@router.post("/panels", status_code=201, **may(_KEEP, keyed=True, refusals=(404,)))
async def make_panel(unit: Unit, response: Response, body: PanelPlan) -> PanelView:
    """Form a panel that gathers volunteers."""
    return _answer(response, await commands.make(unit, body.as_plan()))


@router.get("/panels", **may(PUBLISHED))
async def list_panels(
    unit: Unit, response: Response, paging: Paging, state: PanelState | None = None
) -> Page[PanelView]:
    """Panels, the newest first. For anyone."""
    anyone_may_keep(response)
    return paging.page(await queries.panels(unit, paging.place, paging.limit + 1, state), queries.place_of)


@router.get("/panels/verifier", response_class=PlainTextResponse, **may(PUBLISHED))
async def read_panel_verifier(unit: Unit) -> PlainTextResponse:
    """The one file that checks a draw: `python lottery_verifier.py proof.json`. It needs Python and nothing else."""
    named = {"Content-Disposition": 'attachment; filename="lottery_verifier.py"', "Cache-Control": "public, max-age=60"}
    return PlainTextResponse(_VERIFIER, headers=named)


@router.get("/panels/{panel_id}", **may(PUBLISHED, refusals=(404,)))
async def read_panel(unit: Unit, response: Response, panel_id: UUID) -> PanelView:
    """A panel, its quotas and its state. For anyone."""
    view = await queries.panel(unit, panel_id)
    anyone_may_keep(response, view.version)
    return view


@router.put("/panels/{panel_id}", **may(_KEEP, refusals=(404, 409, 412, 428)))
async def change_panel(
    unit: Unit, response: Response, panel_id: UUID, expected: Expected, body: PanelPlan
) -> PanelView:
    """Another plan, quotas too, until a draw is asked for: then nobody's chance may be touched, 409."""
    return _answer(response, await commands.change(unit, panel_id, expected, body.as_plan()))


@router.post("/panels/{panel_id}/end", **may(_KEEP, refusals=(404, 409, 412, 428)))
async def end_panel(unit: Unit, response: Response, panel_id: UUID, expected: Expected) -> PanelView:
    """It has done its work."""
    return _answer(response, await commands.end(unit, panel_id, expected))


@router.post("/panels/{panel_id}/pool", status_code=201, **may(_POOL, keyed=True, refusals=(404,)))
async def add_volunteers(unit: Unit, response: Response, panel_id: UUID, body: Volunteers) -> Gathered:
    """People who put their names forward, each with the random token they go by in public.

    409 once a draw was asked for.
    """
    found = await commands.gather(unit, panel_id, [each.as_new() for each in body.volunteers])
    response.headers["Location"] = f"/v1/grants/panels/{panel_id}/pool"
    return Gathered(volunteers=[VolunteerView.model_validate(each) for each in found])


@router.get("/panels/{panel_id}/pool", **may(_POOL, refusals=(404,)))
async def list_volunteers(unit: Unit, paging: Paging, panel_id: UUID) -> Page[VolunteerView]:
    """The pool, with each one's chance once the panels are published."""
    rows = await queries.pool(unit, panel_id, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of_volunteer)


@router.post("/panels/{panel_id}/pool/{volunteer_id}/withdrawal", **may(_POOL, refusals=(404, 409)))
async def withdraw_volunteer(unit: Unit, panel_id: UUID, volunteer_id: UUID) -> VolunteerView:
    """They take their name back: what they told us goes, the token stays."""
    return VolunteerView.model_validate(await commands.withdraw(unit, panel_id, volunteer_id))


@router.get("/panels/{panel_id}/members", **may(_POOL, refusals=(404,)))
async def list_members(unit: Unit, panel_id: UUID) -> Members:
    """Who sits, and who stands by."""
    return await queries.members(unit, panel_id)


@router.post("/panels/{panel_id}/draws", status_code=201, **may(_DRAW, keyed=True, refusals=(404, 412, 428)))
async def ask_for_draw(unit: Unit, response: Response, panel_id: UUID, expected: Expected, body: NewDraw) -> DrawView:
    """Close the pool and work out the panels to draw from. 422 when no panel meets the quotas, with the smallest
    change that does.

    The draw is `working`, then `announced`: a thousand panels, each as likely as any other, committed to before the
    seed is known.
    """
    asked = drawing.Asked(body.seed_source, body.seed_from, body.because, body.accept_nearest)
    return _drawn(response, await drawing.ask(unit, panel_id, expected, asked))


@router.post("/panels/{panel_id}/draws/{draw_id}/result", **may(_DRAW, refusals=(404, 409, 412, 428)))
async def conclude_draw(
    unit: Unit, response: Response, panel_id: UUID, draw_id: UUID, expected: Expected, body: Seed
) -> DrawView:
    """Enter the seed as its source gave it, with a witness. It says who sits."""
    return _drawn(response, await drawing.conclude(unit, panel_id, draw_id, expected, body.seed, body.witnessed_by))


@router.post("/panels/{panel_id}/replacements", status_code=201, **may(_DRAW, keyed=True, refusals=(404, 412, 428)))
async def replace_members(
    unit: Unit, response: Response, panel_id: UUID, expected: Expected, body: Replacement
) -> PanelView:
    """Fill places again by the same rules.

    At once from the reserves, or with `draw` by a public draw of its own, which `draws` shows.
    """
    if body.draw is None:
        return _answer(response, await drawing.call_reserve(unit, panel_id, expected, body.by_id()))
    asked = drawing.Asked(body.draw.seed_source, body.draw.seed_from, body.draw.because, body.draw.accept_nearest)
    await drawing.fill_again(unit, panel_id, expected, body.by_id(), asked)
    return _answer(response, await rows.load(unit, panel_id))


@router.get("/panels/{panel_id}/draws", **may(PUBLISHED, refusals=(404,)))
async def list_draws(unit: Unit, response: Response, panel_id: UUID) -> list[DrawView]:
    """Every draw of a panel, also those that were drawn again and those that failed. For anyone."""
    anyone_may_keep(response)
    return await queries.draws(unit, panel_id)


@router.get("/panels/{panel_id}/draws/{draw_id}", **may(PUBLISHED, refusals=(404,)))
async def read_draw(unit: Unit, response: Response, panel_id: UUID, draw_id: UUID) -> DrawView:
    """One draw: what is proved, the seed, who was taken, by token. For anyone."""
    view = await queries.draw(unit, panel_id, draw_id)
    anyone_may_keep(response, view.version)
    return view


@router.get("/panels/{panel_id}/draws/{draw_id}/figures", **may(PUBLISHED, refusals=(404,)))
async def read_draw_figures(unit: Unit, response: Response, panel_id: UUID, draw_id: UUID) -> DrawFigures:
    """The pool against the quotas, and how the chances spread, in rounded counts. For anyone."""
    anyone_may_keep(response)
    return await figures.figures(unit, panel_id, draw_id)


@router.get("/panels/{panel_id}/draws/{draw_id}/proof", **may(PUBLISHED, refusals=(404,)))
async def read_proof(unit: Unit, panel_id: UUID, draw_id: UUID) -> Response:
    """The whole draw in one file, for the verifier. For anyone."""
    named = {"Content-Disposition": 'attachment; filename="proof.json"', "Cache-Control": "public, max-age=60"}
    return Response(await queries.proof(unit, panel_id, draw_id), media_type="application/json", headers=named)


@router.get("/panels/{panel_id}/draws/{draw_id}/chances/{token}", **may(PUBLISHED, refusals=(404,)))
async def read_chance(unit: Unit, panel_id: UUID, draw_id: UUID, token: str) -> ChanceView:
    """What the chance of your token was: in how many of the panels it stands. For anyone who has one."""
    return await queries.chance(unit, panel_id, draw_id, token)


@router.get("/panels/{panel_id}/draws/{draw_id}/question", **may("grants.panel.audit", refusals=(404,)))
async def read_question(unit: Unit, panel_id: UUID, draw_id: UUID) -> Question:
    """All that was asked, with the salt of its digest and without names: for auditors, who work it out again."""
    return await queries.question(unit, panel_id, draw_id)
