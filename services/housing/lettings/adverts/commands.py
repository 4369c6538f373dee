"""Writes of adverts. Nobody ends bidding early; at its end the list is frozen in the same transaction."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.errors import Conflict, invalid
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.housing.homes import queries as homes
from services.housing.homes.domain import HomeState
from services.housing.homes.shapes import HomeView
from services.housing.lettings import rows, rules, states
from services.housing.lettings.bids import commands as bids
from services.housing.lettings.commands import tell_advert
from services.housing.lettings.models import Advert, LettingQuota
from services.housing.lettings.rules import Rules
from services.housing.lettings.shapes import RulesView
from services.housing.lettings.shortlists import commands as shortlists
from services.housing.lettings.states import Advert as AdvertIs

CLOSE = "housing.advert.close"


@dataclass(frozen=True, slots=True)
class NewAdvert:
    """What is said when a home is advertised. `rules` without what the home itself brings."""

    home_id: UUID
    rules: Rules
    closes_at: datetime
    seed_source: str
    seed_from: datetime
    opens_at: datetime | None = None
    sensitive: bool = False


async def open_(unit: UnitOfWork, new: NewAdvert) -> Advert:
    """Advertise a home that can be let. `Conflict` when it is advertised already; `Invalid` naming each field."""
    home = (await homes.by_ids(unit, [new.home_id])).get(new.home_id)
    if home is None:
        raise invalid("/home_id", "We know of no such home.", "known-home")
    if home.state is not HomeState.AVAILABLE:
        raise Conflict(f"Only a home that can be let is advertised; this one is {home.state}", state=home.state)
    now = clock.business_now()
    opens_at = new.opens_at or now
    states.check_opening(opens_at.astimezone(clock.LONDON), new.closes_at, new.seed_from, now.date())
    whole = replace(
        new.rules,
        bedrooms=home.bedrooms,
        people=home.bed_spaces,
        access=home.access,
        floor=home.floor,
        lift=home.lift,
        scheme_id=home.scheme_id,
        somebody_aged=max(filter(None, (new.rules.somebody_aged, home.min_age)), default=None),
    )
    rules.check(whole)
    await _check_quota(unit, whole, now)
    row: Advert | None = await unit.session.scalar(
        insert(Advert)
        .values(
            id=new_id(),
            version=1,
            home_id=home.id,
            state=AdvertIs.OPEN,
            rules=RulesView.of(whole).model_dump(mode="json"),
            shown=_shown(home),
            rent=home.rent_regime,
            sensitive=new.sensitive,
            seed_source=new.seed_source,
            seed_from=new.seed_from,
            opens_at=opens_at,
            closes_at=new.closes_at,
            opened_by=unit.cause.actor,
            changed_at=now,
        )
        .on_conflict_do_nothing(index_elements=["home_id"], index_where=_LIVING)
        .returning(Advert)
    )
    if row is None:
        raise Conflict("This home is advertised already")
    await timers.set_alarm(unit, CLOSE, row.id, row.closes_at)
    tell_advert(unit, row, opened=True)
    if opens_at <= now:
        # At once, so that they can take it back while bidding goes on.
        await bids.place_for_those_who_cannot(unit, row)
    return row


_LIVING = Advert.state.in_(("open", "closed", "shortlisted"))


async def _check_quota(unit: UnitOfWork, whole: Rules, now: datetime) -> None:
    if whole.quota is None:
        return
    quota = await unit.session.get(LettingQuota, whole.quota)
    today = now.date()
    if quota is None or today < quota.starts_on or (quota.ends_on is not None and today > quota.ends_on):
        raise invalid("/rules/quota", "No such quota is in force.", "quota-in-force")
    if not whole.groups <= frozenset(quota.groups):
        raise invalid("/rules/groups", f"This quota is for: {', '.join(quota.groups)}.", "quota-groups")


def _shown(home: HomeView) -> dict[str, Any]:
    """The home as bidders see it: a road and a district, never a door."""
    road = home.address.split(",")[-1].strip() or home.address
    return {
        "road": road.lstrip("0123456789 "),
        "district": home.postcode.partition(" ")[0],
        "ward": home.ward,
        "kind": home.kind,
        "floor": home.floor,
        "lift": home.lift,
        "landlord": home.landlord,
        "energy_rating": home.energy_rating,
        "service_charge_week_pence": home.service_charge_week_pence,
    }


async def close(unit: UnitOfWork, advert_id: UUID, expected: int | None = None) -> Advert:
    """Bidding is over: the list is frozen. `Conflict` before its time, and the second time."""
    row, some_cannot = await rows.ending(unit, advert_id, expected)
    states.check_closing(AdvertIs(row.state), row.closes_at, clock.business_now())
    if some_cannot:
        await bids.place_for_those_who_cannot(unit, row)
    to_draw = await shortlists.freeze(unit, row)
    _move(unit, row, AdvertIs.CLOSED)
    if not to_draw:
        _move(unit, row, AdvertIs.SHORTLISTED)
    unit.write_last(row)
    return row


async def close_when_due(unit: UnitOfWork, advert_id: UUID) -> None:
    """The alarm at the end of bidding. An officer may have been quicker, or taken the advert back.

    It is never cancelled: it waits for the advert while it rings, and who held that would wait for it in turn.
    """
    row = await rows.advert(unit, advert_id)
    if row.state == AdvertIs.OPEN:
        await close(unit, advert_id)


async def draw(unit: UnitOfWork, advert_id: UUID, expected: int, seed: str, witnessed_by: str) -> Advert:
    """Settle the ties by the seed that was named; the list is then final. `Conflict` when there is nothing to draw."""
    row = await rows.advert(unit, advert_id, expected)
    if row.state != AdvertIs.CLOSED:
        states.advert_to(AdvertIs(row.state), AdvertIs.SHORTLISTED)
        raise Conflict("There is nothing to draw", state=row.state)
    await shortlists.draw(unit, row, seed, witnessed_by)
    _move(unit, row, AdvertIs.SHORTLISTED)
    return row


async def withdraw(unit: UnitOfWork, advert_id: UUID, expected: int, reason: str) -> Advert:
    """Take the advert back, for everybody to read why. `Conflict` while somebody holds an offer from it."""
    row = await rows.advert(unit, advert_id, expected)
    await shortlists.check_nobody_holds_an_offer(unit, row)
    row.ended_reason = reason
    _move(unit, row, AdvertIs.WITHDRAWN)
    return row


def let(unit: UnitOfWork, row: Advert) -> None:
    """The home went to somebody of the list; for `tenancies` alone."""
    _move(unit, row, AdvertIs.LET)


def not_let(unit: UnitOfWork, row: Advert) -> None:
    """The letting fell through: whoever is next on the list may be asked; for `tenancies` alone."""
    _move(unit, row, AdvertIs.SHORTLISTED)


def _move(unit: UnitOfWork, row: Advert, to: AdvertIs) -> None:
    row.state = states.advert_to(AdvertIs(row.state), to)
    row.version, row.changed_at = row.version + 1, clock.business_now()
    tell_advert(unit, row)


async def keep_quota(unit: UnitOfWork, code: str, expected: int | None, values: dict[str, Any]) -> LettingQuota:
    """Write a share of the allocation scheme down, or change it."""
    row = await unit.session.get(LettingQuota, code, with_for_update=True)
    if row is None:
        row = LettingQuota(code=code, version=1, changed_by=unit.cause.actor, **values)
        unit.session.add(row)
    else:
        check_version(row.version, -1 if expected is None else expected)
        for name, value in values.items():
            setattr(row, name, value)
        row.version, row.changed_by = row.version + 1, unit.cause.actor
    await unit.session.flush()
    unit.accessed(f"letting_quota/{code}")
    return row
