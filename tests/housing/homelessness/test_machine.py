"""The duties as a machine: whole, cited, without a dead end, and ending relief by itself in one case alone."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.resources import files
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.errors import Conflict, Invalid
from services.housing.homelessness.decisions.letters import missing_letters
from services.housing.homelessness.law import machine as machines
from services.housing.homelessness.law.clocks import LAW, days_left
from services.housing.homelessness.law.machine import BESIDE, MACHINE, SAME, Facts, Transition, move
from tests.examples import examples

TODAY = date(2026, 12, 4)
ANSWERS = {
    "eligible": ("yes", "no", "unknown"),
    "homelessness": ("homeless", "threatened", "neither", "unknown"),
    "priority": ("yes", "no", "unknown"),
    "intentional": ("yes", "no", "unknown"),
    "relief_days_passed": ("yes", "no"),
    "notice": ("yes", "no"),
}
EVERYTHING: dict[str, str | int | None] = {
    "suitable": "yes",
    "informed": "yes",
    "prospect_months": 12,
    "reason_to_believe": "yes",
    "plan_given": "yes",
    "warned": "yes",
    "prevention_days_passed": "yes",
    "connection_here": "no",
    "connection_there": "yes",
    "violence_there": "no",
    "review_open": "yes",
    "provided": "yes",
    "protected": "no",
}


def worlds() -> Iterator[Facts]:
    """Every combination of what can be found."""
    for values in product(*ANSWERS.values()):
        yield {**EVERYTHING, **dict(zip(ANSWERS, values, strict=True)), "interim": "no", "pending_review": "no"}


def test_every_step_and_duty_cites_its_section() -> None:
    cited = {each.code: each.section for each in MACHINE.transitions.values()}
    cited |= {each.code: each.section for each in MACHINE.duties.values()}
    cited |= {each.code: each.section for each in MACHINE.guards.values()}
    assert not [code for code, section in cited.items() if not re.search(r"Act|Code of Guidance|SI \d", section)]


def test_no_position_is_without_a_way_in_and_a_way_out_that_an_officer_can_take() -> None:
    reached = {"referral", "approach"}
    while more := {
        each.to
        for each in MACHINE.transitions.values()
        if each.to != SAME and reached & {*each.from_} and each.to not in reached
    }:
        reached |= more
    assert reached == set(MACHINE.positions)
    for name, position in MACHINE.positions.items():
        ways = [each for each in MACHINE.transitions.values() if name in each.from_ and each.to not in (SAME, name)]
        assert bool(ways) != position.final, name
        assert position.final or any(not each.clock for each in ways), name


def test_whatever_is_found_an_officer_has_a_way_out_of_every_position() -> None:
    """No combination of findings leaves an application where nothing can be decided about it."""
    for name, position in MACHINE.positions.items():
        if position.final:
            continue
        for facts in worlds():
            ready = [each for each in MACHINE.open_from(name, facts, TODAY) if not each.missing]
            assert [each for each in ready if each.transition.to != SAME], (name, facts)


def test_relief_ends_by_itself_only_with_priority_need_and_not_intentionally() -> None:
    ended = 0
    for facts in worlds():
        for name in MACHINE.positions:
            found = MACHINE.by_clock(name, facts, TODAY)
            due = (
                name == "relief"
                and facts["relief_days_passed"] == "yes"
                and facts["priority"] == "yes"
                and facts["intentional"] == "no"
                and facts["eligible"] == "yes"
                and facts["homelessness"] == "homeless"
            )
            assert (found is not None) == due, (name, facts)
            ended += due
    assert ended == 2


@pytest.mark.parametrize(
    ("priority", "intentional", "after_relief", "from_decision"),
    [
        ("yes", "no", "relief_to_main", "main_owed"),
        ("yes", "yes", "relief_to_intentional", "intentional"),
        ("no", "no", "relief_no_priority", "no_priority"),
        ("no", "yes", "relief_no_priority", "no_priority"),
        ("unknown", "no", None, None),
        ("yes", "unknown", None, None),
    ],
)
def test_the_second_decision_is_one_and_waits_until_everything_is_found(
    priority: str, intentional: str, after_relief: str | None, from_decision: str | None
) -> None:
    facts: Facts = {
        "eligible": "yes",
        "homelessness": "homeless",
        "priority": priority,
        "intentional": intentional,
        "relief_days_passed": "yes",
        "protected": "no",
        "interim": "no",
        "pending_review": "no",
    }
    for position, expected in (("relief", after_relief), ("decision", from_decision)):
        ready = {
            each.transition.code
            for each in MACHINE.open_from(position, facts, TODAY)
            if not each.missing and not each.transition.code.endswith(("withdrawn", "lost_contact"))
        }
        assert ready == ({expected} if expected else set())


def test_what_ends_a_duty_holds_only_once_they_were_told_but_for_what_begins_another() -> None:
    """Nothing that takes help away holds before they know of it; what is made at once gives, or they asked for it."""
    for each in MACHINE.transitions.values():
        if each.effect == "made" and each.ends and not each.starts:
            assert each.code == "withdrawn", each.code


@st.composite
def _facts(draw: st.DrawFn) -> Facts:
    base: dict[str, str | int | None] = {name: draw(st.sampled_from(values)) for name, values in ANSWERS.items()}
    more = {name: draw(st.sampled_from((value, None, "no"))) for name, value in EVERYTHING.items()}
    return {**more, **base}


@pytest.mark.full
@settings(max_examples=examples(25, 1000), deadline=None)
@given(st.lists(st.tuples(_facts(), st.integers(0, 99)), max_size=12))
def test_whatever_is_decided_a_position_has_its_own_duty_and_no_other(steps: list[tuple[Facts, int]]) -> None:
    position, live = "approach", set[str]()
    for facts, chosen in steps:
        known = {**facts, **{each: "yes" if each in live else "no" for each in BESIDE}}
        ready = [each.transition for each in MACHINE.open_from(position, known, TODAY) if not each.missing]
        if not ready:
            continue
        step: Transition = ready[chosen % len(ready)]
        done = move(step, position, live)
        assert not set(done.starts) & (live - set(done.ends)), step.code
        live = (live - set(done.ends)) | set(done.starts)
        position = done.position
        own = MACHINE.positions[position].duty
        assert live - BESIDE == ({own} if own else set()), (step.code, live)
        # Once a case is closed nothing is owed but what a review keeps up.
        assert not MACHINE.positions[position].final or live <= {"pending_review"}, (step.code, live)


def test_a_step_out_of_place_names_those_allowed_and_one_too_soon_names_rule_and_section() -> None:
    with pytest.raises(Conflict) as impossible:
        MACHINE.check("main_part6_accepted", "relief", EVERYTHING, TODAY)
    assert "relief_secured" in impossible.value.extra["allowed"]
    facts: Facts = {**EVERYTHING, "relief_days_passed": "no", "priority": "no"}
    with pytest.raises(Invalid) as early:
        MACHINE.check("relief_no_priority", "relief", facts, TODAY)
    (fault,) = early.value.errors
    assert fault.rule == "relief-days-passed"
    assert "s189B(4)" in fault.detail


def test_a_machine_at_fault_is_never_started() -> None:
    text = files("services.housing.homelessness.law").joinpath("duties.toml").read_text(encoding="utf-8")
    broken = text.replace('ends = { relief = "days_passed", interim = "main_duty", pending_review = "decided" }', "")
    assert broken != text
    with pytest.raises(ValueError, match="leaves relief and does not end relief"):
        machines.read(broken, LAW)


def test_every_decision_has_its_letter() -> None:
    assert missing_letters() == set()


@pytest.mark.parametrize(
    ("code", "start", "last"),
    [
        ("relief", date(2026, 12, 4), date(2027, 1, 28)),
        ("prevention", date(2026, 5, 1), date(2026, 6, 25)),
        ("relief", date(2028, 1, 4), date(2028, 2, 28)),
        ("ask_for_review", date(2026, 12, 4), date(2026, 12, 24)),
        ("main_decision", date(2026, 12, 18), date(2027, 1, 13)),
    ],
)
def test_clocks_to_the_day(code: str, start: date, last: date) -> None:
    assert LAW.clock(code, start).last_day(start) == last
    assert days_left(last, last) == 1
    assert days_left(last, last + timedelta(days=1)) == 0


@pytest.mark.parametrize(
    ("code", "weeks"),
    [
        ("relief_steps", 3),
        ("prevention_ended", 3),
        ("prevention_steps", 3),
        ("non_cooperation_prevention", 3),
        ("eligibility", 8),
        ("duty", 8),
        ("relief_ended", 8),
        ("suitability", 8),
        ("referral_joint", 10),
        ("referral_appointed_person", 12),
    ],
)
def test_reviews_take_their_weeks(code: str, weeks: int) -> None:
    assert LAW.review(code, TODAY).due(TODAY) == TODAY + timedelta(days=7 * weeks)


def test_the_law_of_a_day_is_that_of_the_day() -> None:
    assert LAW.clock("threatened", date(2018, 4, 2)).days == 28
    assert LAW.clock("threatened", date(2018, 4, 3)).days == 56
    with pytest.raises(Invalid, match="2018-04-03"):
        LAW.clock("relief", date(2018, 4, 2))
    assert LAW.notice("s21_legacy", "private", date(2026, 4, 30)) is not None
    assert LAW.notice("s21_legacy", "private", date(2026, 5, 1)) is None
    assert LAW.notice("s8", "private", date(2026, 4, 30)) is None
    assert LAW.notice("s8", "private", date(2026, 5, 1)) is not None
    assert "domestic_abuse" not in LAW.priorities_on(date(2021, 7, 4))
    assert "domestic_abuse" in LAW.priorities_on(date(2021, 7, 5))
