"""The worker's part of a draw: find the fairest chances, list a thousand panels, prove them, publish them."""

import asyncio
from collections import Counter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update

from kit import clock, lottery
from kit.store.jobs import Progress, Step
from kit.store.unit import UnitOfWork
from services.grants.panels import commands, rows
from services.grants.panels.asking import question_for
from services.grants.panels.domain import DrawKind, DrawState, PanelState
from services.grants.panels.models import PanelDraw, PanelVolunteer, ResidentPanel
from services.grants.panels.sortition.question import Question, checker

DRAW: Final = "grants.panel.draw"
SECONDS: Final = 600.0
"""After this a draw goes on with the best found, and says by how much it may fall short."""


def found(question: Question, seconds: float | None = SECONDS) -> tuple[list[tuple[str, ...]], dict[str, Any]]:
    """The thousand panels, and what is proved of the chances. Raises `fairest.NoPanel`."""
    # Only the job that uses it loads the solver.
    from services.grants.panels.sortition.fairest import fairest
    from services.grants.panels.sortition.shape import shape_of
    from services.grants.panels.sortition.thousand import listed

    shape = shape_of(question)
    best = fairest(shape, seconds)
    panels = listed(shape, best)
    wrong_with = checker(question)
    faults = [fault for panel in panels.panels for fault in wrong_with(panel)]
    if faults:
        raise RuntimeError(f"{len(faults)} faults in the panels found, e.g. {faults[0]}")
    never = sorted(token for token, often in panels.counts.items() if not often)
    able = [often for often in panels.counts.values() if often]
    return list(panels.panels), {
        "smallest": best.smallest,
        "at_most": best.at_most,
        "gap": best.gap,
        "leximin": best.leximin,
        "in_time": best.in_time,
        "steps": best.steps,
        "cuts": best.cuts,
        "kinds": len(shape.kinds),
        "mixtures": len(best.panels),
        "panels": len(panels.panels),
        "smallest_of_list": min(able, default=0),
        "largest_of_list": max(able, default=0),
        "never": len(never),
    }


async def draw_step(unit: UnitOfWork, step: Step) -> Progress:
    """The job of a draw, in one step: it either announces the panels, with their commitment, or says why it can't."""
    panel = await rows.load(unit, UUID(step.parameters["panel_id"]), for_change=True)
    draw = await rows.load_draw(unit, panel.id, UUID(step.parameters["draw_id"]), for_change=True)
    if draw.state != DrawState.WORKING:
        return Progress(done=1, total=1)
    question = await question_for(unit, panel, draw)
    try:
        panels, certificate = await asyncio.to_thread(found, question)
    except Exception as error:
        if type(error).__name__ != "NoPanel":
            raise
        return await _failed(unit, panel, draw, "No panel meets the quotas.")
    now = clock.business_now()
    if now >= draw.seed_from:
        return await _failed(unit, panel, draw, "The seed became known before the panels were published: ask again.")
    before = await _replaced(unit, panel, draw)
    draw.file = lottery.announce_groups(
        _title(panel, draw),
        panels,
        seed_source=draw.seed_source,
        closed_at=draw.closed_at,
        seed_from=draw.seed_from,
        replaces=before["draw"] if before else None,
        because=draw.because,
    )
    draw.certificate = certificate
    draw.state, draw.announced_at = DrawState.ANNOUNCED, now
    draw.version, draw.changed_at = draw.version + 1, now
    if draw.kind != DrawKind.REPLACEMENT:
        await _tell_chances(unit, panel, panels)
    unit.accessed(f"panel/{panel.id}")
    return Progress(done=1, total=1, message=f"{len(panels)} panels to draw from")


async def _replaced(unit: UnitOfWork, panel: ResidentPanel, draw: PanelDraw) -> dict[str, Any] | None:
    if draw.replaces_id is None:
        return None
    return (await rows.load_draw(unit, panel.id, draw.replaces_id)).file


async def _tell_chances(unit: UnitOfWork, panel: ResidentPanel, panels: list[tuple[str, ...]]) -> None:
    counts = Counter(token for members in panels for token in members)
    pool = await rows.pool_of(unit, panel.id)
    await unit.session.execute(
        update(PanelVolunteer), [{"id": each.id, "of_thousand": counts[each.token]} for each in pool]
    )


async def _failed(unit: UnitOfWork, panel: ResidentPanel, draw: PanelDraw, why: str) -> Progress:
    draw.state, draw.failure = DrawState.FAILED, why
    draw.version, draw.changed_at = draw.version + 1, clock.business_now()
    panel.state = PanelState.GATHERING if draw.kind == DrawKind.FIRST else PanelState.DRAWN
    await commands.announce(unit, panel, "changed")
    return Progress(done=1, total=1, message=why)


def _title(panel: ResidentPanel, draw: PanelDraw) -> str:
    if draw.kind == DrawKind.REPLACEMENT:
        return f"{panel.title}: {draw.size} of {panel.size} places filled again, draw {draw.number}"
    return f"{panel.title}: {panel.size} members, draw {draw.number}"
