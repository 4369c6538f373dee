"""The rules of the queue: places, clocks, words, and what may not go live."""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.clock import LONDON
from kit.contracts.codes import QueueKind
from kit.errors import Invalid
from services.triage.queue import checks, domain, facts, rows, words
from services.triage.queue.domain import Band, Clock, Condition, Entry, Rule, Rules, Trigger, Until
from services.triage.queue.shapes import RulesBody
from tests.examples import examples

DELIVERED = rows.delivered().to_rules()
FRIDAY = datetime(2026, 12, 4, 16, 40, tzinfo=LONDON)


def entry(arrived: datetime = FRIDAY, own: datetime | None = None, **known: str | list[str]) -> Entry:
    return facts.entry(
        UUID(int=1), arrived, {name: [each] if isinstance(each, str) else each for name, each in known.items()}, own
    )


# Clocks ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "arrived", "due"),
    [
        (Clock("c", "c", Until.MINUTES, 90), FRIDAY, datetime(2026, 12, 4, 18, 10, tzinfo=LONDON)),
        (Clock("c", "c", Until.SAME_DAY), FRIDAY, datetime(2026, 12, 4, 23, 59, tzinfo=LONDON)),
        # A Friday evening: the weekend is not counted.
        (Clock("c", "c", Until.WORKING_DAYS, 1), FRIDAY, datetime(2026, 12, 7, 23, 59, tzinfo=LONDON)),
        # Christmas Day is a Friday in 2026, Boxing Day a Saturday with its bank holiday on the Monday.
        (
            Clock("c", "c", Until.WORKING_DAYS, 1),
            datetime(2026, 12, 24, 9, 0, tzinfo=LONDON),
            datetime(2026, 12, 29, 23, 59, tzinfo=LONDON),
        ),
        # The clocks go back that night: an hour more, and ten hours are ten hours.
        (
            Clock("c", "c", Until.MINUTES, 600),
            datetime(2026, 10, 24, 22, 0, tzinfo=LONDON),
            datetime(2026, 10, 25, 7, 0, tzinfo=LONDON),
        ),
        # Half past midnight in summer is yesterday in UTC; the day meant is London's.
        (
            Clock("c", "c", Until.SAME_DAY),
            datetime(2026, 6, 30, 23, 30, tzinfo=UTC),
            datetime(2026, 7, 1, 23, 59, tzinfo=LONDON),
        ),
        (Clock("c", "c", Until.OWN), FRIDAY, None),
    ],
)
def test_when_a_clock_runs_out(clock: Clock, arrived: datetime, due: datetime | None) -> None:
    found = domain.due_at(clock, arrived)
    assert found == due
    if clock.until is Until.MINUTES:
        assert found is not None
        assert (found.astimezone(UTC) - arrived.astimezone(UTC)) == timedelta(minutes=clock.amount)


def test_a_clock_moves_who_waits_at_the_minutes_that_the_rules_name() -> None:
    roofless = entry(tonight="friends_or_family", homelessness="suggested", urgency="routine", kind="contact")
    at = {
        "now": domain.place(DELIVERED, roofless, FRIDAY),
        "four hours left": domain.place(DELIVERED, roofless, FRIDAY.replace(hour=19, minute=59)),
        "an hour left": domain.place(DELIVERED, roofless, FRIDAY.replace(hour=22, minute=59)),
    }
    assert [DELIVERED.bands[each.band].code for each in at.values()] == ["in_turn", "today", "now"]
    assert at["now"].next_step == FRIDAY.replace(hour=19, minute=59)
    assert at["four hours left"].next_step == FRIDAY.replace(hour=22, minute=59)
    assert at["an hour left"].next_step is None
    assert DELIVERED.team_of(roofless.facts) == "housing_options"


def test_a_concern_brings_its_own_clock() -> None:
    due = FRIDAY + timedelta(hours=24)
    amber = entry(own=due, kind="safeguarding", level="amber", urgency="today")
    assert domain.place(DELIVERED, amber, FRIDAY).due_at == due
    assert DELIVERED.bands[domain.place(DELIVERED, amber, due - timedelta(minutes=60)).band].code == "now"


