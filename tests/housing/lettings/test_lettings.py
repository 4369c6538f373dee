"""From an advert to a home, through the door."""

import json
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from kit import lottery_verifier
from services.housing.lettings import order
from tests.housing.doors import Housing
from tests.housing.lettings.ground import (
    LETTINGS,
    Waiting,
    a_home,
    an_advert,
    bids,
    closed,
    may_return,
    offered,
    refused,
    says,
    starts,
    today,
    waits,
    worker,
)


async def test_a_home_goes_by_return_band_date_and_draw(housing: Housing) -> None:
    today(housing)
    scheme = uuid4()
    home = await a_home(housing, scheme_id=scheme)
    neighbour = await waits(housing, band="c", band_order=2, priority_on=date(2026, 1, 5))
    await may_return(housing, neighbour, scheme)
    family, nurse, tied = [await waits(housing, priority_on=day) for day in (date(2020, 1, 1), *[date(2023, 5, 1)] * 2)]
    advert = await an_advert(housing, home)
    assert advert["allowed"] == ["closed", "withdrawn"]
    placed = {who: await bids(housing, who, advert) for who in (tied, nurse, family, neighbour)}
    early = await housing("POST", f"/adverts/{advert['id']}/close", version=1, **LETTINGS)
    assert "not closed early" in refused(early, 409)["detail"]

    over = await closed(housing, advert)
    assert over["state"] == "closed"
    late = {"advert_id": advert["id"], "application_id": str(uuid4()), "channel": "text"}
    assert "is over" in (await housing.refused(409, "POST", "/bids", late, **LETTINGS))["detail"]
    frozen = await housing.good("GET", f"/adverts/{advert['id']}/shortlist", **LETTINGS)
    assert (frozen["bidders"], frozen["tied"], frozen["drawn"]) == (4, 2, False)

    worker(housing, "officer-2")
    seed = {"seed": "4 8 15 16 23 42", "witnessed_by": "officer-2"}
    path = f"/adverts/{advert['id']}/draw"
    too_soon = await housing.refused(422, "POST", path, seed, version=over["version"], **LETTINGS)
    assert too_soon["errors"][0]["rule"] == "seed-later"
    housing.on(date(2026, 11, 26))
    alone = {**seed, "witnessed_by": "officer-1"}
    worker(housing, "officer-1")
    assert await housing.refused(422, "POST", path, alone, version=over["version"], **LETTINGS)
    drawn = await housing.good("POST", path, seed, version=over["version"], **LETTINGS)
    assert drawn["state"] == "shortlisted"

    # An outsider, with what is published and nothing else.
    public: dict[str, Any] = {"roles": (), "purpose": "public"}
    shown = await housing.good("GET", f"/letting-results/{advert['number']}/shortlist", **public)
    assert lottery_verifier.faults(shown["draw"]) == []
    assert order.is_unchanged(shown["shortlist"])
    assert order.order_of(shown["shortlist"], shown["draw"]["order"]) == shown["shortlist"]["order"]
    assert str(family.person_id) not in json.dumps(shown)
    by_place: dict[int, Waiting] = {}
    for who, bid in placed.items():
        told = await housing.good("GET", f"/bids/{bid['id']}/place", **LETTINGS)
        assert order.digest_of(told["your_line"]) == told["your_digest"]
        assert shown["shortlist"]["order"][told["place"] - 1] == told["your_digest"]
        by_place[told["place"]] = who
    assert [by_place[1], by_place[2]] == [neighbour, family]
    assert {by_place[3], by_place[4]} == {nurse, tied}
    await housing.ring()
    told_people = {each["data"]["person_id"] for each in housing.announced("message.requested")}
    assert told_people == {str(who.person_id) for who in placed}


