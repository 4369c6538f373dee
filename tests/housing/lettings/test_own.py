"""Households that bid themselves: number and code, what they see, bid, take back, and their place."""

from datetime import date
from typing import Any

import pytest

from kit import clock
from services.housing.lettings.own import commands, domain
from tests.housing.doors import Housing
from tests.housing.lettings.ground import LETTINGS, Waiting, a_home, an_advert, bids, closed, refused, today, waits

PUBLIC: dict[str, Any] = {"roles": (), "purpose": "public", "actor": "public"}


async def the_code(housing: Housing, who: Waiting) -> str:
    said = await housing.good("PUT", f"/applications/{who.application_id}/bidding-code", **LETTINGS)
    assert said["bidding_number"] == who.number
    return str(said["code"])


async def signed_in(housing: Housing, who: Waiting) -> dict[str, str]:
    given = {"bidding_number": who.number, "code": await the_code(housing, who)}
    return {"pass": (await housing.good("POST", "/own-bidding/passes", given, **PUBLIC))["pass"]}


async def test_a_household_sees_bids_takes_back_and_learns_its_place(housing: Housing) -> None:
    today(housing)
    home, other = await a_home(housing), await a_home(housing, bedrooms=4, bed_spaces=6)
    advert, large = await an_advert(housing, home), await an_advert(housing, other)
    us, before = await waits(housing), await waits(housing, priority_on=date(2019, 1, 1))
    await bids(housing, before, advert)
    me = await signed_in(housing, us)

    shown = await housing.good("POST", "/own-bidding/page", me, **PUBLIC)
    assert (shown["application"]["number"], shown["application"]["may_bid"]) == (us.number, True)
    by_number = {each["number"]: each for each in shown["homes"]}
    assert (by_number[advert["number"]]["may_bid"], by_number[large["number"]]["may_bid"]) == (True, False)
    assert by_number[large["number"]]["why_not"] == ["You need 2 bedrooms; this home has 4 bedrooms."]

    too_large = await housing.refused(422, "POST", "/own-bidding/bids", {**me, "number": large["number"]}, **PUBLIC)
    assert too_large["errors"][0]["rule"] == "bedrooms"
    after = await housing.good("POST", "/own-bidding/bids", {**me, "number": advert["number"]}, **PUBLIC)
    (mine,) = after["bids"]
    # Where they stand shows once bidding is over, and not a moment sooner.
    assert (mine["state"], mine["may_take_back"], mine["place"], after["bids_left"]) == ("placed", True, None, 4)
    back = await housing.good("POST", "/own-bidding/withdrawals", _back(me, mine), **PUBLIC)
    assert back["bids"][0]["state"] == "withdrawn"
    stale = await housing("POST", "/own-bidding/withdrawals", _back(me, mine), **PUBLIC)
    refused(stale, 412)
    await housing.good("POST", "/own-bidding/bids", {**me, "number": advert["number"]}, **PUBLIC)

    await closed(housing, advert)
    me = await signed_in(housing, us)
    (told,) = (await housing.good("POST", "/own-bidding/page", me, **PUBLIC))["bids"]
    assert (told["place"]["place"], told["place"]["of"], told["may_take_back"]) == (2, 2, False)
    assert "Ahead of you was 1 with the same band and an earlier date." in told["place"]["grounds"]
    late = await housing("POST", "/own-bidding/withdrawals", _back(me, told), **PUBLIC)
    assert "is over" in refused(late, 409)["detail"]
    # On record as their own look, so that "who looked" says that it was they.
    looked = housing.stored.rows("select actor, purpose from audit_entry where record ~ '^application/'")
    assert {(row["actor"], row["purpose"]) for row in looked} == {(f"bidder:{us.application_id}", "resident_self")}


def _back(me: dict[str, str], bid: dict[str, Any]) -> dict[str, Any]:
    return {**me, "bid_id": bid["id"], "seen_version": bid["version"]}


async def test_every_wrong_number_and_code_gets_the_same_answer(housing: Housing) -> None:
    today(housing)
    us, them = await waits(housing), await waits(housing)
    code, theirs = await the_code(housing, us), await the_code(housing, them)
    pairs = [(us.number, theirs), (us.number, "AAAA-AAAA-AAAA-AAAA"), ("0000000", code), (them.number, code)]
    answers = [
        refused(await housing("POST", "/own-bidding/passes", {"bidding_number": n, "code": c}, **PUBLIC), 403)
        for n, c in pairs
    ]
    assert len({(each["title"], each["detail"]) for each in answers}) == 1
    # As it is said over the telephone.
    spoken = {"bidding_number": us.number, "code": code.replace("-", " ").lower()}
    assert await housing.good("POST", "/own-bidding/passes", spoken, **PUBLIC)


async def test_another_households_bid_is_as_unknown_as_none(housing: Housing) -> None:
    today(housing)
    advert = await an_advert(housing, await a_home(housing))
    us, them = await waits(housing), await waits(housing)
    theirs = await bids(housing, them, advert)
    me = await signed_in(housing, us)
    answer = await housing("POST", "/own-bidding/withdrawals", _back(me, theirs), **PUBLIC)
    none = await housing("POST", "/own-bidding/withdrawals", _back(me, {**theirs, "id": advert["id"]}), **PUBLIC)
    assert refused(answer, 404)["detail"] == refused(none, 404)["detail"]
    page = await housing.good("POST", "/own-bidding/page", me, **PUBLIC)
    assert page["bids"] == []
    assert str(them.person_id) not in str(page)


async def test_a_new_code_an_hour_and_the_officers_word_end_a_pass(
    housing: Housing, monkeypatch: pytest.MonkeyPatch
) -> None:
    today(housing)
    us = await waits(housing)
    me = await signed_in(housing, us)
    renewed = await signed_in(housing, us)
    refused(await housing("POST", "/own-bidding/page", me, **PUBLIC), 403)
    assert await housing.good("POST", "/own-bidding/page", renewed, **PUBLIC)
    later = clock.now() + domain.SITTING
    with monkeypatch.context() as hour:
        hour.setattr(clock, "now", lambda: later)
        refused(await housing("POST", "/own-bidding/page", renewed, **PUBLIC), 403)
    path = f"/applications/{us.application_id}/bidding-code"
    assert (await housing("DELETE", path, **LETTINGS)).status_code == 204
    refused(await housing("POST", "/own-bidding/page", renewed, **PUBLIC), 403)
    me = await signed_in(housing, us)
    assert (await housing("POST", "/own-bidding/sign-outs", me, **PUBLIC)).status_code == 204
    refused(await housing("POST", "/own-bidding/page", me, **PUBLIC), 403)


async def test_who_is_kept_from_staff_still_bids_for_themselves(housing: Housing) -> None:
    today(housing)
    advert = await an_advert(housing, await a_home(housing))
    us = await waits(housing)
    me = await signed_in(housing, us)
    housing.know(us.person_id, us.household_id, restricted=True)
    refused(await housing("PUT", f"/applications/{us.application_id}/bidding-code", **LETTINGS), 404)
    after = await housing.good("POST", "/own-bidding/bids", {**me, "number": advert["number"]}, **PUBLIC)
    assert [each["state"] for each in after["bids"]] == ["placed"]


def test_a_code_is_kept_as_a_digest_of_both() -> None:
    code = commands.new_code()
    assert len(code.replace("-", "")) == 16
    assert not set("01IO") & set(code)
    assert domain.mark_of_code("1234567", code) == domain.mark_of_code(" 1234567", code.lower().replace("-", " "))
    assert domain.mark_of_code("1234567", code) != domain.mark_of_code("1234568", code)
