"""Counts of a quarter: no small group stands in them, nor can be worked out."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.errors import Invalid
from services.housing.homelessness.counting.domain import FEWEST, line, quarter
from tests.examples import examples
from tests.housing.doors import Housing
from tests.housing.homelessness.work import decided, found, opened


@settings(max_examples=examples(50, 2000), deadline=None)
@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 60), max_size=6))
def test_no_group_of_fewer_than_ten_is_shown_or_can_be_worked_out(counts: dict[str, int]) -> None:
    shown = line(counts)
    hidden = {name for name, count in shown.parts.items() if count is None}
    assert all(count is None or count >= FEWEST for count in shown.parts.values())
    assert hidden or all(count >= FEWEST for count in counts.values())
    if shown.total is not None and hidden:
        rest = shown.total - sum(count for count in shown.parts.values() if count is not None)
        assert len(hidden) >= 2
        assert rest >= FEWEST
        # Nothing is hidden without need.
    assert any(count < FEWEST for count in counts.values()) or not hidden


def test_a_quarter_is_counted_once_it_is_over() -> None:
    today = date(2027, 1, 1)
    assert quarter(None, today) == ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31))
    assert quarter("2026-Q1", today) == ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31))
    with pytest.raises(Invalid, match="over"):
        quarter("2027-Q1", today)


@pytest.mark.full
async def test_the_board_sees_how_many_and_never_who(housing: Housing) -> None:
    housing.on(date(2026, 12, 4))
    for _ in range(10):
        case = await opened(housing)
        await found(housing, case["id"])
        await decided(housing, case["id"], "relief_owed")
    housing.on(date(2027, 4, 1))
    await housing.ring()
    board = {"roles": ("board_member",), "purpose": "oversight"}
    counts = await housing.good("GET", "/homelessness-counts?quarter=2026-Q4", **board)
    assert (counts["started"], counts["ended"]) == ({"total": 10, "parts": {"relief": 10}}, {})
    counts = await housing.good("GET", "/homelessness-counts", **board)
    assert counts["ended"] == {"relief": {"total": 10, "parts": {"days_passed": 10}}}
