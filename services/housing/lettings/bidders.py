"""The register as lettings see it: who could bid, and where they stand.

One reading for a whole list, because a shortlist must not cost a question for each bidder. It is the system's own:
nobody is kept back in it, for a list that leaves out the protected would betray them. `shown` says what a caller sees.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Uuid, and_, any_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from kit.store import access
from kit.store.unit import UnitOfWork
from services.housing.decants.models import Decant
from services.housing.homes.domain import Access
from services.housing.lettings.rules import Bidder, Group
from services.housing.register.models import Application, Member
from services.housing.register.states import BIDS, Standing, words

_STANDING: Final = ("waiting", "offered")
"""Of a right to return: it stands until the household is back, or gave it up."""
_COLUMNS: Final = (
    Application.id,
    Application.person_id,
    Application.household_id,
    Application.state,
    Application.band,
    Application.band_order,
    Application.priority_on,
    Application.bedrooms_needed,
    Application.bedrooms_fewest,
    Application.access_needed,
    Application.highest_floor,
    Application.circumstances,
    Application.learned,
    Application.band_reasons,
)
_ACCESS: Final = {each.value: each for each in Access}
_MAY_BID: Final = frozenset(each.value for each in BIDS)


@dataclass(frozen=True, slots=True)
class Applicant:
    """An application with whose it is. `bidder` is all that the rules see."""

    application_id: UUID
    person_id: UUID
    household_id: UUID | None
    bidder: Bidder


async def applicants(unit: UnitOfWork, ids: Collection[UUID], on: date) -> Mapping[UUID, Applicant]:
    """These applications as they stand, with ages on that day; whoever is not on the register is not in it."""
    if not ids:
        return {}
    found = await _read(unit, Application.id == any_(literal(list(ids), ARRAY(Uuid))), on)
    return {each.application_id: each for each in found}


async def everybody(unit: UnitOfWork, has: int, needs: Collection[int], on: date) -> Sequence[Applicant]:
    """Every application that may bid and that a home of `has` bedrooms could suit; `needs`: by the advert's rules."""
    range_ = and_(
        Application.bedrooms_needed >= has,
        func.coalesce(Application.bedrooms_fewest, Application.bedrooms_needed) <= has,
    )
    may_bid = Application.state.in_([each.value for each in BIDS])
    return await _read(unit, may_bid & or_(range_, Application.bedrooms_needed.in_(list(needs))), on)


async def by_number(unit: UnitOfWork, number: str) -> UUID | None:
    """The application of a bidding number."""
    found: UUID | None = await unit.session.scalar(select(Application.id).where(Application.number == number))
    return found


async def shown(unit: UnitOfWork, applicant: Applicant) -> bool:
    """Whether the caller may know of them: whoever is kept back is as unknown as a stranger."""
    kept_back = select(access.kept_back(unit.cause, literal(applicant.person_id, Uuid)))
    return not await unit.session.scalar(kept_back)


async def _read(unit: UnitOfWork, which: ColumnElement[bool], on: date) -> list[Applicant]:
    born = select(func.array_agg(Member.born)).where(Member.application_id == Application.id).scalar_subquery()
    rows = (await unit.session.execute(select(*_COLUMNS, born.label("born")).where(which))).all()
    returning: dict[UUID, set[UUID]] = defaultdict(set)
    decants = select(Decant.person_id, Decant.household_id, Decant.scheme_id).where(Decant.right.in_(_STANDING))
    # Few of them, whatever the number of bidders.
    for person_id, household_id, scheme_id in (await unit.session.execute(decants)).all():
        for whose in (person_id, household_id):
            if whose is not None:
                returning[whose].add(scheme_id)
    return [
        Applicant(
            row.id,
            row.person_id,
            row.household_id,
            _bidder(row, returning[row.person_id] | returning[row.household_id], on),
        )
        for row in rows
    ]


def _bidder(row: Row[Any], returns_to: set[UUID], on: date) -> Bidder:
    """As the rules see them. Ages of children who are not born yet are not among `ages`, but they are people."""
    # Three hundred of these make a list: a row is taken apart once, and not asked name by name.
    id_, _, _, state, band, rank, since, needed, fewest, access_needed, highest, said, learned, reasons, born = tuple(
        row
    )
    stands, why_not = _stands(state, assessed=None not in (needed, band, since))
    need = needed or 0
    income = learned["income_year_pence"]["value"] if "income_year_pence" in learned else said.get("income_year_pence")
    return Bidder(
        application_id=id_,
        band=band or "none",
        band_rank=99 if rank is None else rank,
        priority_date=since or on,
        bedrooms=need,
        fewest=need if fewest is None else min(need, fewest),
        people=max(1, len(born or ())),
        ages=tuple(age_on(day, on) for day in born or () if day is not None and day <= on),
        access=_ACCESS[access_needed],
        highest_floor=highest,
        groups=groups_of(said, learned, reasons, returns=bool(returns_to)),
        income_pence=income,
        returns_to=frozenset(returns_to),
        stands=stands,
        why_not=why_not,
    )


def _stands(state: str, *, assessed: bool) -> tuple[bool, str]:
    if state not in _MAY_BID:
        return False, f"Your application is {words(Standing(state))} at the moment."
    if not assessed:
        return False, "Your application is not assessed yet."
    return True, ""


def groups_of(
    said: Mapping[str, Any], learned: Mapping[str, Any], reasons: Sequence[str], *, returns: bool
) -> frozenset[Group]:
    """The groups that a lettings plan may name, by what is known of a household. What was learned counts first."""
    known = {**said, **{name: entry["value"] for name, entry in learned.items()}} if learned else said
    get = known.get
    found = []
    if returns:
        found.append(Group.RIGHT_TO_RETURN)
    if get("decant") in ("permanent", "temporary"):
        found.append(Group.DECANTED)
    if get("working") or said.get("residence_exception") == "work_in_borough":
        found.append(Group.WORKING)
    if get("care_leaver"):
        found.append(Group.CARE_LEAVER)
    if get("armed_forces"):
        found.append(Group.ARMED_FORCES)
    if get("homeless_duty") == "main":
        found.append(Group.TEMPORARY_ACCOMMODATION)
    if get("tenure") == "council_tenant":
        found.append(Group.COUNCIL_TENANT)
    if "gives_up_rooms" in reasons:
        found.append(Group.UNDER_OCCUPYING)
    return frozenset(found)


def age_on(born: date, on: date) -> int:
    """Full years on a day; who was born on 29 February comes of age on 1 March in other years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
