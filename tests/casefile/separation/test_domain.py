"""Whom a separation bars, for any ties; and what it takes to lift one."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.errors import Conflict, Invalid
from services.casefile.separation import domain
from services.casefile.separation.domain import Because, Tie, Ties

NAMES = st.sampled_from(["ada", "ben", "cole", "tess", "olu"])
TIES = st.lists(st.builds(Tie, NAMES, st.sampled_from(Because)), max_size=6)
SOME = st.frozensets(NAMES, max_size=3)
TODAY = date(2026, 11, 20)


@settings(max_examples=60)
@given(TIES, TIES, SOME, NAMES, SOME)
def test_who_has_to_do_with_him_is_barred_unless_a_reason_stands_against_it(
    theirs: list[Tie], hers: list[Tie], both: frozenset[str], by: str, trusted: frozenset[str]
) -> None:
    barred = domain.bars(Ties(theirs, hers, both), separated_by=by, trusted=trusted)
    his = {tie.name for tie in theirs}
    assert set(barred) <= his
    # Whoever was named stays away, whatever else.
    assert {tie.name for tie in theirs if tie.because is Because.NAMED} <= set(barred)
    for name in his - set(barred):
        her_case = name not in both and any(tie.name == name and tie.because is Because.CASE for tie in hers)
        assert name in trusted or (name == by and any(tie.name == name for tie in hers)) or her_case, name
    # Whoever holds his case, and hers only through the home they share, is barred until somebody trusts them.
    for tie in theirs:
        if tie.because is Because.CASE and tie.name in both and tie.name not in trusted and tie.name != by:
            assert tie.name in barred


def test_a_worker_of_his_alone_gains_nothing_by_separating_them_himself() -> None:
    barred = domain.bars(Ties([Tie("ben", Because.CASE)], []), separated_by="ben", trusted=())
    assert set(barred) == {"ben"}


def test_the_longer_of_two_ties_counts_and_a_past_one_bars_nobody() -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    short, long = Tie("ben", Because.DEALT_WITH, now), Tie("ben", Because.DEALT_WITH, now + timedelta(days=9))
    (kept,) = domain.bars(Ties([short, long], []), separated_by="ada", trusted=()).values()
    assert kept.until == long.until
    for_good = Tie("ben", Because.CASE)
    (kept,) = domain.bars(Ties([long, for_good], []), separated_by="ada", trusted=()).values()
    assert (kept.until, kept.because) == (None, Because.CASE)
    assert domain.names_in([short, Tie("cole", Because.CASE)], now) == ["cole"]


@pytest.mark.parametrize(
    ("heard_on", "alone", "rule"),
    [
        (TODAY, False, "alone"),
        (TODAY + timedelta(days=1), True, "not-in-the-future"),
        (TODAY - timedelta(days=29), True, "lately"),
    ],
)
def test_her_word_counts_alone_and_lately(heard_on: date, alone: bool, rule: str) -> None:
    with pytest.raises(Invalid) as refused:
        domain.check_heard(heard_on, alone, TODAY)
    assert [each.rule for each in refused.value.errors] == [rule]


@pytest.mark.parametrize(
    ("asked_by", "heard_on", "by"),
    [(None, None, "ruth"), ("ada", TODAY, "ada"), ("ada", TODAY - timedelta(days=29), "ruth")],
)
def test_a_second_person_lifts_it_while_her_word_is_fresh(asked_by: str | None, heard_on: date | None, by: str) -> None:
    with pytest.raises(Conflict):
        domain.check_second(asked_by, heard_on, by, TODAY)
    domain.check_second("ada", TODAY, "ruth", TODAY)


def test_nobody_is_trusted_and_kept_away_at_once() -> None:
    with pytest.raises(Invalid):
        domain.check_names(["ada"], ["ada"])
