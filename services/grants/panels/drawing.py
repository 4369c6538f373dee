"""Writes of draws: asked for, concluded, and places filled again."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from kit import clock, lottery, lottery_verifier
from kit.errors import Conflict, FieldError, Invalid
from kit.ids import new_id
from kit.store import jobs
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.grants.panels import commands, domain, rows, working
from services.grants.panels.asking import as_kept, digest_of, question_of
from services.grants.panels.domain import DrawKind, DrawState, PanelState, Standing
from services.grants.panels.models import PanelDraw, PanelSeat, PanelVolunteer, ResidentPanel
from services.grants.panels.sortition.question import Question, check
from services.grants.panels.sortition.vacancies import vacancies

_RELAX_SECONDS: Final = 20.0
_RESERVE_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A draw as it is asked for."""

    seed_source: str
    seed_from: datetime
    because: str | None = None
    accept_nearest: bool = False


async def ask(unit: UnitOfWork, panel_id: UUID, expected: int, asked: Asked) -> PanelDraw:
    """Close the pool and have the panels worked out. `Invalid` when no panel meets the quotas, with the nearest that
    can.

    Of a panel that was drawn: again, with a public reason; both draws stay.
    """
    panel = await rows.load(unit, panel_id, for_change=True)
    drawn = [each for each in await rows.draws_of(unit, panel.id) if each.state == DrawState.DRAWN]
    before = [each for each in drawn if not each.leaving]
    kind = DrawKind.AGAIN if before else DrawKind.FIRST
    state = domain.move(PanelState(panel.state), PanelState.DRAWING)
    check_version(panel.version, expected)
    domain.check_draw(kind, asked.because, clock.business_now(), asked.seed_from)
    pool = await rows.pool_of(unit, panel.id)
    question = question_of(pool, panel.quotas, panel.size, one_per_home=panel.one_per_home)
    panel.state = state
    return await _ask(unit, panel, question, asked, kind, replaces=before[-1] if before else None)


async def fill_again(
    unit: UnitOfWork, panel_id: UUID, expected: int, leaving: Mapping[UUID, str], asked: Asked
) -> PanelDraw:
    """Draw for the places of those who leave: the same rules for the quotas that those who stay leave open.

    They leave when the draw is concluded. Where nobody in the pool fits the quotas left open, `Invalid` says the
    nearest change that somebody does, which the officer may accept; it is published with the draw.
    """
    panel = await rows.load(unit, panel_id, for_change=True)
    state = domain.move(PanelState(panel.state), PanelState.DRAWING)
    check_version(panel.version, expected)
    domain.check_draw(DrawKind.REPLACEMENT, None, clock.business_now(), asked.seed_from)
    members, gone = await _leaving(unit, panel, leaving)
    spent = await _spent(unit, panel)
    pool = await rows.pool_of(unit, panel.id)
    whole = question_of([*pool], panel.quotas, panel.size, one_per_home=panel.one_per_home)
    question = vacancies(whole, [each.token for each in members], list(gone), spent)
    panel.state = state
    listed = [{"token": token, "reason": why} for token, why in sorted(gone.items())]
    return await _ask(unit, panel, question, asked, DrawKind.REPLACEMENT, leaving=listed, spent=spent)


async def _ask(
    unit: UnitOfWork,
    panel: ResidentPanel,
    question: Question,
    asked: Asked,
    kind: DrawKind,
    *,
    replaces: PanelDraw | None = None,
    leaving: Sequence[dict[str, Any]] = (),
    spent: set[str] | None = None,
) -> PanelDraw:
    check(question)
    question, changed = await _met(question, accept=asked.accept_nearest)
    salt = secrets.token_hex(16)
    now = clock.business_now()
    out = (spent or set()) | ({each.token for each in await _members(unit, panel)} if leaving else set())
    row = PanelDraw(
        id=new_id(),
        version=1,
        panel_id=panel.id,
        number=len(await rows.draws_of(unit, panel.id)) + 1,
        kind=kind,
        state=DrawState.WORKING,
        replaces_id=replaces.id if replaces else None,
        because=asked.because,
        size=question.size,
        pool=len(question.volunteers),
        quotas=[as_kept(each) for each in question.quotas],
        changed_quotas=changed,
        leaving=list(leaving),
        spent=sorted(out),
        seed_source=asked.seed_source,
        seed_from=asked.seed_from,
        asked_by=unit.cause.actor,
        closed_at=now,
        salt=salt,
        question_sha256=digest_of(question, salt, out),
        changed_at=now,
    )
    unit.session.add(row)
    await unit.session.flush()
    await jobs.start(unit, working.DRAW, {"panel_id": str(panel.id), "draw_id": str(row.id)})
    await commands.announce(unit, panel, "changed")
    return row


