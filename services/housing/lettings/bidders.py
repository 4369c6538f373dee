"""The register as lettings see it: who could bid, and where they stand.

One reading for a whole list, because a shortlist must not cost a question for each bidder. It is the system's own:
nobody is kept back in it, for a list that leaves out the protected would betray them. `shown` says what a caller sees.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, and_, any_, bindparam, cast, func, literal, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from kit.store import access
from kit.store.unit import UnitOfWork
from services.housing.decants.models import Decant
from services.housing.homes.domain import Access
from services.housing.lettings.models import Bid
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
    # As text, taken apart below: three hundred documents and lists cost five times as much on the driver's own way.
    cast(Application.circumstances, Text),
    cast(func.nullif(Application.learned, text("'{}'")), Text),
    func.array_to_string(Application.band_reasons, ","),
    select(func.array_to_string(func.array_agg(Member.born), ",", ""))
    .where(Member.application_id == Application.id)
    .scalar_subquery(),
)
_BIDDING: Final = (
    select(Bid.id, Bid.token, Bid.receipt, *_COLUMNS)
    .join(Application, Application.id == Bid.application_id)
    .where(Bid.advert_id == bindparam("advert_id"), Bid.state == "placed")
)
_RETURNING: Final = select(Decant.person_id, Decant.household_id, Decant.scheme_id).where(Decant.right.in_(_STANDING))
_ACCESS: Final = {each.value: each for each in Access}
_MAY_BID: Final = frozenset(each.value for each in BIDS)


@dataclass(frozen=True, slots=True)
class Applicant:
    """An application with whose it is. `bidder` is all that the rules see."""

    application_id: UUID
    person_id: UUID
    household_id: UUID | None
    bidder: Bidder


@dataclass(frozen=True, slots=True)
class StandingBid:
    """A bid that stands, with whose it is. The token is for the draw, the receipt for the bidder alone."""

    bid_id: UUID
    token: str
    receipt: str
    whose: Applicant


async def bidding(unit: UnitOfWork, advert_id: UUID, on: date) -> list[StandingBid]:
    """Everybody whose bid for this home stands, with ages on that day."""
    rows = (await unit.session.execute(_BIDDING, {"advert_id": advert_id})).all()
    returning = await _returning(unit)
    return [StandingBid(row[0], row[1], row[2], _applicant(row[3:], returning, on)) for row in rows]


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
    rows = (await unit.session.execute(select(*_COLUMNS).where(which))).all()
    returning = await _returning(unit)
    return [_applicant(row, returning, on) for row in rows]


async def _returning(unit: UnitOfWork) -> Mapping[UUID, set[UUID]]:
    """To which schemes people and households have a right to return. Few of them, whatever the number of bidders."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for person_id, household_id, scheme_id in (await unit.session.execute(_RETURNING)).all():
        for whose in (person_id, household_id):
            if whose is not None:
                found[whose].add(scheme_id)
    return found


_NOWHERE: Final[frozenset[UUID]] = frozenset()


def _applicant(row: Iterable[Any], returning: Mapping[UUID, set[UUID]], on: date) -> Applicant:
    """`row`: `_COLUMNS`. Ages of children who are not born yet are not among `ages`, but they are people."""
    # Three hundred of these make a list: a row is taken apart once, and not asked name by name.
    (id_, person_id, household_id, state, band, rank, since, needed, fewest, access_needed, highest, *documents) = row
    said, learned, reasons, born = documents
    returns_to = _NOWHERE
    if returning:
        returns_to = frozenset(returning.get(person_id, _NOWHERE) | returning.get(household_id, _NOWHERE))
    known = json.loads(said)
    if learned is not None:
        # What was learned counts first.
        known |= {name: entry["value"] for name, entry in json.loads(learned).items()}
    days = [date.fromisoformat(day) if day else None for day in born.split(",")] if born is not None else []
    stands, why_not = _stands(state, assessed=None not in (needed, band, since))
    need = needed or 0
    bidder = Bidder(
        application_id=id_,
        band=band or "none",
        band_rank=99 if rank is None else rank,
        priority_date=since or on,
        bedrooms=need,
        fewest=need if fewest is None else min(need, fewest),
        people=max(1, len(days)),
        ages=tuple(age_on(day, on) for day in days if day is not None and day <= on),
        access=_ACCESS[access_needed],
        highest_floor=highest,
        groups=groups_of(known, reasons.split(","), returns=bool(returns_to)),
        income_pence=known.get("income_year_pence"),
        returns_to=returns_to,
        stands=stands,
        why_not=why_not,
    )
    return Applicant(id_, person_id, household_id, bidder)


def _stands(state: str, *, assessed: bool) -> tuple[bool, str]:
    if state not in _MAY_BID:
        return False, f"Your application is {words(Standing(state))} at the moment."
    if not assessed:
        return False, "Your application is not assessed yet."
    return True, ""


def groups_of(known: Mapping[str, Any], reasons: Sequence[str], *, returns: bool) -> frozenset[Group]:
    """The groups that a lettings plan may name, by what is known of a household."""
    get = known.get
    found = []
    if returns:
        found.append(Group.RIGHT_TO_RETURN)
    if get("decant") in ("permanent", "temporary"):
        found.append(Group.DECANTED)
    if get("working") or get("residence_exception") == "work_in_borough":
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