@pytest.mark.full
async def test_refuse_next_undo_and_the_home_that_follows(housing: Housing) -> None:
    today(housing)
    home = await a_home(housing)
    first, second = await waits(housing, priority_on=date(2020, 1, 1)), await waits(housing)
    advert = await an_advert(housing, home)
    for who in (second, first):
        await bids(housing, who, advert)
    await closed(housing, advert)
    offer = await offered(housing, advert)
    assert offer["person_id"] == str(first.person_id)
    no = await says(housing, offer, accepts=False)
    assert (no["state"], no["counts"]) == ("refused", False)
    undone = await housing.good(
        "POST", f"/offers/{offer['id']}/undo", {"words": "Wrong name"}, version=no["version"], **LETTINGS
    )
    assert undone["state"] == "made"
    no = await says(housing, undone, accepts=False)
    following = await offered(housing, advert)
    assert following["person_id"] == str(second.person_id)
    stuck = await housing("POST", f"/offers/{offer['id']}/undo", {"words": "x"}, version=no["version"], **LETTINGS)
    assert "Another offer stands" in refused(stuck, 409)["detail"]
    yes = await says(housing, following, accepts=True)
    path = f"/offers/{yes['id']}/lettings"
    letting = await housing.good("POST", path, starts(second), version=yes["version"], **LETTINGS)
    assert letting["weekly_rent_pence"] == 128_40
    assert (await housing.good("GET", f"/homes/{home['id']}"))["state"] == "let"
    assert housing.stored.rows("select state from register_application where id = %s", [second.application_id]) == [
        {"state": "housed"}
    ]
    started = housing.announced("letting.started")
    assert [each["data"]["household_id"] for each in started] == [str(second.household_id)]
    results = await housing.good("GET", "/letting-results", roles=(), purpose="public")
    assert (results["items"][0]["place"], results["items"][0]["road"]) == (2, "Heath Road")
    story = await housing.good("GET", f"/offers/{offer['id']}", **LETTINGS)
    assert [each["became"] for each in story["steps"]] == ["made", "refused", "made", "refused"]
    # They never moved in: the list stands where it stood.
    fell = {"reason": "They stay where they are"}
    await housing.good("POST", f"/lettings/{letting['id']}/fall", fell, version=1, **LETTINGS)
    assert (await housing.good("GET", f"/adverts/{advert['id']}", **LETTINGS))["state"] == "shortlisted"
    assert (await housing.good("GET", f"/homes/{home['id']}"))["state"] == "available"


@pytest.mark.full
async def test_who_cannot_bid_is_told_every_reason(housing: Housing) -> None:
    today(housing)
    advert = await an_advert(housing, await a_home(housing, bed_spaces=3))
    family = await waits(housing, bedrooms_needed=4, bedrooms_fewest=4, ages=(34, 9, 8, 7))
    body = {"advert_number": advert["number"], "bidding_number": family.number, "channel": "text"}
    problem = await housing.refused(422, "POST", "/bids", body, **LETTINGS)
    assert [each["rule"] for each in problem["errors"]] == ["bedrooms", "people"]


@pytest.mark.full
async def test_bids_for_those_who_cannot_count_for_nothing_until_talked_over(housing: Housing) -> None:
    today(housing)
    who = await waits(housing)
    agreed = {"wards": ["E05014063"], "why": "She cannot read the adverts", "agreed_on": "2026-11-02"}
    await housing.good("PUT", f"/auto-bids/{who.application_id}", agreed, **LETTINGS)
    advert = await an_advert(housing, await a_home(housing))
    elsewhere = await an_advert(housing, await a_home(housing, ward="E05014064"))
    found = await housing.good("GET", f"/bids?application_id={who.application_id}", **LETTINGS)
    assert [(each["advert_id"], each["channel"]) for each in found["items"]] == [(advert["id"], "auto")]
    assert elsewhere["state"] == "open"
    await closed(housing, advert)
    offer = await offered(housing, advert)
    assert offer["auto_bid"] is True
    letter = await housing.good("GET", f"/offers/{offer['id']}/letter", **LETTINGS)
    assert "until then saying no counts for nothing" in " ".join(letter["paragraphs"])
    final = await housing("POST", f"/offers/{offer['id']}/final", {"words": "x"}, version=1, **LETTINGS)
    assert refused(final, 422)["errors"][0]["rule"] == "suitable-first"
    no = await says(housing, offer, accepts=False)
    path = f"/offers/{offer['id']}/counting"
    other: dict[str, Any] = {**LETTINGS, "actor": "officer-2"}
    assert "nobody found suitable" in (await housing.refused(
        409, "POST", path, {"words": "x"}, version=no["version"], **other))["detail"]  # fmt: skip
    check = {"suitable": True, "with_household": True, "words": "We went there with her and her sister"}
    seen = await housing.good("POST", f"/offers/{offer['id']}/suitability", check, version=no["version"], **LETTINGS)
    own = await housing.refused(422, "POST", path, {"words": "x"}, version=seen["version"], **LETTINGS)
    assert own["errors"][0]["rule"] == "another-officer"
    counted = await housing.good("POST", path, {"words": "No reason was given"}, version=seen["version"], **other)
    assert (counted["counts"], counted["counted_by"]) == (True, "officer-2")


async def test_one_offer_at_a_time_for_a_home_and_for_a_household(housing: Housing) -> None:
    today(housing)
    who, next_one = await waits(housing, priority_on=date(2020, 1, 1)), await waits(housing)
    adverts = [await an_advert(housing, await a_home(housing)) for _ in range(2)]
    for advert in adverts:
        for each in (who, next_one):
            await bids(housing, each, advert)
    for advert in adverts:
        await closed(housing, advert)
    first = await offered(housing, adverts[0])
    # They hold one offer: the other home goes to whoever comes after them.
    second = await offered(housing, adverts[1])
    assert [each["person_id"] for each in (first, second)] == [str(who.person_id), str(next_one.person_id)]
    again = {"answer_by": "2026-11-30"}
    now = await housing.good("GET", f"/adverts/{adverts[0]['id']}", **LETTINGS)
    path = f"/adverts/{adverts[0]['id']}/offers"
    assert (
        "offered to somebody"
        in (await housing.refused(409, "POST", path, again, version=now["version"], **LETTINGS))["detail"]
    )
    # Their turn comes again where they refuse.
    await housing.good("POST", f"/offers/{second['id']}/withdrawal", {"words": "Works first"}, version=1, **LETTINGS)
    await says(housing, first, accepts=False)
    assert (await offered(housing, adverts[1]))["person_id"] == str(who.person_id)