async def _met(question: Question, *, accept: bool) -> tuple[Question, list[dict[str, Any]]]:
    """The question if a panel meets it; with the nearest quotas that can be met when they are accepted."""
    from services.grants.panels.sortition.relax import relaxation, relaxed  # loads the solver
    from services.grants.panels.sortition.solver import OutOfTime

    try:
        changes = await asyncio.to_thread(relaxation, question, _RELAX_SECONDS)
    except OutOfTime:
        # Too hard to say while somebody waits: the job finds a panel, or says that there is none.
        return question, []
    if changes is None:
        raise Invalid(
            "No change of quotas makes a panel of this size: too few homes.",
            FieldError("/size", "There are not as many homes as places.", "homes"),
        )
    if changes and not accept:
        places = {(each.category, each.feature): place for place, each in enumerate(question.quotas)}
        raise Invalid(
            "No panel meets these quotas. The smallest change that can be met is given.",
            *(
                FieldError(f"/quotas/{places[each.asked.category, each.asked.feature]}", each.in_words(), "quotas-met")
                for each in changes
            ),
            nearest=[as_kept(each.possible) for each in changes],
        )
    told = [{"asked": as_kept(each.asked), "possible": as_kept(each.possible)} for each in changes]
    return relaxed(question, changes), told


async def conclude(
    unit: UnitOfWork, panel_id: UUID, draw_id: UUID, expected: int, seed: str, witnessed_by: str
) -> PanelDraw:
    """Enter the seed, with a witness: it says which of the thousand panels sits. Whoever repeats it gets the same."""
    panel = await rows.load(unit, panel_id, for_change=True)
    draw = await rows.load_draw(unit, panel_id, draw_id, for_change=True)
    if draw.state != DrawState.ANNOUNCED or draw.file is None:
        raise Conflict(
            "This draw is not waiting for its seed", state=draw.state, allowed=[DrawState.ANNOUNCED, DrawState.FAILED]
        )
    check_version(draw.version, expected)
    now = clock.business_now()
    draw.file = lottery.conclude_groups(
        draw.file, seed, entered_by=unit.cause.actor, witnessed_by=witnessed_by, drawn_at=now
    )
    draw.state, draw.drawn_at = DrawState.DRAWN, now
    draw.entered_by, draw.witnessed_by = unit.cause.actor, witnessed_by
    draw.version, draw.changed_at = draw.version + 1, now
    gone = {each["token"]: str(each["reason"]) for each in draw.leaving}
    replaced = draw.kind == DrawKind.REPLACEMENT
    for standing in Standing:
        for seat, volunteer in await rows.seated(unit, panel.id, standing):
            if not replaced or volunteer.token in gone:
                seat.until, seat.why_left = now, gone.get(volunteer.token, f"draw {draw.number} replaces it")
    await unit.session.flush()
    pool = {each.token: each for each in await rows.pool_of(unit, panel.id)}
    taken = lottery.group_taken(draw.file)
    standing_by = {each.token: seat for seat, each in await rows.seated(unit, panel.id, Standing.RESERVE)}
    # Somebody erased meanwhile leaves their place empty: to be filled by the same rules.
    for place, token in enumerate((each for each in taken if each in pool), 1):
        if token in standing_by:
            standing_by[token].until, standing_by[token].why_left = now, "drawn"
            await unit.session.flush()
        _seat(unit, panel, draw, pool[token], Standing.MEMBER, place)
    if panel.reserves and not replaced:
        await _choose_reserves(unit, panel, draw, list(pool.values()), taken)
    panel.state = PanelState.DRAWN
    await commands.announce(unit, panel, "member_replaced" if replaced else "drawn")
    people = {pool[token].person_id for token in taken if token in pool}
    unit.accessed(f"panel/{panel.id}/members", {each for each in people if each})
    return draw


async def _choose_reserves(
    unit: UnitOfWork, panel: ResidentPanel, draw: PanelDraw, pool: Sequence[PanelVolunteer], taken: Sequence[str]
) -> None:
    from services.grants.panels.sortition.reserves import chance_of, reserves  # loads the solver
    from services.grants.panels.sortition.solver import OutOfTime

    assert draw.file is not None, "It was concluded just now"
    question = question_of(pool, draw.quotas, panel.size, one_per_home=panel.one_per_home)
    groups = {(each["category"], each["feature"]): each["chance"] for each in panel.dropout["groups"]}
    usual, record = panel.dropout["usual"], draw.file["draw"]
    chosen = asyncio.to_thread(
        reserves,
        question,
        taken,
        panel.reserves,
        lambda one: chance_of(one, usual, groups),
        lambda token: lottery_verifier.number_of(record["commitment"], record["seed"], token),
        _RESERVE_SECONDS,
    )
    try:
        found = await chosen
    except OutOfTime:
        return  # nobody stands by: places are filled by draws of their own
    draw.reserves = {"tokens": found.tokens, "expected_loss": found.expected_loss, "without": found.without}
    by_token = {each.token: each for each in pool}
    for place, token in enumerate(found.tokens, 1):
        _seat(unit, panel, draw, by_token[token], Standing.RESERVE, place)