# Places ---------------------------------------------------------------------------------------------------

_FACTS = st.dictionaries(
    st.sampled_from(["domain", "tonight", "sign", "urgency"]),
    st.sets(st.sampled_from(["a", "b", "c", "d"]), min_size=1),
    max_size=4,
)
_CONDITION = st.builds(
    Condition,
    st.sampled_from(["domain", "tonight", "sign", "urgency"]),
    st.frozensets(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=2),
)
_WHEN = st.lists(_CONDITION, max_size=2).map(tuple)
_CLOCKS = st.lists(
    st.builds(
        Clock,
        st.sampled_from(["x", "y"]),
        st.just("t"),
        st.sampled_from([Until.MINUTES, Until.SAME_DAY, Until.WORKING_DAYS]),
        st.integers(1, 5),
        when=_WHEN,
    ),
    max_size=2,
    unique_by=lambda clock: clock.code,
).map(tuple)
_TRIGGER = st.none() | st.builds(Trigger, st.sampled_from(["any", "x", "y"]), st.integers(0, 600))
_RULES = st.lists(
    st.builds(Rule, st.just("r"), st.just("w"), _WHEN, _TRIGGER, st.sampled_from(["one", "two"]))
    | st.builds(Rule, st.just("r"), st.just("w"), _WHEN, _TRIGGER, head_start=st.integers(1, 5000)),
    max_size=6,
).map(tuple)
_SETS = st.builds(
    Rules, st.just((Band("one", "1"), Band("two", "2"), Band("rest", "3"))), _RULES, _CLOCKS
)  # fmt: skip
_MOMENTS = st.integers(0, 8 * 24 * 60).map(lambda minutes: FRIDAY + timedelta(minutes=minutes))


@settings(max_examples=examples(20, 200), deadline=None)
@given(_SETS, _FACTS, _FACTS, _MOMENTS)
def test_what_someone_tells_never_puts_them_back(rules: Rules, told: Any, more: Any, now: datetime) -> None:
    both = {name: frozenset(told.get(name, set()) | more.get(name, set())) for name in {*told, *more}}
    less = Entry(UUID(int=1), FRIDAY, {name: frozenset(values) for name, values in told.items()})
    whole = Entry(UUID(int=1), FRIDAY, both)
    before, after = domain.place(rules, less, now), domain.place(rules, whole, now)
    assert domain.order(after, whole.id) <= domain.order(before, less.id)


@settings(max_examples=examples(20, 200), deadline=None)
@given(_SETS, _FACTS, _MOMENTS, _MOMENTS)
def test_time_alone_changes_a_place_only_at_the_moments_named_and_only_forward(
    rules: Rules, known: Any, one: datetime, other: datetime
) -> None:
    sooner, later = sorted((one, other))
    waiting = Entry(UUID(int=1), FRIDAY, {name: frozenset(values) for name, values in known.items()})
    before, after = domain.place(rules, waiting, sooner), domain.place(rules, waiting, later)
    assert domain.order(after, waiting.id) <= domain.order(before, waiting.id)
    if before.next_step is None or later < before.next_step:
        assert domain.order(after, waiting.id) == domain.order(before, waiting.id)
    else:
        assert sooner < before.next_step <= later


# Words ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "less than a minute"), (59, "59 min"), (130, "2 h 10 min"), (1440, "1 day"), (3000, "2 days 2 h")],
)
def test_lengths_of_time_in_words(minutes: int, said: str) -> None:
    assert words.span(timedelta(minutes=minutes)) == said


