"""What must hold before a household enters a home, and who is to be told that it did."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import any_, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from kit.errors import Conflict, FieldError, NotFound, invalid
from kit.ids import new_id
from kit.store import access
from kit.store.unit import UnitOfWork
from services.housing.placements import case_facts, domain, rules
from services.housing.placements.domain import EndReason, Notice, NoticeState
from services.housing.placements.models import Placement, PlacementNotice
from services.housing.placements.rows import notices


async def check_known(unit: UnitOfWork, people: Sequence[UUID]) -> None:
    """`NotFound` where one of them is kept back from the caller: as unknown as a stranger."""
    given = literal(list(people), ARRAY(Uuid))
    if await unit.session.scalar(select(access.kept_back(unit.cause, any_(given)))):
        raise NotFound("We know of no such person")


async def check_case(unit: UnitOfWork, row: Placement) -> None:
    """A stay fits its case: the household's own, applied by then, prevention over (`Invalid`, naming the section)."""
    if row.case_id is None:
        return
    case = await case_facts.facts_of(unit, row.case_id)
    if case is None:
        raise invalid("/case_id", "We know of no such case.", "case-known")
    if case.household_id not in (None, row.household_id):
        raise invalid("/case_id", "That case is another household's.", "case-of-household")
    domain.check_after_application(row.entered_on, case.applied_on)
    if case.prevention_from is not None:
        domain.check_not_in_prevention(
            row.entered_on, case.prevention_from, case.prevention_until, case.assessed_on or case.prevention_from
        )


async def check_free(unit: UnitOfWork, row: Placement) -> None:
    """`Conflict` in words where the household is elsewhere or the home is taken on one of these nights."""
    # A stay goes on until it ends: then whatever ends after this one begins is in its way.
    query = select(Placement.home_id).where(
        or_(Placement.household_id == row.household_id, Placement.home_id == row.home_id),
        Placement.id != row.id,
        Placement.end_reason.is_distinct_from(EndReason.RECORDED_BY_MISTAKE),
        or_(Placement.left_on.is_(None), Placement.left_on > row.entered_on),
        or_(Placement.left_on.is_(None), Placement.left_on > Placement.entered_on),
        *((Placement.entered_on < row.left_on,) if row.left_on else ()),
    )
    elsewhere = query.where(Placement.household_id == row.household_id)
    if await unit.session.scalar(elsewhere.limit(1)) is not None:
        raise taken(home=False)
    if await unit.session.scalar(query.limit(1)) is not None:
        raise taken(home=True)


def taken(home: bool) -> Conflict:
    """The refusal of an overlap."""
    words = (
        "Somebody is in this home on that night: choose another, or another day."
        if home
        else "This household is in temporary accommodation on that night: end that stay or move them."
    )
    rule = "home-not-taken" if home else "no-overlapping-stays"
    return Conflict(words, FieldError("/home_id" if home else "/entered_on", words, rule), allowed=["moved", "ended"])


async def follow_notices(unit: UnitOfWork, row: Placement) -> None:
    """Bring the notices in line with who is there, who agreed, and whether the stay is sealed; what was sent stays."""
    rule = rules.standing()
    out, child = (rules.on(each, row.entered_on).days for each in (rule.out_of_area_notice, rule.child_notice))
    wanted = domain.notices_for(row.party, row.out_of_area, row.sealed, row.agreed_by_parent)
    there = {Notice(each.kind): each for each in await notices(unit, row.id)}
    for kind, state in wanted.items():
        found = there.get(kind)
        if found is None:
            due = domain.due_on(row.entered_on, out if kind is Notice.OUT_OF_AREA else child)
            unit.session.add(PlacementNotice(id=new_id(), placement_id=row.id, kind=kind, state=state, due_on=due))
        elif found.state not in (NoticeState.SENT, NoticeState.NOT_NEEDED):
            found.state = state
    for kind, found in there.items():
        if kind not in wanted and found.state not in (NoticeState.SENT, NoticeState.NOT_NEEDED):
            found.state, found.why_not = NoticeState.NOT_NEEDED, "no child is placed there any more"
    await unit.session.flush()
