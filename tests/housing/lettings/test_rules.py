"""Who may bid, who comes first, and what the frozen list proves: the rules alone."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, product
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import lottery, lottery_verifier
from kit.errors import Conflict, Invalid
from services.housing.homes.domain import Access
from services.housing.lettings import order, rules, states
from services.housing.lettings.order import Bid
from services.housing.lettings.rules import Bidder, For, Group, Rules, Step
from services.housing.lettings.states import Offer, Refused

SCHEME, ADVERT = UUID(int=7), UUID(int=8)
DAY = date(2024, 3, 1)
CLOSED = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOME = Rules(bedrooms=2, people=4)


def bidder(**said: Any) -> Bidder:
    usual: dict[str, Any] = {"band": "b", "band_rank": 1, "priority_date": DAY, "bedrooms": 2, "people": 3}
    return Bidder(**{**usual, **said})


def bid(**said: Any) -> Bid:
    return Bid(lottery.new_token(), lottery.new_token(), bidder(**said))


REFUSED: tuple[tuple[dict[str, Any], dict[str, Any], str], ...] = (
    ({}, {"bedrooms": 3}, "bedrooms"),
    ({}, {"bedrooms": 1}, "bedrooms"),
    ({}, {"people": 5}, "people"),
    ({}, {"access": Access.WHEELCHAIR}, "access"),
    ({}, {"stands": False}, "active"),
    ({"bands": frozenset({"a"})}, {}, "band"),
    ({"somebody_aged": 55}, {"ages": (54, 30)}, "age"),
    ({"nobody_under": 10}, {"ages": (30, 9)}, "children"),
    ({"floor": 5}, {"highest_floor": 1}, "floor"),
    ({"plan": For.ONLY, "groups": frozenset({Group.CARE_LEAVER})}, {}, "plan"),
    ({"access": Access.WHEELCHAIR, "access_first": For.ONLY}, {}, "access-only"),
    ({"income_from_pence": 100}, {}, "income"),
    ({"income_from_pence": 100}, {"income_pence": 99}, "income"),
    ({"income_to_pence": 100}, {"income_pence": 101}, "income"),
)


def test_each_rule_refuses_by_its_name() -> None:
    for home, who, rule in REFUSED:
        found = rules.refusals(replace(HOME, **home), bidder(**who))
        assert [each.rule for each in found] == [rule]
        assert found[0].words.endswith(".")


WELCOME: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({}, {}),
    ({"bedrooms": 0}, {"bedrooms": 1}),
    ({"one_bedroom_short": True}, {"bedrooms": 3}),
    ({}, {"bedrooms": 3, "fewest": 2}),
    ({"floor": 5, "lift": True}, {"highest_floor": 1}),
    ({"access": Access.WHEELCHAIR}, {"access": Access.STEP_FREE}),
    ({"somebody_aged": 55}, {"ages": (55,)}),
    ({"nobody_under": 10}, {"ages": (10,)}),
    ({"bands": frozenset({"a"}), "scheme_id": SCHEME}, {"returns_to": frozenset({SCHEME})}),
    ({"income_from_pence": 100, "income_to_pence": 100}, {"income_pence": 100}),
)


def test_who_meets_the_rules_may_bid() -> None:
    for home, who in WELCOME:
        assert rules.refusals(replace(HOME, **home), bidder(**who)) == (), (home, who)


def test_all_the_reasons_are_given_at_once() -> None:
    found = rules.refusals(HOME, bidder(bedrooms=4, people=9, access=Access.WHEELCHAIR))
    assert [each.rule for each in found] == ["bedrooms", "people", "access"]


def test_return_before_band_and_band_before_date() -> None:
    home = replace(HOME, scheme_id=SCHEME, plan=For.FIRST, groups=frozenset({Group.WORKING}))
    returning = bid(band_rank=3, priority_date=date(2026, 1, 1), returns_to=frozenset({SCHEME}))
    elsewhere = bid(band_rank=2, returns_to=frozenset({UUID(int=9)}))
    nurse = bid(band_rank=2, priority_date=date(2025, 1, 1), groups=frozenset({Group.WORKING}))
    urgent = bid(band_rank=0, priority_date=date(2026, 6, 1))
    longer, shorter = bid(priority_date=date(2020, 1, 1)), bid(priority_date=date(2021, 1, 1))
    everybody = [shorter, elsewhere, urgent, nurse, longer, returning]
    found = order.line_up(home, everybody)
    assert [line.bid for line in found.lines] == [returning, nurse, urgent, longer, shorter, elsewhere]
    assert found.lines[0].standing.has == {Step.RETURNS}


GROUPS = (frozenset[Group](), frozenset({Group.WORKING}), frozenset({Group.RIGHT_TO_RETURN}))
RIGHTS = (frozenset[UUID](), frozenset({SCHEME}))
LOOKING = [
    Rules(2, plan=plan, groups=groups, income_from_pence=least, income_to_pence=most, scheme_id=scheme)
    for plan, groups, least, most, scheme in product(For, GROUPS, (None, 100), (None, 200), (None, SCHEME))
    if (plan is For.ANYBODY) == (not groups)
]
LOOKED_AT = [
    bidder(groups=groups, income_pence=income, returns_to=rights)
    for groups, income, rights in product(GROUPS, (None, 99, 150, 201), RIGHTS)
]


def test_what_the_rules_do_not_look_at_changes_nothing() -> None:
    """A list is made without reading it (`bidders.bidding`)."""
    for home, them in product(LOOKING, LOOKED_AT):
        read = them
        if not rules.asks_words(home):
            read = read._replace(groups=frozenset(), income_pence=None)
        if not rules.asks_rights(home):
            read = read._replace(returns_to=frozenset(), groups=read.groups - {Group.RIGHT_TO_RETURN})
        assert rules.refusals(home, read) == rules.refusals(home, them), (home, them)
        assert rules.standing(home, read).has == rules.standing(home, them).has, (home, them)


bids = st.lists(
    st.builds(
        bid,
        band=st.sampled_from(["b", 'é "1"', "\u2028\\\t"]),
        band_rank=st.integers(0, 2),
        priority_date=st.dates(date(2024, 1, 1), date(2024, 1, 4)),
        bedrooms=st.sampled_from([2, 2, 2, 3]),
        returns_to=st.sampled_from([frozenset[UUID](), frozenset({SCHEME})]),
    ),
    max_size=30,
)


@given(bids, st.randoms())
def test_the_list_is_whole_ordered_and_the_same_in_any_order_of_arrival(
    given_: list[Bid], chance: random.Random
) -> None:
    home = replace(HOME, scheme_id=SCHEME)
    found = order.line_up(home, given_)
    again = order.line_up(home, chance.sample(given_, len(given_)))
    assert found.lines == again.lines
    assert len(found.lines) + len(found.left_out) == len(given_)
    assert all(before.standing <= after.standing for before, after in pairwise(found.lines))
    for line in found.lines:
        same = [each for each in found.lines if each.standing == line.standing]
        assert (line.first, line.last) == (same[0].first, same[0].first + len(same) - 1)


@given(bids)
def test_the_draw_settles_ties_and_moves_nobody_out_of_theirs(given_: list[Bid]) -> None:
    found = order.line_up(HOME, given_)
    published = order.frozen(ADVERT, 1001, CLOSED, found, {"bedrooms": 2})
    assert order.is_unchanged(published)
    tied = order.tied_tokens(found)
    drawn: list[str] = []
    if tied:
        record = lottery.announce(
            "Ties", tied, take=len(tied), seed_source="numbers", closed_at=CLOSED, seed_from=CLOSED + timedelta(days=1)
        )
        at = CLOSED + timedelta(days=2)
        record = lottery.conclude(record, "4 8 15 16", entered_by="a", witnessed_by="b", drawn_at=at)
        assert lottery_verifier.faults(record) == []
        drawn = record["order"]
    places = order.places({line.bid.token: line.first for line in found.lines}, drawn)
    assert sorted(places.values()) == list(range(1, len(found.lines) + 1))
    for line in found.lines:
        assert line.first <= places[line.bid.token] <= line.last
    # An outsider has the published list and the draw alone, and gets the same order.
    by_place = sorted(found.lines, key=lambda line: places[line.bid.token])
    expected = [order.digest_of(order.entry_of(line)) for line in by_place]
    assert order.order_of(published, drawn) == expected


def test_a_list_that_was_touched_does_not_fit_its_hash() -> None:
    found = order.line_up(HOME, [bid(), bid(priority_date=date(2020, 1, 1)), bid(bedrooms=5)])
    published = order.frozen(ADVERT, 1001, CLOSED, found, {"bedrooms": 2})
    moved = {**published, "lines": published["lines"][::-1]}
    fewer = {**published, "left_out": 0}
    other = {**published, "rules": {"bedrooms": 3}}
    assert [order.is_unchanged(each) for each in (published, moved, fewer, other)] == [True, False, False, False]
    assert all(line.bid.receipt not in str(published) for line in found.lines)


def test_everybody_learns_their_place_and_its_grounds_and_nothing_of_others() -> None:
    home = replace(HOME, scheme_id=SCHEME)
    returning = bid(returns_to=frozenset({SCHEME}), band="c", band_rank=2)
    first, second = bid(priority_date=date(2020, 5, 9)), bid(band="a", band_rank=0)
    same = [bid(), bid()]
    lines = order.line_up(home, [first, second, returning, *same]).lines
    told = " ".join(order.grounds(lines[4], lines[:4], 5, 5))
    assert told.startswith("You were number 5 of 5. You are in band b, and your date is 1 March 2024.")
    assert "1 with a right to return to this scheme" in told
    assert "1 with a more urgent band" in told
    assert "1 with the same band and an earlier date" in told
    assert "1 with the same band and date, put before you by the public draw" in told
    assert "2020" not in told
    waiting = order.grounds(lines[4], lines[:3], None, 5)
    assert waiting[0] == "You share places 4 to 5 of 5; a public draw will say who comes first."


def test_every_offer_state_says_what_may_follow() -> None:
    for state, to in product(Offer, Offer):
        allowed = states.OFFERS[state]
        if to in allowed:
            assert states.offer_to(state, to) is to
            continue
        with pytest.raises(Conflict) as refused:
            states.offer_to(state, to)
        assert refused.value.extra["allowed"] == list(allowed)


@pytest.mark.parametrize(
    ("auto", "suitable", "with_them", "other", "stands"),
    [
        (False, True, False, True, True),
        (False, None, False, True, False),
        (False, False, True, True, False),
        (False, True, False, False, False),
        (True, True, False, True, False),
        (True, True, True, True, True),
    ],
)
def test_a_refusal_counts_only_when_an_officer_may_count_it(
    auto: bool, suitable: bool | None, with_them: bool, other: bool, stands: bool
) -> None:
    refused = Refused(Offer.REFUSED, auto, suitable, with_them, "area", other)
    if stands:
        states.check_counting(refused)
        return
    with pytest.raises((Conflict, Invalid)):
        states.check_counting(refused)


def test_an_offer_is_final_only_once_it_was_found_suitable() -> None:
    with pytest.raises(Invalid, match="Nobody bid"):
        states.check_final(True, True, None)
    states.check_final(True, True, True)
    assert "accept it and ask for a review" in states.letter_of(True)
    assert "review" not in states.letter_of(False)


def test_bidding_ends_neither_early_nor_late() -> None:
    closes = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
    before, after = closes - timedelta(seconds=1), closes
    states.check_bidding(states.Advert.OPEN, closes, before)
    states.check_closing(states.Advert.OPEN, closes, after)
    with pytest.raises(Conflict, match="is over"):
        states.check_bidding(states.Advert.OPEN, closes, after)
    with pytest.raises(Conflict, match="not closed early"):
        states.check_closing(states.Advert.OPEN, closes, before)
