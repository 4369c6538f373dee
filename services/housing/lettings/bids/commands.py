"""Writes of bids. A bid that cannot be considered is refused at once, with every rule that it does not meet."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.errors import Conflict, FieldError, Invalid, NotFound
from kit.ids import new_id
from kit.lottery import new_token
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.housing.lettings import bidders, rows, rules, states
from services.housing.lettings.bidders import Applicant
from services.housing.lettings.bids import domain
from services.housing.lettings.commands import tell_bid
from services.housing.lettings.models import Advert, AutoBid, Bid
from services.housing.lettings.shapes import rules_from
from services.housing.lettings.states import Advert as AdvertIs
from services.housing.lettings.states import Channel
from services.housing.register import strangers


async def place(unit: UnitOfWork, advert: Advert, application_id: UUID, channel: Channel, *, own: bool = False) -> Bid:
    """Bid for a home. `Invalid` with all the reasons why not; `Conflict` when bidding is over or they bid already.

    `own`: it is the household itself that bids, from whom nothing of its own is kept back.
    """
    now = clock.business_now()
    states.check_bidding(AdvertIs(advert.state), advert.closes_at, now)
    if now < advert.opens_at:
        raise Conflict(f"Bidding for this home begins on {advert.opens_at.astimezone(clock.LONDON):%d %B %Y, %H:%M}")
    applicant = (await bidders.applicants(unit, [application_id], _ages_on(advert))).get(application_id)
    if applicant is None or not (own or await bidders.shown(unit, applicant)):
        raise NotFound("We know of no such application")
    if found := rules.refusals(rules_from(advert.rules), applicant.bidder):
        faults = [FieldError("/application_id", each.words, each.rule) for each in found]
        raise Invalid("You cannot bid for this home: " + " ".join(each.words for each in found), *faults)
    await _check_how_many(unit, application_id)
    row = await _enter(unit, advert, applicant, channel)
    if row is None:
        raise Conflict("A bid from this household stands already", allowed=["withdrawn"])
    return row


def _ages_on(advert: Advert) -> date:
    """The day by which somebody's age counts: the list is made on it."""
    return advert.closes_at.astimezone(clock.LONDON).date()


async def _check_how_many(unit: UnitOfWork, application_id: UUID) -> None:
    query = select(Bid.id).join(Advert, Advert.id == Bid.advert_id)
    here = (Bid.application_id == application_id, Bid.state == "placed", Advert.state == AdvertIs.OPEN)
    standing = (await unit.session.scalars(query.where(*here, Bid.channel != Channel.AUTO))).all()
    domain.check_how_many(len(standing))


async def _enter(unit: UnitOfWork, advert: Advert, applicant: Applicant, channel: Channel) -> Bid | None:
    """The bid, new or taken up again; None when it stands already."""
    now = clock.business_now()
    query = select(Bid).where(Bid.advert_id == advert.id, Bid.application_id == applicant.application_id)
    row = (await unit.session.scalars(query.with_for_update())).one_or_none()
    if row is not None:
        if row.state == "placed" and row.channel != Channel.AUTO:
            return None
        # Also: they say themselves what the system said for them.
        row.state, row.channel, row.version, row.changed_at = "placed", channel, row.version + 1, now
        row.placed_by = unit.cause.actor
    else:
        row = await unit.session.scalar(
            insert(Bid)
            .values(
                id=new_id(),
                version=1,
                advert_id=advert.id,
                application_id=applicant.application_id,
                person_id=applicant.person_id,
                household_id=applicant.household_id,
                channel=channel,
                state="placed",
                token=new_token(),
                receipt=new_token(),
                placed_at=now,
                placed_by=unit.cause.actor,
                changed_at=now,
            )
            .on_conflict_do_nothing()
            .returning(Bid)
        )
    if row is not None:
        await strangers.as_told(unit, row.application_id)
        tell_bid(unit, row)
    return row