def test_a_card_says_why_and_what_would_change_it() -> None:
    known = entry(homelessness="suggested", domain="housing", urgency="this_week", kind="contact", named="no")
    now = FRIDAY + timedelta(minutes=95)
    placed = domain.place(DELIVERED, known, now)
    assert words.why(DELIVERED, known, placed, now) == [
        "It stands under “In turn”: no rule puts it further forward.",
        "It has waited 1 h 35 min, since Friday 4 December at 16:40.",
        "It counts as having waited 2 days longer, because help is needed within a week.",
        "It counts as having waited 1 day longer, because something said suggests that they may be homeless, or lose "
        "their home within 56 days.",
        "So it counts as waiting since Tuesday 1 December at 16:40.",
    ]
    would = words.would_change(DELIVERED, known, placed, QueueKind.CONTACT)
    assert would[:2] == [
        "On Friday 4 December at 19:59: it stands under “Today”, because a clock has four hours or less to run.",
        "On Friday 4 December at 22:59: it stands under “Now”, because a clock has an hour or less to run.",
    ]
    assert "If help is needed immediately: it stands under “Now”." in would
    assert would[-1] == words.LEAVES[QueueKind.CONTACT]
    assert words.clock(placed.clocks[0], now) == (
        "Application for help with homelessness opened: due Friday 4 December at 23:59, 5 h 44 min left"
        " (Housing Act 1996 ss183, 184 and 188)"
    )


# What may go live -----------------------------------------------------------------------------------------


def test_the_rules_as_delivered_may_go_live() -> None:
    assert list(checks.faults(DELIVERED, facts.KNOWN)) == []


def _changed(change: Any) -> Rules:
    body = copy.deepcopy(rows.delivered().model_dump(mode="json"))
    change(body)
    return RulesBody.model_validate(body).to_rules()


def _rule(**more: Any) -> dict[str, Any]:
    return {"code": "new", "words": "so", "when": [{"fact": "domain", "any_of": ["money"]}], **more}


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("code-once", lambda body: body["rules"].append({**body["rules"][0]})),
        ("two-bands", lambda body: body.update(bands=body["bands"][:1])),
        ("one-effect", lambda body: body["rules"].append(_rule())),
        ("one-effect", lambda body: body["rules"].append(_rule(band="now", head_start=5))),
        ("known-band", lambda body: body["rules"].append(_rule(band="soon"))),
        ("only-forward", lambda body: body["rules"].append(_rule(head_start=999_999))),
        ("holds-for-some", lambda body: body["rules"].append(_rule(head_start=5, when=[]))),
        ("known-clock", lambda body: body["rules"].append(_rule(band="now", clock={"clock": "z", "minutes": 5}))),
        ("known-fact", lambda body: body["rules"].append(_rule(band="now", when=[{"fact": "age", "any_of": ["a"]}]))),
        ("known-value", lambda body: body["rules"].append(
            _rule(band="now", when=[{"fact": "tonight", "any_of": ["x"]}]))),
        ("missing", lambda body: body["rules"].append(_rule(band="now", when=[{"fact": "tonight", "any_of": []}]))),
        ("never-a-ground", lambda body: body["rules"].append(
            _rule(head_start=5, when=[{"fact": "domain", "any_of": ["immigration"]}]))),
        ("can-hold", lambda body: body["rules"].append(_rule(head_start=5, when=[
            {"fact": "urgency", "any_of": ["today"]}, {"fact": "urgency", "any_of": ["routine"]}]))),
        ("band-in-use", lambda body: body["bands"].insert(1, {"code": "soon", "title": "Soon"})),
        ("danger-first", lambda body: body["rules"].pop(0)),
        ("danger-first", lambda body: body["rules"][0]["when"].append({"fact": "named", "any_of": ["yes"]})),
        ("clock-is-seen", lambda body: body["rules"].pop(1)),
        ("missing", lambda body: body["clocks"][2].update(amount=0)),
        ("fits-until", lambda body: body["clocks"][1].update(amount=3)),
        ("too-long", lambda body: body["clocks"][2].update(amount=61)),
    ],
)  # fmt: skip
def test_what_may_not_go_live(rule: str, change: Any) -> None:
    found = {each.rule for each in checks.faults(_changed(change), facts.KNOWN)}
    assert rule in found
    with pytest.raises(Invalid):
        checks.check(_changed(change), facts.KNOWN)