async def test_what_cannot_be_let_is_neither_advertised_nor_offered(housing: Housing) -> None:
    today(housing)
    home = await a_home(housing)
    advert = await an_advert(housing, home)
    bid = await bids(housing, await waits(housing), advert)
    again = {
        "home_id": home["id"],
        "closes_at": "2026-11-23T23:59:00+00:00",
        "seed_source": "The National Lottery",
        "seed_from": "2026-11-23T23:58:00+00:00",
    }
    early = await housing.refused(422, "POST", "/adverts", again, **LETTINGS)
    assert early["errors"][0]["rule"] == "seed-later"
    twice = await housing.refused(
        409, "POST", "/adverts", again | {"seed_from": "2026-11-25T21:00:00+00:00"}, **LETTINGS
    )
    assert "advertised already" in twice["detail"]
    taken_back = await housing.good("POST", f"/bids/{bid['id']}/withdrawal", version=1, **LETTINGS)
    assert taken_back["state"] == "withdrawn"
    await bids(housing, await waits(housing), advert)
    over = await closed(housing, advert)
    await housing.good("POST", f"/homes/{home['id']}/moves", {"to": "works"}, version=home["version"])
    path = f"/adverts/{advert['id']}/offers"
    problem = await housing.refused(409, "POST", path, {"answer_by": "2026-11-30"}, version=over["version"], **LETTINGS)
    assert "cannot be let" in problem["detail"]
    place = await housing.good("GET", f"/bids/{bid['id']}/place", **LETTINGS)
    assert place["grounds"] == ["This bid was taken back before bidding ended."]


async def test_a_direct_offer_has_its_reason_and_leaves_no_trace_in_public(housing: Housing) -> None:
    today(housing)
    who, home = await waits(housing, bedrooms_needed=3), await a_home(housing)
    body = {
        "home_id": home["id"],
        "application_id": str(who.application_id),
        "why": "safety",
        "words": "She cannot stay where she is",
        "answer_by": "2026-11-12",
    }
    offer = await housing.good("POST", "/offers", body, **LETTINGS)
    assert (offer["kind"], offer["sensitive"]) == ("direct", True)
    other = {**body, "application_id": str((await waits(housing)).application_id)}
    assert await housing.refused(409, "POST", "/offers", other, **LETTINGS)
    returns = {**body, "home_id": (await a_home(housing))["id"], "why": "right_to_return"}
    refusal = await housing.refused(422, "POST", "/offers", returns, **LETTINGS)
    assert refusal["errors"][0]["rule"] == "right-to-return"
    yes = await says(housing, offer, accepts=True)
    await housing.good("POST", f"/offers/{offer['id']}/lettings", starts(who), version=yes["version"], **LETTINGS)
    public: dict[str, Any] = {"roles": (), "purpose": "public"}
    assert (await housing.good("GET", "/letting-results", **public))["items"] == []
    housing.on(date(2026, 12, 1))
    assert await housing.good("GET", "/letting-results/past-the-list", **public) == [
        {"month": "2026-11", "lettings": 1}
    ]


async def test_who_is_kept_back_is_unknown_and_keeps_their_place(housing: Housing) -> None:
    today(housing)
    hidden, other = await waits(housing, priority_on=date(2020, 1, 1)), await waits(housing)
    advert = await an_advert(housing, await a_home(housing))
    bid = await bids(housing, hidden, advert)
    await bids(housing, other, advert)
    housing.know(hidden.person_id, hidden.household_id, restricted=True)
    await closed(housing, advert)
    assert (await housing("GET", f"/bids/{bid['id']}", **LETTINGS)).status_code == 404
    lines = await housing.good("GET", f"/adverts/{advert['id']}/shortlist/lines", **LETTINGS)
    assert [(each["person_id"], each["place"]) for each in lines["items"]] == [(str(other.person_id), 2)]
    now = await housing.good("GET", f"/adverts/{advert['id']}", **LETTINGS)
    path, body = f"/adverts/{advert['id']}/offers", {"answer_by": "2026-11-30"}
    problem = await housing.refused(409, "POST", path, body, version=now["version"], **LETTINGS)
    assert "another officer's" in problem["detail"]
    assert str(hidden.person_id) not in json.dumps(problem)
