"""The generic cell rate algorithm, on a clock of the test's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.limits import Allowance, Limiter


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def limiter(clock: Clock, quota: int = 3, window: int = 60, replicas: int = 1) -> Limiter:
    return Limiter({"read": Allowance(quota, window)}, replicas=replicas, clock=clock)


def passed(limiter: Limiter, who: str = "w") -> bool:
    standing = limiter.take(who, "read")
    assert standing is not None
    return standing.allowed


def test_as_many_at_once_as_the_quota_then_one_each_step(clock: Clock) -> None:
    limits = limiter(clock)
    assert [passed(limits) for _ in range(4)] == [True, True, True, False]
    clock.now += 19.9
    assert not passed(limits)
    clock.now += 0.2
    assert [passed(limits), passed(limits)] == [True, False]
    clock.now += 60
    assert [passed(limits) for _ in range(4)] == [True, True, True, False]


def test_what_is_left_and_when_is_told(clock: Clock) -> None:
    limits = limiter(clock)
    standings = [limits.take("w", "read") for _ in range(4)]
    assert [(s.remaining, s.seconds, s.allowed) for s in standings if s] == [
        (2, 20, True),
        (1, 40, True),
        (0, 60, True),
        (0, 20, False),
    ]
    refused = standings[-1]
    assert refused is not None
    assert dict(limits.fields("read", refused)) == {
        b"ratelimit-policy": b'"read";q=3;w=60',
        b"ratelimit": b'"read";r=0;t=20',
        b"retry-after": b"20",
    }


def test_a_refused_request_costs_nothing(clock: Clock) -> None:
    limits = limiter(clock)
    for _ in range(100):
        passed(limits)
    clock.now += 20
    assert passed(limits)


def test_callers_and_classes_are_counted_apart(clock: Clock) -> None:
    limits = limiter(clock, quota=1)
    assert passed(limits, "a")
    assert passed(limits, "b")
    assert not passed(limits, "a")
    assert limits.take("a", "urgent") is None, "a class without an allowance has no limit"


def test_replicas_share_the_quota(clock: Clock) -> None:
    limits = limiter(clock, quota=10, replicas=5)
    assert [passed(limits) for _ in range(3)] == [True, True, False]


def test_exhausted_looks_without_counting(clock: Clock) -> None:
    limits = limiter(clock, quota=1)
    assert limits.exhausted("w", "read") is None
    assert passed(limits)
    assert limits.exhausted("w", "read") is not None
    clock.now += 60
    assert limits.exhausted("w", "read") is None


def test_who_is_quiet_again_is_forgotten(clock: Clock) -> None:
    limits = limiter(clock, quota=1, window=1)
    for number in range(4000):
        passed(limits, str(number))
    clock.now += 10
    for number in range(200):
        passed(limits, f"new-{number}")
    assert len(limits._due) <= 200


@given(st.lists(st.floats(0, 30), max_size=60), st.integers(1, 10))
def test_never_more_than_twice_the_quota_in_any_window(gaps: list[float], quota: int) -> None:
    clock = Clock()
    limits = limiter(clock, quota=quota, window=30)
    times = []
    for gap in gaps:
        clock.now += gap
        if passed(limits):
            times.append(clock.now)
    for start in times:
        assert sum(start <= each < start + 30 for each in times) <= 2 * quota
