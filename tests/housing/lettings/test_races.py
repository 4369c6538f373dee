"""Two at once: one offer for a home and for a household, one tenancy of a home, one list of an advert."""

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import psycopg
import pytest

from tests.housing.doors import Housing
from tests.housing.lettings.ground import LETTINGS, a_home, an_advert, bids, closed, offered, says, starts, today, waits

pytestmark = pytest.mark.full


@pytest.mark.parametrize("turn", range(5))
async def test_of_many_officers_at_once_one_makes_the_offer(housing: Housing, turn: int) -> None:
    today(housing)
    people = [await waits(housing) for _ in range(4)]
    homes = [await a_home(housing) for _ in range(3)]

    def body(home: int, who: int) -> dict[str, str]:
        return {
            "home_id": homes[home]["id"],
            "application_id": str(people[who].application_id),
            "why": "management_transfer",
            "words": "Agreed by the panel",
            "answer_by": "2026-11-12",
        }

    tries = [body(home, who) for home in range(3) for who in range(4)]
    answers = await asyncio.gather(*(housing("POST", "/offers", each, **LETTINGS) for each in tries))
    codes = sorted({each.status_code for each in answers})
    assert codes in ([201, 409], [201]), [each.text for each in answers]
    live = housing.stored.rows("select home_id, household_id from offer where state in ('made', 'accepted')")
    assert len(live) == len({row["home_id"] for row in live}) == len({row["household_id"] for row in live}) == 3


async def test_of_many_at_once_one_is_next(housing: Housing) -> None:
    today(housing)
    advert = await an_advert(housing, await a_home(housing))
    for _ in range(6):
        await bids(housing, await waits(housing, priority_on=date(2020, 1, 1) + timedelta(days=_)), advert)
    over = await closed(housing, advert)
    body = {"answer_by": "2026-11-30"}
    path = f"/adverts/{advert['id']}/offers"
    answers = await asyncio.gather(
        *(housing("POST", path, body, version=over["version"], **LETTINGS) for _ in range(8))
    )
    assert sorted(each.status_code for each in answers) == [201, *[409] * 7]


async def test_a_list_is_frozen_once(housing: Housing) -> None:
    today(housing)
    advert = await an_advert(housing, await a_home(housing))
    await bids(housing, await waits(housing), advert)
    housing.on(date(2026, 11, 24))
    path = f"/adverts/{advert['id']}/close"
    closing = [asyncio.ensure_future(housing("POST", path, version=1, **LETTINGS)) for _ in range(5)]
    await housing.ring()
    good = [each for each in await asyncio.gather(*closing) if each.status_code == 200]
    assert len(good) <= 1
    assert len(housing.announced("shortlist.frozen")) == 1


async def test_no_home_has_two_tenancies_at_once_whoever_writes_them(housing: Housing) -> None:
    today(housing)
    home = await a_home(housing)
    who = await waits(housing)
    advert = await an_advert(housing, home)
    await bids(housing, who, advert)
    await closed(housing, advert)
    yes = await says(housing, await offered(housing, advert), accepts=True)
    path = f"/offers/{yes['id']}/lettings"
    answers = await asyncio.gather(
        *(housing("POST", path, starts(who), version=yes["version"], **LETTINGS) for _ in range(4))
    )
    assert sorted(each.status_code for each in answers) == [201, 412, 412, 412]
    with pytest.raises(psycopg.errors.ExclusionViolation):
        housing.stored.execute(
            "insert into letting select %s, version, null, null, home_id, application_id, person_id, household_id,"
            " person_ids, kind, sensitive, quota, tenancy, rent, weekly_rent_pence, state, starts_on + 30, null, null,"
            " started_by, changed_at from letting",
            [str(uuid4())],
        )
