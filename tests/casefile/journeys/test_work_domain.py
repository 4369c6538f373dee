"""The rules of jobs and of the order, tried on many lives."""

import itertools
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kit.errors import DomainError, Invalid
from services.casefile.work import distance, domain, offers
from services.casefile.work.distance import Candidate, furthest_first
from services.casefile.work.domain import Activity, CheckState, Stage
from services.casefile.work.offers import Phase

FIRST = date(2026, 12, 7)


class Lasting(RuleBasedStateMachine):
    """A job, its end and its checks, in any order, as the days go by."""

    def __init__(self) -> None:
        super().__init__()
        self.today = FIRST
        self.job = domain.start(FIRST, FIRST)
        self.said: dict[int, CheckState] = {}

    @rule(days=st.integers(0, 60))
    def wait(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule(weeks=st.sampled_from(domain.WEEKS), result=st.sampled_from(list(CheckState)))
    def answer(self, weeks: int, result: CheckState) -> None:
        before = next(each for each in self.job.checks if each.weeks == weeks)
        try:
            after = domain.answer(self.job, weeks, result, self.today)
        except DomainError:
            return
        assert before.state in {CheckState.WAITING, CheckState.NOT_KNOWN}
        if after.state is CheckState.SUSTAINED:
            assert self.today >= before.due_on
        self.said[weeks] = after.state
        self.job = domain.Job(
            self.job.started_on, self.job.ended_on, tuple(after if each is before else each for each in self.job.checks)
        )

    @precondition(lambda self: self.job.ended_on is None)
    @rule(ago=st.integers(0, 200))
    def end(self, ago: int) -> None:
        try:
            self.job = domain.end(self.job, self.today - timedelta(days=ago), self.today)
        except DomainError:
            return

    @invariant()
    def nothing_lasts_beyond_the_end(self) -> None:
        for each in self.job.checks:
            if self.job.ended_on is not None and each.due_on > self.job.ended_on:
                assert each.state is CheckState.NOT_SUSTAINED
            if each.state is CheckState.SUSTAINED and self.job.ended_on is not None:
                assert self.job.ended_on >= each.due_on

    @invariant()
    def what_was_sustained_stays_so(self) -> None:
        for weeks, state in self.said.items():
            if state is CheckState.SUSTAINED:
                assert next(each.state for each in self.job.checks if each.weeks == weeks) is state


TestLasting = Lasting.TestCase
TestLasting.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)


def candidate(number: int, **more: object) -> Candidate:
    known = {
        "journey_id": UUID(int=number),
        "opened_at": datetime(2026, 12, 1, tzinfo=UTC),
        "activity": Activity.UNEMPLOYED,
        "never_worked": False,
        "out_of_work_since": None,
        "barriers": 0,
    }
    return Candidate(**{**known, **more})  # type: ignore[arg-type]  # a test's own words


candidates = st.lists(
    st.builds(
        Candidate,
        journey_id=st.uuids(),
        opened_at=st.integers(0, 700).map(lambda days: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=days)),
        activity=st.sampled_from(list(Activity)),
        never_worked=st.booleans(),
        out_of_work_since=st.none() | st.dates(date(2010, 1, 1), FIRST),
        barriers=st.integers(0, 12),
    ),
    max_size=12,
    unique_by=lambda each: each.journey_id,
)


@given(candidates, st.randoms())
def test_the_order_is_one_whatever_order_they_come_in(found: list[Candidate], chance: object) -> None:
    places = furthest_first(found, FIRST)
    mixed = list(found)
    chance.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis' own Random
    assert furthest_first(mixed, FIRST) == places
    assert [each.number for each in places] == list(range(1, len(found) + 1))
    assert all(one.points >= other.points for one, other in itertools.pairwise(places))


@given(st.integers(0, 10), st.integers(1, 5))
def test_more_in_the_way_never_puts_somebody_further_back(barriers: int, more: int) -> None:
    one, other = candidate(1, barriers=barriers), candidate(2, barriers=barriers + more)
    first = furthest_first([one, other], FIRST)[0]
    assert first.candidate is (other if barriers < 5 else one)


def test_who_waits_longest_comes_first_of_equals() -> None:
    early = candidate(9, opened_at=datetime(2026, 11, 1, tzinfo=UTC))
    assert [each.candidate for each in furthest_first([candidate(1), early], FIRST)] == [early, candidate(1)]


@pytest.mark.parametrize(
    ("since", "words", "points"),
    [
        ("2026-12-01", "Out of work for less than 6 months", 1),
        ("2026-06-07", "Out of work for 6 months or more", 2),
        ("2025-12-07", "Out of work for a year or more", 3),
        ("2024-12-08", "Out of work for a year or more", 3),
        ("2024-12-07", "Out of work for 2 years or more", 4),
        ("2021-12-07", "Out of work for 5 years or more", 5),
    ],
)
def test_how_long_out_of_work(since: str, words: str, points: int) -> None:
    (ground,) = distance.grounds(candidate(1, out_of_work_since=date.fromisoformat(since)), FIRST)
    assert (ground.words, ground.points) == (words, points)


@pytest.mark.parametrize(
    ("today", "phase"),
    [("2026-12-20", Phase.HERE_FIRST), ("2026-12-21", Phase.OPEN_TO_ALL), ("2027-02-02", Phase.CLOSED)],
)
def test_to_others_from_their_day_on(today: str, phase: Phase) -> None:
    days = (date(2026, 12, 21), date(2027, 2, 1), date.fromisoformat(today))
    assert offers.phase("open", *days) is phase
    assert offers.phase("closed", *days) is Phase.CLOSED


def test_ten_working_days_here_first_bank_holidays_left_out() -> None:
    opened = date(2026, 12, 18)
    with pytest.raises(Invalid):
        offers.check_new(opened, date(2027, 1, 5), None, opened)
    # 25 and 28 December and 1 January are bank holidays.
    offers.check_new(opened, date(2027, 1, 6), None, opened)


def test_no_step_at_all_is_still_a_stage() -> None:
    assert domain.stage_of([], []) is Stage.PREPARING
