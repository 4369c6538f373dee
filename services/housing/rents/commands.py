"""Writes of rents: propose, set, review, raise where the law allows, end."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from kit import clock
from kit.contracts.housing.estates import RentState
from kit.errors import Conflict, invalid
from kit.ids import new_id
from kit.store import access
from kit.store.unit import UnitOfWork
from services.housing.figures import loading
from services.housing.figures.working import Working
from services.housing.rents import reviews
from services.housing.rents.assessing import Assessed, assess
from services.housing.rents.models import Rent, RentPeriod
from services.housing.rents.products import NAMED, PERCENT, Charged, Product
from services.housing.rents.rows import home_of, load
from services.housing.rents.shapes import NewRent, NewReview, NewRise, Setting, YearlyRise, verdict_view

REVIEW_AFTER_MONTHS = 12


async def propose(unit: UnitOfWork, new: NewRent) -> Rent:
    """Work a rent out from the evidence. It takes no effect: a named officer sets it (`set_rent`)."""
    today = clock.today()
    found = await assess(unit, new.home_id, new.person_id, new.household, new.evidence, today)
    now = clock.business_now()
    row = Rent(
        id=new_id(),
        version=1,
        home_id=new.home_id,
        letting_id=new.letting_id,
        person_id=new.person_id,
        household_id=new.household_id or await home_of(unit, new.person_id),
        tenancy=new.tenancy,
        state="proposed",
        made_at=now,
    )
    _keep(unit, row, found, new, today)
    row.changed_at = now
    unit.session.add(row)
    await unit.session.flush()
    unit.accessed(f"rent/{row.id}", [row.person_id])
    return row


def _keep(unit: UnitOfWork, row: Rent, found: Assessed, asked: NewRent | NewReview, on: date) -> None:
    row.assessed_on, row.assessed_by = on, unit.cause.actor
    row.household = asked.household.model_dump(mode="json")
    row.evidence = [each.model_dump(mode="json") for each in asked.evidence]
    row.evidenced = found.means.evidenced
    row.gross_month_pence, row.net_month_pence = found.means.gross_month, found.means.net_month
    row.proposed = found.proposal.product
    words = found.proposal.words
    row.proposal = f"They return by right. {words}" if found.returns_by_right else words
    shown = [verdict_view(each) for each in found.proposal.verdicts]
    row.verdicts = [each.model_dump(mode="json") for each in shown]
    row.unsure = list(dict.fromkeys([*found.working.unsure, *(name for each in shown for name in each.unsure)]))
    row.market_week_pence = found.home.market_rent_week_pence


async def set_rent(unit: UnitOfWork, rent_id: UUID, expected: int, setting: Setting) -> Rent:
    """A named officer sets it, as proposed or lower with the reason. `Invalid` for a rent above the proposal."""
    row = await load(unit, rent_id, expected)
    if row.state != "proposed":
        allowed = ["review"] if row.ended_on is None else []
        raise Conflict(f"This rent is {row.state} already", state=row.state, allowed=allowed)
    product = setting.product or (Product(row.proposed) if row.proposed else None)
    if product is None:
        raise invalid("/product", f"Nothing is proposed: {row.proposal} Say what it is set to, and why.", "a-proposal")
    charged = _charged(row, product)
    reviews.check_near(setting.effective_from, clock.today())
    if product != row.proposed:
        _check_departure(row, product, charged, setting.words)
    row.state, row.set_by, row.set_words = "set", unit.cause.actor, setting.words
    words = setting.words or row.proposal
    _put(unit, row, product, charged, setting.effective_from, "set", words)
    row.risen_on = setting.effective_from
    try:
        await unit.session.flush()
    except IntegrityError:
        raise Conflict("This home has a rent that is set already: end that one first", allowed=["end"]) from None
    _announce(unit, row, "set")
    return row


def _charged(row: Rent, product: Product) -> Charged:
    """What the assessment found for this product. `Invalid` for one that was not tried, or has no figure."""
    for each in row.verdicts:
        if each["product"] == product and each["rent_week_pence"] is not None:
            return Charged(each["rent_week_pence"], each["service_week_pence"])
    raise invalid("/product", f"This home has no figure for {NAMED[product]}.", "offered")


def _check_departure(row: Rent, product: Product, charged: Charged, words: str | None) -> None:
    if words is None:
        raise invalid("/words", "Say why it is not as proposed.", "reason")
    if row.proposed is not None and charged.week_pence > _charged(row, Product(row.proposed)).week_pence:
        raise invalid("/product", "An officer may set it lower than proposed, never higher.", "never-above-proposal")
    if row.proposed is None and not row.evidenced and product in PERCENT:
        raise invalid("/product", f"No rent by income without evidence. {row.proposal}", "evidence")


def _put(
    unit: UnitOfWork,
    row: Rent,
    product: Product,
    charged: Charged,
    effective: date,
    change: str,
    words: str,
    rise: reviews.Rise | None = None,
) -> None:
    """The rent from a day on, and the line that stays."""
    row.product, row.rent_week_pence, row.service_week_pence = product, charged.rent_pence, charged.service_pence
    row.effective_from = effective
    row.review_on = clock.months_after(effective, REVIEW_AFTER_MONTHS)
    _touch(row)
    unit.session.add(
        RentPeriod(
            id=new_id(),
            rent_id=row.id,
            effective_from=effective,
            change=change,
            product=product,
            rent_week_pence=charged.rent_pence,
            service_week_pence=charged.service_pence,
            notice_on=rise.notice_on if rise else None,
            rule=rise.rule if rise else None,
            words=words,
            set_by=unit.cause.actor,
            set_at=row.changed_at,
        )
    )


def _touch(row: Rent) -> None:
    row.version, row.changed_at = row.version + 1, clock.business_now()


def _announce(unit: UnitOfWork, row: Rent, change: str) -> None:
    product = Product(row.product or "")
    state = RentState(
        rent_id=row.id,
        home_id=row.home_id,
        letting_id=row.letting_id,
        person_id=row.person_id,
        household_id=row.household_id,
        product=product,
        percent_of_market=PERCENT.get(product),
        rent_week_pence=row.rent_week_pence or 0,
        service_week_pence=row.service_week_pence or 0,
        change=change,
        effective_from=row.effective_from or clock.today(),
        changed_at=row.changed_at,
    )
    unit.emit("housing.rent.set", state, aggregate_id=row.id, sequence=row.version)


async def _standing(unit: UnitOfWork, rent_id: UUID, expected: int) -> Rent:
    row = await load(unit, rent_id, expected)
    if row.state != "set":
        allowed = ["setting"] if row.state == "proposed" else []
        raise Conflict(f"This rent is {row.state}", state=row.state, allowed=allowed)
    return row


async def review(unit: UnitOfWork, rent_id: UUID, expected: int, asked: NewReview) -> tuple[Rent, str]:
    """Look at the income again: what is lower takes effect at once. The outcome: lowered, same, may_rise or stays."""
    row = await _standing(unit, rent_id, expected)
    before = row.standing
    today = clock.today()
    found = await assess(unit, row.home_id, row.person_id, asked.household, asked.evidence, today)
    _keep(unit, row, found, asked, today)
    chosen = found.proposal.chosen
    charged = chosen.charged if chosen else None
    if charged is None or before.product in reviews.SOCIAL or charged.week_pence == before.week_pence:
        row.review_on = clock.months_after(today, REVIEW_AFTER_MONTHS)
        _touch(row)
        return row, "same" if charged is not None else "stays"
    if reviews.is_lower(before, charged.week_pence):
        effective = asked.effective_from or max(today, before.since)
        reviews.check_near(effective, today)
        reviews.check_lowering(before, charged.week_pence, effective)
        _put(unit, row, Product(row.proposed or ""), charged, effective, "lowered", asked.words)
        await unit.session.flush()
        _announce(unit, row, "lowered")
        return row, "lowered"
    _touch(row)
    try:
        reviews.rise_by_income(before, today, await loading.tables(unit))
    except Conflict:
        return row, "stays"
    return row, "may_rise"


async def raise_rent(unit: UnitOfWork, rent_id: UUID, expected: int, asked: NewRise) -> Rent:
    """What the last review proposed, with notice. `Conflict` and `Invalid` where tenancy or law forbid it."""
    row = await _standing(unit, rent_id, expected)
    before = row.standing
    rise = reviews.rise_by_income(before, asked.notice_on, await loading.tables(unit))
    reviews.check_recent(row.assessed_on, asked.notice_on)
    reviews.check_near(asked.effective_from, clock.today())
    if row.proposed is None or not row.evidenced:
        raise Conflict("The last review proposes no rent: review the income first", allowed=["review"])
    product = Product(row.proposed)
    charged = _charged(row, product)
    if charged.week_pence <= before.week_pence:
        raise Conflict("The last review proposes no higher rent", allowed=["review"])
    reviews.check_rise(rise, asked.effective_from)
    _put(unit, row, product, charged, asked.effective_from, "raised", asked.words, rise)
    row.risen_on = asked.effective_from
    await unit.session.flush()
    _announce(unit, row, "raised")
    return row


async def raise_yearly(unit: UnitOfWork, rent_id: UUID, expected: int, asked: YearlyRise) -> Rent:
    """The yearly rise of a social rent. `Invalid` above the year's limit or before the notice has run."""
    row = await _standing(unit, rent_id, expected)
    before = row.standing
    working = Working()
    tables = await loading.tables(unit)
    rise = reviews.yearly_rise(before, asked.rent_week_pence, asked.notice_on, tables, working)
    reviews.check_rise(rise, asked.effective_from)
    reviews.check_near(asked.effective_from, clock.today())
    if asked.rent_week_pence <= before.rent_pence:
        raise invalid("/rent_week_pence", f"It is {before.rent_pence} now.", "a-rise")
    charged = Charged(asked.rent_week_pence, before.service_pence)
    _put(unit, row, before.product, charged, asked.effective_from, "yearly", asked.words, rise)
    row.risen_on = asked.effective_from
    await unit.session.flush()
    _announce(unit, row, "yearly")
    return row