async def withdraw(unit: UnitOfWork, bid_id: UUID, expected: int, *, of: UUID | None = None) -> Bid:
    """Take a bid back while bidding goes on: it leaves nothing that counts. `of`: the household that does so itself."""
    theirs = rows.bids_visible_to(unit.cause) if of is None else Bid.application_id == of
    found = select(Bid.advert_id).where(Bid.id == bid_id, theirs)
    advert_id = await unit.session.scalar(found)
    if advert_id is None:
        raise NotFound("We know of no such bid")
    # The advert first, as a new bid does: two writers never wait in a circle.
    advert = await rows.advert(unit, advert_id)
    row = (await unit.session.scalars(select(Bid).where(Bid.id == bid_id).with_for_update())).one()
    check_version(row.version, expected)
    states.check_bidding(AdvertIs(advert.state), advert.closes_at, clock.business_now())
    if row.state != "placed":
        raise Conflict("This bid was taken back already", state=row.state, allowed=["placed"])
    row.state, row.version, row.changed_at = "withdrawn", row.version + 1, clock.business_now()
    await strangers.as_told(unit, row.application_id)
    tell_bid(unit, row)
    return row


# For those who cannot -------------------------------------------------------------------------------------------


async def place_for_those_who_cannot(unit: UnitOfWork, advert: Advert) -> int:
    """Bid for every household that agreed to it, whom the home would suit and who has said nothing; how many."""
    query = select(AutoBid).where(AutoBid.ended_on.is_(None)).order_by(AutoBid.application_id)
    wanted = {
        each.application_id
        for each in await unit.session.scalars(query)
        if domain.wants(each.wards, each.top_floor, advert.shown)
    }
    if not wanted:
        return 0
    said = select(Bid.application_id).where(Bid.advert_id == advert.id, Bid.application_id.in_(wanted))
    wanted -= set(await unit.session.scalars(said))
    asked = rules_from(advert.rules)
    placed = 0
    found = await bidders.applicants(unit, wanted, _ages_on(advert))
    for application_id in sorted(found):
        if not rules.refusals(asked, found[application_id].bidder):
            placed += await _enter(unit, advert, found[application_id], Channel.AUTO) is not None
    return placed


async def keep_auto_bid(unit: UnitOfWork, application_id: UUID, expected: int | None, values: domain.Agreed) -> AutoBid:
    """Agree with a household that bids are placed for it. `NotFound` as for a stranger."""
    today = clock.today()
    applicant = (await bidders.applicants(unit, [application_id], today)).get(application_id)
    if applicant is None or not await bidders.shown(unit, applicant):
        raise NotFound("We know of no such application")
    domain.check_agreed(values, today)
    row = await unit.session.get(AutoBid, application_id, with_for_update=True)
    if row is None:
        row = AutoBid(application_id=application_id, version=0)
        row.person_id, row.household_id = applicant.person_id, applicant.household_id
        unit.session.add(row)
    else:
        check_version(row.version, -1 if expected is None else expected)
    row.wards, row.top_floor, row.why, row.agreed_on = (
        list(values.wards),
        values.top_floor,
        values.why,
        values.agreed_on,
    )
    row.set_by, row.ended_on = unit.cause.actor, None
    row.version, row.changed_at = row.version + 1, clock.business_now()
    await unit.session.flush()
    unit.accessed(f"auto_bid/{application_id}", [row.person_id])
    return row


async def end_auto_bid(unit: UnitOfWork, application_id: UUID, expected: int) -> AutoBid:
    """They bid themselves from now on."""
    query = select(AutoBid).where(AutoBid.application_id == application_id, rows.auto_bids_visible_to(unit.cause))
    row = (await unit.session.scalars(query.with_for_update())).one_or_none()
    if row is None:
        raise NotFound("No bids are placed for this application")
    check_version(row.version, expected)
    row.ended_on = row.ended_on or clock.today()
    row.version, row.changed_at = row.version + 1, clock.business_now()
    unit.accessed(f"auto_bid/{application_id}", [row.person_id])
    return row
