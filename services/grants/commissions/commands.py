"""Writes of commissions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.errors import Conflict, NotFound
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.grants.commissions import domain
from services.grants.commissions.domain import Member, State, Year
from services.grants.commissions.models import Commission, CommissionLoad, CommissionMember
from services.grants.funds import commands as funds


@dataclass(frozen=True, slots=True)
class Carried:
    """What an organisation carried in a month."""

    organisation_id: UUID
    month: date
    referrals: int
    refused_full: int


async def bid(unit: UnitOfWork, title: str, words: str, years: Sequence[Year], members: Sequence[Member]) -> Commission:
    """A bid, of one organisation or several together."""
    domain.check_bid(years, members)
    now = clock.business_now()
    row = Commission(
        id=new_id(),
        version=1,
        title=title,
        words=words,
        state=State.BID,
        years=[{"year": each.year, "pence": each.pence, "paid_on": None} for each in years],
        bid_by=unit.cause.actor,
        bid_at=now,
        changed_at=now,
    )
    unit.session.add(row)
    await unit.session.flush()
    parts = [
        {
            "commission_id": row.id,
            "organisation_id": each.organisation_id,
            "place": place,
            "percent": each.percent,
        }
        for place, each in enumerate(members)
    ]
    await unit.session.execute(insert(CommissionMember).values(parts))
    unit.accessed(f"commission/{row.id}")
    return row


async def recommend(unit: UnitOfWork, commission_id: UUID, expected: int, words: str, on: date) -> Commission:
    """What the residents' forum recommends."""
    row = await _load(unit, commission_id, expected)
    domain.check_next(State(row.state), State.RECOMMENDED)
    row.state, row.forum_words, row.forum_on = State.RECOMMENDED, words, on
    return _changed(unit, row)


async def agree(unit: UnitOfWork, commission_id: UUID, expected: int, fund_code: str, words: str) -> Commission:
    """Agree to it, by another officer than the one who entered the bid: the first year's money is promised."""
    row = await _load(unit, commission_id, expected)
    domain.check_next(State(row.state), State.AGREED)
    if unit.cause.actor == row.bid_by:
        raise Conflict("Whoever entered the bid does not agree to it", allowed=["another officer"])
    row.fund_id = (await funds.fund_coded(unit, fund_code)).id
    row.state, row.decided_by, row.decided_words = State.AGREED, unit.cause.actor, words
    await _promise(unit, row, row.schedule()[0])
    return _changed(unit, row)


async def decline(unit: UnitOfWork, commission_id: UUID, expected: int, words: str) -> Commission:
    """Say no, with a public reason."""
    row = await _load(unit, commission_id, expected)
    domain.check_next(State(row.state), State.DECLINED)
    row.state, row.decided_by, row.decided_words = State.DECLINED, unit.cause.actor, words
    return _changed(unit, row)


async def pay_year(unit: UnitOfWork, commission_id: UUID, expected: int, year: int) -> Commission:
    """Pay a year, once, the years in their order; the next one's money is promised with it."""
    row = await _load(unit, commission_id, expected)
    if row.state != State.AGREED or row.fund_id is None:
        raise Conflict("Only what is agreed is paid", state=row.state, allowed=["agreed"])
    due = next((each for each in row.years if each["paid_on"] is None), None)
    if due is None or due["year"] != year:
        raise Conflict("The years are paid in their order, each once", due=due["year"] if due else None, allowed=[])
    reference = f"commission-payment/{row.id}/{year}"
    await funds.pay(unit, row.fund_id, row.id, due["pence"], reference, f"{row.title}, {year}")
    paid = clock.today().isoformat()
    row.years = [{**each, "paid_on": paid} if each["year"] == year else each for each in row.years]
    following = next((each for each in row.schedule() if each.year == year + 1), None)
    if following is None:
        row.state = State.ENDED
    else:
        await _promise(unit, row, following)
    return _changed(unit, row)


async def carry(unit: UnitOfWork, loads: Sequence[Carried]) -> None:
    """How many referrals organisations carried; again puts a month right."""
    rows = [
        {
            "organisation_id": each.organisation_id,
            "month": each.month.replace(day=1),
            "referrals": each.referrals,
            "refused_full": each.refused_full,
            "entered_by": unit.cause.actor,
        }
        for each in loads
    ]
    statement = insert(CommissionLoad).values(rows)
    again = {name: statement.excluded[name] for name in ("referrals", "refused_full", "entered_by")}
    await unit.session.execute(statement.on_conflict_do_update(index_elements=["organisation_id", "month"], set_=again))
    unit.accessed("commission_loads")


async def _promise(unit: UnitOfWork, row: Commission, year: Year) -> None:
    if row.fund_id is not None:
        reference = f"commission/{row.id}/{year.year}"
        await funds.award(unit, row.fund_id, None, row.id, year.pence, reference, f"{row.title}, {year.year}")


async def _load(unit: UnitOfWork, commission_id: UUID, expected: int) -> Commission:
    query = select(Commission).where(Commission.id == commission_id).with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("There is no such commission")
    check_version(row.version, expected)
    return row


def _changed(unit: UnitOfWork, row: Commission) -> Commission:
    row.version, row.changed_at = row.version + 1, clock.business_now()
    unit.accessed(f"commission/{row.id}")
    return row
