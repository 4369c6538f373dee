"""Homes to let and households that wait, put where lettings find them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from kit import clock
from kit.ids import new_id
from services.housing.decants.models import Decant
from services.housing.register.models import Application, Member
from tests.housing.doors import Housing

LETTINGS: dict[str, Any] = {"purpose": "lettings"}
TODAY = date(2026, 11, 9)
NUMBERS = iter(range(1_000_000, 9_999_999))
UPRNS = iter(range(100_000_000, 200_000_000))


@dataclass(frozen=True)
class Waiting:
    """A household on the register."""

    application_id: UUID
    person_id: UUID
    household_id: UUID
    number: str


def today(housing: Housing) -> date:
    """The business clock stands at noon of a Monday in November."""
    housing.on(TODAY)
    return TODAY


async def a_home(housing: Housing, **said: Any) -> Any:
    """A two-bedroom flat that can be let."""
    scheme_id = said.pop("scheme_id", None)
    body = {
        "uprn": str(next(UPRNS)),
        "address": "4 Mulberry House, 12 Heath Road",
        "postcode": "RM10 8XX",
        "ward": "E05014063",
        "kind": "flat",
        "bedrooms": 2,
        "bed_spaces": 4,
        "landlord": "council",
        "rent_regime": "social",
        "state": "available",
        "void_since": "2026-10-01",
        "vacancy": "first_let_new_build",
        **said,
    }
    home = await housing.good("POST", "/homes", body)
    if scheme_id is not None:
        housing.stored.execute("update home set scheme_id = %s where id = %s", [str(scheme_id), home["id"]])
    return home


async def waits(housing: Housing, **said: Any) -> Waiting:
    """A lone parent with a child, in band b since March 2024."""
    found = Waiting(uuid4(), uuid4(), uuid4(), str(next(NUMBERS)))
    ages = said.pop("ages", (34, 6))
    values: dict[str, Any] = {
        "version": 1,
        "person_ids": [found.person_id],
        "state": "active",
        "channel": "assisted",
        "applied_on": date(2024, 3, 1),
        "circumstances": {"tenure": "private_rent", "resident_since": "2015-01-01", "income_year_pence": 26_000_00},
        "learned": {},
        "officer_reasons": [],
        "rules": "hackney",
        "bedrooms_needed": 2,
        "bedrooms_fewest": 2,
        "bedrooms_lacking": 1,
        "band": "b",
        "band_order": 1,
        "band_reasons": ["b_overcrowded"],
        "preference": ["rp_insan_unsat"],
        "priority_on": date(2024, 3, 1),
        "access_needed": "general",
        "unknown_ids": [],
        "registered_by": "officer-1",
        "registered_at": clock.business_now(),
        "changed_at": clock.business_now(),
        **said,
    }
    async with housing.unit() as unit:
        unit.session.add(
            Application(
                id=found.application_id,
                number=found.number,
                person_id=found.person_id,
                household_id=found.household_id,
                **values,
            )
        )
        await unit.session.flush()
        for n, age in enumerate(ages, 1):
            unit.session.add(
                Member(
                    id=new_id(),
                    application_id=found.application_id,
                    number=n,
                    person_id=found.person_id if n == 1 else None,
                    born=TODAY - timedelta(days=366 * age + 40),
                    sex="female",
                    place="applicant" if n == 1 else "other",
                    relation="applicant" if n == 1 else "child",
                )
            )
    housing.know(found.person_id, found.household_id)
    return found


async def may_return(housing: Housing, who: Waiting, scheme_id: UUID) -> None:
    """They had to leave a home for this scheme."""
    now = clock.business_now()
    async with housing.unit() as unit:
        unit.session.add(
            Decant(
                id=new_id(),
                version=1,
                scheme_id=scheme_id,
                person_id=who.person_id,
                household_id=who.household_id,
                tenure="council_tenant",
                move="permanent",
                bedrooms_lost=2,
                bedrooms_needed=2,
                wheelchair=False,
                lived_since=date(2010, 1, 1),
                recorded_on=date(2025, 1, 1),
                right="waiting",
                tried_on=[],
                home_loss_pence=0,
                home_loss_words="",
                home_loss_unsure=[],
                disturbance=[],
                recorded_by="officer-1",
                recorded_at=now,
                changed_at=now,
            )
        )


async def an_advert(housing: Housing, home: Any, **said: Any) -> Any:
    """Open from now on for two weeks."""
    body = {
        "home_id": home["id"],
        "closes_at": "2026-11-23T23:59:00+00:00",
        "seed_source": "The main numbers of the National Lottery of Wednesday 25 November 2026",
        "seed_from": "2026-11-25T21:00:00+00:00",
        **said,
    }
    return await housing.good("POST", "/adverts", body, **LETTINGS)


async def bids(housing: Housing, who: Waiting, advert: Any, **more: Any) -> Any:
    """By telephone."""
    body = {"advert_id": advert["id"], "application_id": str(who.application_id), "channel": "phone"}
    return await housing.good("POST", "/bids", body, **{**LETTINGS, **more})


async def closed(housing: Housing, advert: Any) -> Any:
    """Bidding is over: the alarm rang."""
    housing.on(date(2026, 11, 24))
    await housing.ring()
    return await housing.good("GET", f"/adverts/{advert['id']}", **LETTINGS)


def worker(housing: Housing, principal: str) -> None:
    """Somebody who works here."""
    housing.stored.execute(
        "insert into known_worker (id, sequence, principal, roles, active, suspended)"
        " values (%s, 1, %s, %s, true, false) on conflict do nothing",
        [str(uuid4()), principal, ["housing_officer"]],
    )


async def offered(housing: Housing, advert: Any, **more: Any) -> Any:
    """To whoever is next."""
    now = await housing.good("GET", f"/adverts/{advert['id']}", **LETTINGS)
    path = f"/adverts/{advert['id']}/offers"
    until = (clock.today() + timedelta(days=5)).isoformat()
    return await housing.good("POST", path, {"answer_by": until}, version=now["version"], **{**LETTINGS, **more})


async def says(housing: Housing, offer: Any, accepts: bool, **more: Any) -> Any:
    """Yes, or no because of the area."""
    body = {"accepts": accepts, **({} if accepts else {"because": "area"})}
    path = f"/offers/{offer['id']}/answer"
    return await housing.good("POST", path, body, version=offer["version"], **{**LETTINGS, **more})


def starts(who: Waiting, **said: Any) -> dict[str, Any]:
    """What is signed."""
    return {
        "starts_on": clock.today().isoformat(),
        "tenancy": "secure_lifetime",
        "tenants": [str(who.person_id)],
        "weekly_rent_pence": 128_40,
        **said,
    }


def refused(response: httpx.Response, status: int) -> dict[str, Any]:
    """The problem, which has that status."""
    assert response.status_code == status, response.text
    found: dict[str, Any] = response.json()
    return found
