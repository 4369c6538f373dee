"""Writes of those who bid themselves: an officer gives a code, it opens a pass, and the pass bids and takes back."""

import secrets
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.errors import Forbidden, NotFound
from kit.store.unit import UnitOfWork
from services.housing.lettings import rows
from services.housing.lettings.adverts import queries as adverts
from services.housing.lettings.bids import commands as bids
from services.housing.lettings.models import Bid
from services.housing.lettings.own import domain
from services.housing.lettings.own.models import BiddingCode, BiddingPass
from services.housing.lettings.states import Channel
from services.housing.register import rows as register

PURPOSE = "resident_self"
_NOTHING = "That did not open anything. Look at your number and your code again, or ask us for a new one."


def new_code() -> str:
    """80 random bits, to be read out."""
    return domain.in_groups("".join(secrets.choice(domain.LETTERS) for _ in range(domain.GROUPS * domain.EACH)))


async def issue(unit: UnitOfWork, application_id: UUID) -> tuple[str, str, date]:
    """A new code for an application: its bidding number, the code (told this once) and its last day."""
    row = await register.load(unit, application_id, for_change=True)
    code, today = new_code(), clock.today()
    values = {
        "person_id": row.person_id,
        "mark": domain.mark_of_code(row.number, code),
        "issued_by": unit.cause.actor,
        "issued_at": clock.business_now(),
        "until": today + timedelta(days=domain.CODE_DAYS),
    }
    # Whoever found the old one is out with it.
    await unit.session.execute(delete(BiddingPass).where(BiddingPass.application_id == application_id))
    statement = insert(BiddingCode).values(application_id=application_id, **values)
    await unit.session.execute(
        statement.on_conflict_do_update(index_elements=["application_id"], set_=values),
    )
    unit.accessed(f"bidding_code/{application_id}", [row.person_id])
    return row.number, code, today + timedelta(days=domain.CODE_DAYS)


async def end(unit: UnitOfWork, application_id: UUID) -> None:
    """It opens nothing any more, at once: the letter went astray, or they asked for that."""
    row = await register.load(unit, application_id)
    await unit.session.execute(delete(BiddingPass).where(BiddingPass.application_id == application_id))
    await unit.session.execute(delete(BiddingCode).where(BiddingCode.application_id == application_id))
    unit.accessed(f"bidding_code/{application_id}", [row.person_id])


async def sign_in(unit: UnitOfWork, number: str, code: str) -> tuple[str, datetime]:
    """A pass for an hour; one `Forbidden` for every number and code that do not belong together."""
    query = select(BiddingCode.application_id, BiddingCode.person_id).where(
        BiddingCode.mark == domain.mark_of_code(number, code), BiddingCode.until >= clock.today()
    )
    found = (await unit.session.execute(query)).one_or_none()
    if found is None:
        raise Forbidden(_NOTHING)
    now = clock.now()
    await unit.session.execute(delete(BiddingPass).where(BiddingPass.until <= now))
    secret, until = secrets.token_urlsafe(32), now + domain.SITTING
    unit.session.add(
        BiddingPass(mark=domain.mark_of_pass(secret), application_id=found.application_id, until=until),
    )
    _act_as(unit, found.application_id)
    unit.accessed(f"bidding_code/{found.application_id}", [found.person_id])
    return secret, until


async def sign_out(unit: UnitOfWork, secret: str) -> None:
    """The pass opens nothing any more; no harm if there is none."""
    await unit.session.execute(delete(BiddingPass).where(BiddingPass.mark == domain.mark_of_pass(secret)))


async def whose(unit: UnitOfWork, secret: str) -> UUID:
    """The application of this pass, for which the unit acts from now on. `Forbidden` once it has run out."""
    found: UUID | None = await unit.session.scalar(
        select(BiddingPass.application_id).where(
            BiddingPass.mark == domain.mark_of_pass(secret), BiddingPass.until > clock.now()
        )
    )
    if found is None:
        raise Forbidden("You are signed out: give your number and your code again")
    _act_as(unit, found)
    return found


def _act_as(unit: UnitOfWork, application_id: UUID) -> None:
    """On record it is the household itself, looking at what is theirs."""
    unit.cause = replace(unit.cause, actor=f"bidder:{application_id}", purpose=PURPOSE)


async def bid(unit: UnitOfWork, secret: str, number: int) -> Bid:
    """Bid for a home by its number. `Invalid` with every rule they do not meet; `Conflict` once bidding is over."""
    application_id = await whose(unit, secret)
    advert_id = await adverts.by_number(unit, number)
    if advert_id is None:
        raise NotFound("We know of no such home")
    advert = await rows.advert(unit, advert_id)
    return await bids.place(unit, advert, application_id, Channel.WEB, own=True)


async def take_back(unit: UnitOfWork, secret: str, bid_id: UUID, expected: int) -> Bid:
    """Take a bid of theirs back while bidding goes on. Another household's is as unknown as none."""
    application_id = await whose(unit, secret)
    return await bids.withdraw(unit, bid_id, expected, of=application_id)
