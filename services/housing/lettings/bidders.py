"""The register as lettings see it: who could bid, and where they stand.

One reading for a whole list, because a shortlist must not cost a question for each bidder. It is the system's own:
nobody is kept back in it, for a list that leaves out the protected would betray them. `shown` says what a caller sees.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from pydantic_core import from_json
from sqlalchemy import (
    ColumnElement,
    Dialect,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, psycopg

from kit.store.unit import UnitOfWork
from services.housing.decants.models import Decant
from services.housing.homes.domain import Access
from services.housing.lettings import order
from services.housing.lettings.models import Bid
from services.housing.lettings.rules import Bidder, Group, Rules, asks_ages, asks_rights, asks_words
from services.housing.register.models import Application, Member
from services.housing.register.states import BIDS, Standing, words
from services.housing.register.strangers import visible_to

_STANDING: Final = ("waiting", "offered")
"""Of a right to return: it stands until the household is back, or gave it up."""
_WHOSE: Final = (Application.id, Application.person_id, Application.household_id)
_STATE: Final = (
    Application.state,
    Application.band,
    Application.band_order,
    Application.priority_on,
    Application.bedrooms_needed,
    Application.bedrooms_fewest,
    Application.access_needed,
    Application.highest_floor,
)
_MEMBERS: Final = select(func.count()).where(Member.application_id == Application.id).scalar_subquery()
# As text, taken apart below: hundreds of documents and lists cost five times as much on the driver's own way.
_BORN: Final = cast(
    func.array(select(Member.born).where(Member.application_id == Application.id).scalar_subquery()), Text
)
_WORDS: Final = (
    cast(Application.circumstances, Text),
    cast(func.nullif(Application.learned, text("'{}'")), Text),
    func.array_to_string(Application.band_reasons, ","),
)
_IDS: Final = func.concat_ws("\t", Bid.id, *_WHOSE, Bid.token)


_DIALECT: Final[Dialect] = psycopg.dialect()  # type: ignore[no-untyped-call]  # its stub types all but this


def _compiled(query: Select[Any]) -> tuple[bytes, Mapping[str, Any]]:
    compiled = query.compile(dialect=_DIALECT)
    return compiled.string.encode(), compiled.params


_BIDS: Final = (
    select(Bid.token, Bid.receipt, _IDS, *_STATE)
    .join(Application, Application.id == Bid.application_id)
    .where(Bid.advert_id == bindparam("advert_id"), Bid.state == "placed")
)
# Made once, and past SQLAlchemy, which takes as long over three hundred rows as PostgreSQL does.
_BIDDING: Final = {
    (ages, words_): _compiled(_BIDS.add_columns(_BORN if ages else _MEMBERS, *(_WORDS if words_ else ())))
    for ages in (False, True)
    for words_ in (False, True)
}
_RETURNING: Final = select(Decant.person_id, Decant.household_id, Decant.scheme_id).where(Decant.right.in_(_STANDING))
_ACCESS: Final = {each.value: each for each in Access}
_MAY_BID: Final = frozenset(each.value for each in BIDS)


class Applicant(NamedTuple):
    """An application with whose it is. `bidder` is all that the rules see."""

    application_id: UUID
    person_id: UUID
    household_id: UUID
    bidder: Bidder


class StandingBid(NamedTuple):
    """A bid that stands, with whose it is."""

    bid: order.Bid
    ids: str
    """Of bid, application, person and household, and the token, as PostgreSQL writes them into a COPY: no rule looks at
    them, and to make identifiers of hundreds takes as long as to read them.
    """
    person_id: str
    """Who applied."""


async def bidding(unit: UnitOfWork, advert_id: UUID, asked: Rules, on: date) -> list[StandingBid]:
    """Everybody whose bid for this home stands, with ages on that day.

    `asked`: the advert's rules. What they do not look at is not read: ages, groups, income, rights to return.
    """
    returning = await _returning(unit) if asks_rights(asked) else {}
    statement, values = _BIDDING[asks_ages(asked), asks_words(asked)]
    # What was changed before is part of it.
    await unit.session.flush()
    cursor = (await unit.driver()).cursor()
    await cursor.execute(statement, {**values, "advert_id": advert_id}, prepare=True)
    found = []
    for token, receipt, ids, *row in await cursor.fetchall():
        _, _, person_id, household_id, _ = ids.split("\t")
        bidder = _bidder(row, _returns_to((person_id, household_id), returning), on)
        found.append(StandingBid(order.Bid(token, receipt, bidder), ids, person_id))
    return found


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
    query = select(Application.id).where(Application.id == applicant.application_id, visible_to(unit.cause))
    return await unit.session.scalar(query) is not None


async def _read(unit: UnitOfWork, which: ColumnElement[bool], on: date) -> list[Applicant]:
    rows = (await unit.session.execute(select(*_WHOSE, *_STATE, _BORN, *_WORDS).where(which))).all()
    returning = await _returning(unit)
    return [Applicant(*row[:3], _bidder(row[3:], _returns_to(map(str, row[1:3]), returning), on)) for row in rows]


async def _returning(unit: UnitOfWork) -> Mapping[str, set[UUID]]:
    """To which schemes people and households have a right to return. Few of them, whatever the number of bidders."""
    found: dict[str, set[UUID]] = defaultdict(set)
    for person_id, household_id, scheme_id in (await unit.session.execute(_RETURNING)).all():
        for whose in (person_id, household_id):
            if whose is not None:
                found[str(whose)].add(scheme_id)
    return found


_NOWHERE: Final[frozenset[UUID]] = frozenset()


def _returns_to(whose: Iterable[str], returning: Mapping[str, set[UUID]]) -> frozenset[UUID]:
    """The schemes to which a person or their household has a right to return."""
    return _NOWHERE.union(*(returning.get(each, _NOWHERE) for each in whose)) if returning else _NOWHERE


_NONE: Final[frozenset[Group]] = frozenset()


def _bidder(row: Sequence[Any], returns_to: frozenset[UUID], on: date) -> Bidder:
    """`row`: `_STATE`, `_BORN` or the number of members, and perhaps `_WORDS`."""
    # Three hundred of these make a list: a row is taken apart once, and not asked name by name.
    state, band, rank, since, needed, fewest, access_needed, highest, members, *said = row
    groups, income_pence = _told(said, returns=bool(returns_to)) if said else (_NONE, None)
    people, ages = _ages(members, on) if isinstance(members, str) else (members or 1, ())
    assessed = needed is not None and band is not None and since is not None
    stands, why_not = _STANDS if assessed and state in _MAY_BID else _why_not(state)
    need = needed or 0
    # In their order: by name they take half as long again.
    return Bidder(
        band or "none",
        99 if rank is None else rank,
        since or on,
        need,
        people,
        need if fewest is None else min(need, fewest),
        ages,
        _ACCESS[access_needed],
        highest,
        groups,
        income_pence,
        returns_to,
        stands,
        why_not,
    )


def _told(words_: Sequence[Any], *, returns: bool) -> tuple[frozenset[Group], int | None]:
    """Groups and yearly income of a household, in pence; what was learned counts before what they said."""
    said, learned, reasons = words_
    known = from_json(said)
    if learned is not None:
        known |= {name: entry["value"] for name, entry in from_json(learned).items()}
    return groups_of(known, reasons, returns=returns), known.get("income_year_pence")


def _ages(born: str, on: date) -> tuple[int, tuple[int, ...]]:
    """How many they are, whoever is not born yet among them, and how old those are who are; `born`: days as PostgreSQL
    writes a list of them.
    """
    if born == "{}":
        return 1, ()
    days = [date.fromisoformat(day) if day != "NULL" else None for day in born[1:-1].split(",")]
    return len(days), tuple(age_on(day, on) for day in days if day is not None and day <= on)


_STANDS: Final = (True, "")


def _why_not(state: str) -> tuple[bool, str]:
    if state not in _MAY_BID:
        return False, f"Your application is {words(Standing(state))} at the moment."
    return False, "Your application is not assessed yet."


def groups_of(known: Mapping[str, Any], reasons: str, *, returns: bool) -> frozenset[Group]:
    """The groups that a lettings plan may name, by what is known of a household and the codes of its band's reasons."""
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
    if "gives_up_rooms" in reasons.split(","):
        found.append(Group.UNDER_OCCUPYING)
    return frozenset(found)


def age_on(born: date, on: date) -> int:
    """Full years on a day; who was born on 29 February comes of age on 1 March in other years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
