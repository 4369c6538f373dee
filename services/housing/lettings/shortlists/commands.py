"""Writes of shortlists: frozen once, drawn once, then worked down in order."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, func, select, update

from kit import clock, lottery
from kit.errors import Conflict, NotFound, invalid
from kit.events import messages
from kit.store import timers
from kit.store.tables import known_worker
from kit.store.unit import UnitOfWork
from services.housing.lettings import bidders, order, rows, states
from services.housing.lettings.commands import tell_shortlist
from services.housing.lettings.models import Advert, Offer, Shortlist, ShortlistLine
from services.housing.lettings.rules import refusals
from services.housing.lettings.shapes import rules_from
from services.housing.lettings.shortlists.entering import WAITING, entering
from services.housing.lettings.states import LIVE, WhyPassed

TELL = "housing.shortlist.tell"


async def freeze(unit: UnitOfWork, advert: Advert) -> bool:
    """Put the bids that stand into order, for good. Returns whether ties wait for a draw."""
    asked = rules_from(advert.rules)
    found = await bidders.bidding(unit, advert.id, asked, advert.closes_at.astimezone(clock.LONDON).date())
    made = order.line_up(asked, [each.bid for each in found])
    now = clock.business_now()
    tied = order.tied_tokens(made)
    async with entering(unit, advert.id, made, {each.bid.token: each.ids for each in found}):
        published = order.frozen(advert.id, advert.number, now, made, advert.rules)
        row = Shortlist(
            advert_id=advert.id,
            version=1,
            hash=published["hash"],
            published=published,
            draw=_announced(advert, tied) if tied else None,
            drawn=not tied,
            bidders=len(made.lines),
            tied=len(tied),
            left_out=len(made.left_out),
            frozen_at=now,
            changed_at=now,
        )
        unit.write_last(row)
        unit.accessed(f"shortlist/{advert.id}", {each.person_id for each in found})
        tell_shortlist(unit, row)
    if not tied:
        await timers.set_alarm(unit, TELL, advert.id, now)
    return bool(tied)


def _announced(advert: Advert, tied: Sequence[str]) -> lottery.Record:
    return lottery.announce(
        f"Ties on the shortlist of home {advert.number}",
        tied,
        take=len(tied),
        seed_source=advert.seed_source,
        closed_at=advert.closes_at,
        seed_from=advert.seed_from,
    )


async def draw(unit: UnitOfWork, advert: Advert, seed: str, witnessed_by: str) -> Shortlist:
    """Enter the seed, with a witness who works here; every tied line has its final place."""
    row = await rows.shortlist(unit, advert.id)
    if row.draw is None or row.drawn:
        raise Conflict("There is nothing to draw", allowed=[])
    now = clock.business_now()
    await _check_witness(unit, witnessed_by)
    row.draw = lottery.conclude(row.draw, seed, entered_by=unit.cause.actor, witnessed_by=witnessed_by, drawn_at=now)
    query = select(ShortlistLine).where(ShortlistLine.advert_id == advert.id, ShortlistLine.first.is_not(None))
    lines = (await unit.session.scalars(query)).all()
    final = order.places({line.token: line.first or 0 for line in lines}, row.draw["order"])
    for line in lines:
        line.place = final[line.token]
    row.published = {**row.published, "order": order.order_of(row.published, row.draw["order"])}
    row.drawn, row.version, row.changed_at = True, row.version + 1, now
    unit.accessed(f"shortlist/{advert.id}", {line.person_id for line in lines})
    tell_shortlist(unit, row)
    await timers.set_alarm(unit, TELL, advert.id, now)
    return row


async def _check_witness(unit: UnitOfWork, witness: str) -> None:
    """Somebody who works here; one we have not heard of yet is nobody."""
    query = select(known_worker.c.active, known_worker.c.suspended).where(known_worker.c.principal == witness)
    found = (await unit.session.execute(query)).one_or_none()
    if found is None or not found.active or found.suspended:
        raise invalid("/witnessed_by", "A witness is somebody who works here.", "witness")


async def tell_bidders(unit: UnitOfWork, advert_id: UUID) -> None:
    """Everybody who bid hears their place, or that they could not be considered: by the safe way, as codes."""
    advert = await unit.session.get_one(Advert, advert_id)
    row = await unit.session.get_one(Shortlist, advert_id)
    lines = (await unit.session.scalars(select(ShortlistLine).where(ShortlistLine.advert_id == advert_id))).all()
    home = f"H-{advert.number}"
    for line in lines:
        if line.place is None:
            messages.request(
                unit, person_id=line.person_id, template="letting.not_considered", codes={"home": home},
                about_id=line.bid_id,
            )  # fmt: skip
        else:
            codes = {"home": home, "place": str(line.place), "of": str(row.bidders)}
            messages.request(
                unit, person_id=line.person_id, template="letting.place", codes=codes, about_id=line.bid_id
            )


async def next_line(unit: UnitOfWork, advert: Advert) -> ShortlistLine:
    """Who comes next: the first who waits and holds no other offer. Locked. `Conflict` when nobody is left.

    Whoever holds an offer of another home is not held on this one too: they wait, and their turn comes again if they
    refuse that one.
    """
    holds = exists().where(Offer.application_id == ShortlistLine.application_id, Offer.state.in_(LIVE))
    holds_too = exists().where(Offer.household_id == ShortlistLine.household_id, Offer.state.in_(LIVE))
    here = (ShortlistLine.advert_id == advert.id, ShortlistLine.outcome == WAITING, ~holds, ~holds_too)
    query = select(ShortlistLine).where(*here).order_by(ShortlistLine.place).limit(1)
    row = (await unit.session.scalars(query.with_for_update())).one_or_none()
    if row is None:
        raise Conflict("Nobody is left on this list who could be offered it now", allowed=["withdrawn"])
    this = (ShortlistLine.advert_id == advert.id, ShortlistLine.bid_id == row.bid_id)
    seen = select(ShortlistLine.bid_id).where(*this, rows.lines_visible_to(unit.cause))
    if await unit.session.scalar(seen) is None:
        # Nobody is passed by because they are protected; and this officer learns no more than that it is not for them.
        raise Conflict("The next offer of this home is another officer's to make: ask your manager", allowed=[])
    applicant = (await bidders.applicants(unit, [row.application_id], clock.today())).get(row.application_id)
    why = refusals(rules_from(advert.rules), applicant.bidder) if applicant else ()
    if applicant is None or why:
        said = " ".join(each.words for each in why) or "They are not on the register any more."
        raise Conflict(
            f"Who comes next does not meet the home's rules any more: look into it, and pass them by if so. {said}",
            bid_id=str(row.bid_id),
            allowed=["passed"],
        )
    return row


async def pass_by(unit: UnitOfWork, advert_id: UUID, bid_id: UUID, because: WhyPassed, words: str) -> ShortlistLine:
    """A named officer passes somebody by, says why, and they are told."""
    advert = await rows.advert(unit, advert_id)
    query = select(ShortlistLine).where(
        ShortlistLine.advert_id == advert_id, ShortlistLine.bid_id == bid_id, rows.lines_visible_to(unit.cause)
    )
    row = (await unit.session.scalars(query.with_for_update())).one_or_none()
    if row is None:
        raise NotFound("We know of no such line on this shortlist")
    if row.outcome != WAITING or advert.state != states.Advert.SHORTLISTED:
        raise Conflict("Only somebody who waits on a final list can be passed by", state=row.outcome, allowed=[])
    row.outcome, row.passed_because, row.passed_words, row.passed_by = "passed", because, words, unit.cause.actor
    messages.request(
        unit, person_id=row.person_id, template="letting.passed", codes={"home": f"H-{advert.number}"}, about_id=bid_id
    )
    unit.accessed(f"shortlist/{advert_id}", [row.person_id])
    return row


async def mark(unit: UnitOfWork, advert_id: UUID | None, bid_id: UUID | None, outcome: str) -> None:
    """What came of a line; for offers and tenancies. No bid: nothing."""
    if bid_id is not None:
        line = (ShortlistLine.advert_id == advert_id, ShortlistLine.bid_id == bid_id)
        await unit.session.execute(update(ShortlistLine).where(*line).values(outcome=outcome))


async def check_nobody_holds_an_offer(unit: UnitOfWork, advert: Advert) -> None:
    """`Conflict` while an offer of this advert stands."""
    query = select(func.count()).where(Offer.advert_id == advert.id, Offer.state.in_(LIVE))
    if await unit.session.scalar(query):
        raise Conflict("Somebody holds an offer of this home: take that back first", state=advert.state, allowed=[])