async def call_reserve(unit: UnitOfWork, panel_id: UUID, expected: int, leaving: Mapping[UUID, str]) -> ResidentPanel:
    """Reserves take the places of those who leave: always the one with whom the fewest quotas break, between such the
    first by the public draw. `Conflict` when too few stand by."""
    panel = await rows.load(unit, panel_id, for_change=True)
    if panel.state != PanelState.DRAWN:
        allowed = list(domain.ALLOWED[PanelState(panel.state)])
        raise Conflict("This panel does not sit", state=panel.state, allowed=allowed)
    check_version(panel.version, expected)
    members, gone = await _leaving(unit, panel, leaving)
    waiting = list(await rows.seated(unit, panel.id, Standing.RESERVE))
    if len(waiting) < len(gone):
        raise Conflict(f"{len(waiting)} stand by: draw for the places", state=panel.state, allowed=["replacements"])
    now = clock.business_now()
    for seat, each in await rows.seated(unit, panel.id, Standing.MEMBER):
        if each.token in gone:
            seat.until, seat.why_left = now, gone[each.token]
    await unit.session.flush()
    stay = [each for each in members if each.token not in gone]
    question = question_of(stay, panel.quotas, panel.size, one_per_home=panel.one_per_home)
    for _ in gone:
        seat, comes = min(waiting, key=lambda each: (_broken(question, [*stay, each[1]]), each[0].place))
        waiting.remove((seat, comes))
        stay.append(comes)
        seat.until, seat.why_left = now, "took a place"
        await unit.session.flush()
        draw = await rows.load_draw(unit, panel.id, seat.draw_id)
        _seat(unit, panel, draw, comes, Standing.MEMBER, seat.place)
    await commands.announce(unit, panel, "member_replaced")
    unit.accessed(f"panel/{panel.id}/members", {each.person_id for each in stay if each.person_id})
    return panel


def _broken(question: Question, members: Sequence[PanelVolunteer]) -> int:
    """By how many people quotas would be missed."""
    found = 0
    for quota in question.quotas:
        held = sum(each.features.get(quota.category) == quota.feature for each in members)
        found += max(0, quota.least - held, held - quota.most)
    return found


async def _members(unit: UnitOfWork, panel: ResidentPanel) -> list[PanelVolunteer]:
    return [each for _, each in await rows.seated(unit, panel.id, Standing.MEMBER)]


async def _leaving(
    unit: UnitOfWork, panel: ResidentPanel, leaving: Mapping[UUID, str]
) -> tuple[list[PanelVolunteer], dict[str, str]]:
    """Everyone who sits, and the tokens of those who leave with why."""
    members = await _members(unit, panel)
    by_id = {str(each.id): each for each in members}
    domain.check_leaving([str(each) for each in leaving], list(by_id))
    return members, {by_id[str(each)].token: why for each, why in leaving.items()}


async def _spent(unit: UnitOfWork, panel: ResidentPanel) -> set[str]:
    """Who sat and left since the panel as a whole was last drawn: nobody is drawn into it twice."""
    whole = [each for each in await rows.draws_of(unit, panel.id) if each.state == DrawState.DRAWN and not each.leaving]
    query = (
        select(PanelVolunteer.token)
        .join(PanelSeat, PanelSeat.volunteer_id == PanelVolunteer.id)
        .join(PanelDraw, PanelDraw.id == PanelSeat.draw_id)
        .where(PanelSeat.panel_id == panel.id, PanelSeat.standing == Standing.MEMBER, PanelSeat.until.is_not(None))
        .where(PanelDraw.number >= (whole[-1].number if whole else 1))
    )
    return set(await unit.session.scalars(query))


def _seat(
    unit: UnitOfWork, panel: ResidentPanel, draw: PanelDraw, volunteer: PanelVolunteer, standing: Standing, place: int
) -> None:
    unit.session.add(
        PanelSeat(
            id=new_id(),
            panel_id=panel.id,
            volunteer_id=volunteer.id,
            draw_id=draw.id,
            standing=standing,
            place=place,
            since=clock.business_now(),
        )
    )
