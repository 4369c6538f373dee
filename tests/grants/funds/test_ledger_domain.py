"""The ledger's rules: whatever is asked, in whatever order, no penny is made or lost, and none is spent twice."""

from collections import defaultdict
from typing import cast
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.errors import Conflict, Invalid
from services.grants.funds import domain
from services.grants.funds.domain import Account, AccountKind, Line
from tests.examples import examples

FUND, OTHER = UUID(int=1), UUID(int=2)
ABOUT = [UUID(int=number) for number in range(10, 13)]

pence = st.integers(1, 5_000)
about = st.sampled_from(ABOUT)
moves = st.one_of(
    st.tuples(st.just("receive"), pence),
    st.tuples(st.just("receive_levy"), pence),
    st.tuples(st.just("reserve"), about, pence),
    st.tuples(st.just("release"), about, pence),
    st.tuples(st.just("award"), st.one_of(st.none(), about), about, pence),
    st.tuples(st.just("withdraw"), about, pence),
    st.tuples(st.just("pay"), about, pence),
    st.tuples(st.just("pay_at_once"), about, pence),
    st.tuples(st.just("recover"), about, pence),
    st.tuples(st.just("transfer"), pence),
)


def lines_of(move: tuple[object, ...]) -> domain.Lines:
    name, *rest = move
    if name == "transfer":
        return domain.transfer(FUND, OTHER, *rest)  # type: ignore[arg-type]  # drawn for this very function
    if name == "receive_levy":
        return domain.receive_levy(FUND, domain.split(cast(int, rest[0]), 15, 5))
    return getattr(domain, str(name))(FUND, *rest)  # type: ignore[no-any-return]  # one of those named above


@settings(max_examples=examples(40, 1_000))
@given(st.lists(moves, max_size=40))
def test_whatever_is_asked_the_books_balance(asked: list[tuple[object, ...]]) -> None:
    balances: dict[Account, int] = {}
    for move in asked:
        try:
            lines = lines_of(move)
            if move[0] == "recover":
                gone = balances.get(Account(FUND, AccountKind.PAID, lines[0].account.about_id), 0)
                domain.check_recoverable(gone, balances.get(lines[0].account, 0), -lines[0].pence)
            balances |= domain.after(balances, lines)
        except (Conflict, ValueError):
            continue
    sums: dict[UUID, int] = defaultdict(int)
    for account, stands in balances.items():
        sums[account.fund_id] += stands
        if account.kind in domain.FROM_OUTSIDE:
            assert stands <= 0
        elif account.kind is not AccountKind.TRANSFERRED:
            assert stands >= 0
    assert set(sums.values()) <= {0}
    for each in ABOUT:
        paid = balances.get(Account(FUND, AccountKind.PAID, each), 0)
        assert paid + balances.get(Account(FUND, AccountKind.RETURNED, each), 0) >= 0


def test_what_is_not_there_is_not_moved_and_the_refusal_says_how_much_there_is() -> None:
    balances = domain.after({}, domain.receive(FUND, 100))
    with pytest.raises(Conflict, match=r"£1.00 stand there, £1.01 were asked for") as refused:
        domain.after(balances, domain.reserve(FUND, ABOUT[0], 101))
    assert refused.value.extra["there_pence"] == 100


def test_an_entry_that_does_not_balance_cannot_be_made() -> None:
    unbalanced = (
        [Line(Account(FUND, AccountKind.AVAILABLE), 5), Line(Account(FUND, AccountKind.PAID), -4)],
        # In sum nothing, yet a penny went from one fund to the other unseen.
        [Line(Account(FUND, AccountKind.AVAILABLE), -1), Line(Account(OTHER, AccountKind.AVAILABLE), 1)],
        [Line(Account(FUND, AccountKind.AVAILABLE), 0)],
    )
    for lines in unbalanced:
        with pytest.raises(ValueError, match="adds up to nothing"):
            domain.checked(lines)


def test_a_share_is_to_the_penny_and_the_parts_are_the_whole() -> None:
    vectors = ((12_345_678, 15, 1_851_852), (12_345_678, 25, 3_086_420), (10, 15, 2), (3, 15, 0))
    for gross, percent, share in vectors:
        parts = domain.split(gross, percent, 5)
        assert parts.neighbourhood == share
        assert parts.neighbourhood + parts.administration + parts.strategic == gross


def test_administration_beyond_five_per_cent_is_refused() -> None:
    with pytest.raises(Invalid, match="reg"):
        domain.split(1_000, 15, 6)
