"""A home, start to finish: three households bid for one new block (spec: scenarios, 4)."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from kit import lottery_verifier
from services.housing.lettings import order
from tests.housing.doors import Housing
from tests.housing.lettings.ground import (
    LETTINGS,
    TODAY,
    Waiting,
    a_home,
    an_advert,
    bids,
    closed,
    may_return,
    offered,
    says,
    starts,
    today,
    waits,
    worker,
)
from tests.housing.lettings.test_core import GOOD
from tests.housing.placements.ground import HOTEL, PLACING, home, staying
from tests.housing.rents.test_doors import ALONE, RENTS, payslips

# Several homes from advert to key, with rents and stays: longer than a quick run has.
pytestmark = pytest.mark.full


async def placed(housing: Housing, who: Waiting) -> Any:
    """The family is in temporary accommodation since the summer."""
    hotel = await home(housing, HOTEL, kind="nightly_paid", self_contained=True, shares=[])
    body = staying(
        hotel,
        household_id=str(who.household_id),
        person_id=str(who.person_id),
        person_ids=[str(who.person_id)],
        entered_on=(TODAY - timedelta(days=90)).isoformat(),
        duty="main_193",
        nothing_else=None,
    )
    return await housing.good("POST", "/placements", body, **PLACING)


async def its_rent(housing: Housing, home_id: str, who: Waiting) -> Any:
    """Proposed from payslips, set by a named officer."""
    body = {
        "home_id": home_id,
        "person_id": str(who.person_id),
        "tenancy": "assured_market_linked",
        "household": ALONE,
        "evidence": payslips(2405_00, 2024_90, date(2026, 11, 20)),
    }
    made = await housing.good("POST", "/rents", body, **RENTS)
    setting = {"effective_from": (date(2026, 11, 30)).isoformat()}
    return await housing.good("POST", f"/rents/{made['id']}/setting", setting, version=1, **RENTS)


async def logged(housing: Housing, letting: Any) -> None:
    """Its log is answered until nothing is left."""
    path = f"/lettings/{letting['id']}/core"
    log = await housing.good("GET", path, **LETTINGS)
    told: dict[str, Any] = {name: GOOD[name] for each in log["to_ask"] if (name := each["name"]) in GOOD}
    told |= {"incfreq": 1, "earnings": 460_00}
    kept = await housing.good("PUT", path, {"answers": told}, version=log["version"], **LETTINGS)
    assert kept["findings"] == []


async def test_a_home_start_to_finish(housing: Housing) -> None:
    today(housing)
    scheme = uuid4()
    block: dict[str, Any] = {"scheme_id": scheme, "address": "1 Linnet Court", "market_rent_week_pence": 300_00}
    flats = [await a_home(housing, **block) for _ in range(2)]
    reside = {"landlord": "reside", "rent_regime": "market_80", "service_charge_week_pence": 22_50, "bedrooms": 1}
    one_room = await a_home(housing, **block, **reside)
    neighbour = await waits(housing, band="c", band_order=2, priority_on=date(2026, 6, 1))
    await may_return(housing, neighbour, scheme)
    family, others = await waits(housing), await waits(housing)
    alone: dict[str, Any] = {"bedrooms_needed": 1, "bedrooms_fewest": 1, "ages": (33,), "preference": []}
    nurse = await waits(housing, **alone, band="c", band_order=2)
    stay = await placed(housing, family)
    assert stay["left_on"] is None

    adverts = [await an_advert(housing, each) for each in (*flats, one_room)]
    placed_bids = [await bids(housing, who, adverts[0]) for who in (others, family, neighbour)]
    for who in (others, family):
        await bids(housing, who, adverts[1])
    await bids(housing, nurse, adverts[2])
    for advert in adverts:
        await closed(housing, advert)
    housing.on(date(2026, 11, 26))
    worker(housing, "witness-1")
    for advert in adverts[:2]:
        now = await housing.good("GET", f"/adverts/{advert['id']}", **LETTINGS)
        assert now["state"] == "closed", "the family and the others have the same band and date"
        seed = {"seed": "7 11 19 23 31 40", "witnessed_by": "witness-1"}
        await housing.good("POST", f"/adverts/{advert['id']}/draw", seed, version=now["version"], **LETTINGS)

    # Each is told their place and the grounds; an outsider gets the same order.
    public: dict[str, Any] = {"roles": (), "purpose": "public"}
    shown = await housing.good("GET", f"/letting-results/{adverts[0]['number']}/shortlist", **public)
    assert lottery_verifier.faults(shown["draw"]) == []
    again = order.order_of(shown["shortlist"], shown["draw"]["order"])
    told = [await housing.good("GET", f"/bids/{each['id']}/place", **LETTINGS) for each in placed_bids]
    assert [again.index(each["your_digest"]) + 1 for each in told] == [each["place"] for each in told]
    assert told[2]["place"] == 1
    assert "a right to return to this scheme" in " ".join(told[2]["grounds"])
    assert "public draw" in " ".join(max(told, key=lambda each: each["place"])["grounds"])

    # The neighbour is back by right; the drawn one of the two is offered the other home.
    back = await says(housing, await offered(housing, adverts[0]), accepts=True)
    assert (back["kind"], back["person_id"]) == ("right_to_return", str(neighbour.person_id))
    housing.on(date(2026, 11, 30))
    day = {"starts_on": "2026-11-30"}
    first = await housing.good(
        "POST", f"/offers/{back['id']}/lettings", starts(neighbour, **day), version=back["version"], **LETTINGS
    )
    assert housing.stored.rows('select "right" from decant') == [{"right": "returned"}]
    offer = await offered(housing, adverts[1])
    while offer["person_id"] != str(family.person_id):
        await says(housing, offer, accepts=False)
        offer = await offered(housing, adverts[1])
    yes = await says(housing, offer, accepts=True)
    second = await housing.good(
        "POST", f"/offers/{yes['id']}/lettings", starts(family, **day), version=yes["version"], **LETTINGS
    )
    stays = housing.stored.rows("select left_on, end_reason from placement")
    assert stays == [{"left_on": date(2026, 11, 30), "end_reason": "letting_started"}]

    # The nurse's rent is 60% of market, from her payslips.
    hers = await says(housing, await offered(housing, adverts[2]), accepts=True)
    rent = await its_rent(housing, one_room["id"], nurse)
    assert rent["product"] == "market_60"
    signed = starts(nurse, **day, tenancy="assured_shorthold_fixed")
    path = f"/offers/{hers['id']}/lettings"
    problem = await housing.refused(422, "POST", path, signed, version=hers["version"], **LETTINGS)
    assert problem["errors"][0]["rule"] == "rent-as-set"
    signed |= {"weekly_rent_pence": None, "tenancy": "assured_lifetime"}
    third = await housing.good("POST", path, signed, version=hers["version"], **LETTINGS)
    assert (third["rent"], third["weekly_rent_pence"]) == ("market_60", 157_50)

    for letting in (first, second, third):
        await logged(housing, letting)
    year = await housing.good("GET", "/returns/core?year=2026", **LETTINGS)
    assert (year["included"], year["left_out"], year["errors"]) == (3, 0, 0)
    answer = await housing("GET", "/returns/core/csv?year=2026", **LETTINGS)
    assert len(answer.text.strip().splitlines()) == 4