async def end(unit: UnitOfWork, rent_id: UUID, expected: int, on: date) -> Rent:
    """The tenancy ended on that day: nothing is charged after it. The periods stay."""
    row = await _standing(unit, rent_id, expected)
    if on < row.standing.since:
        raise invalid("/on", f"This rent began on {row.standing.since.isoformat()}.", "dates-in-order")
    row.state, row.ended_on = "ended", on
    _touch(row)
    return row


async def follow_letting(unit: UnitOfWork, letting_id: UUID, home_id: UUID, person_id: UUID) -> None:
    """A letting of this home began: the rent set for it carries its id. For `housing.lettings`; no event of its own."""
    query = select(Rent).where(Rent.home_id == home_id, Rent.state == "set", Rent.letting_id.is_(None))
    row = (await unit.session.scalars(query.with_for_update())).one_or_none()
    if row is not None and row.person_id in await access.same_person(unit, person_id):
        row.letting_id = letting_id
        _touch(row)


async def end_for_home(unit: UnitOfWork, home_id: UUID, on: date) -> None:
    """The letting of this home ended: so does its rent. For `housing.lettings`."""
    query = select(Rent).where(Rent.home_id == home_id, Rent.state == "set").with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is not None:
        row.state, row.ended_on = "ended", max(on, row.standing.since)
        _touch(row)


async def undo_letting(unit: UnitOfWork, letting_id: UUID) -> None:
    """The letting did not come about, nor did its rent: the home is free for another's. For `housing.lettings`."""
    query = select(Rent).where(Rent.letting_id == letting_id, Rent.state == "set").with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is not None:
        row.state, row.ended_on = "ended", row.standing.since
        _touch(row)
