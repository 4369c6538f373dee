"""The rules of plans by themselves: what differs between versions, what becomes of entries, what is shared."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kit.errors import Conflict, Invalid
from services.casefile.plans import domain
from services.casefile.plans.domain import ActionStatus, GoalStatus, LeftOut, PlanStatus, Whose
from tests.examples import examples

ENTRIES = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from("abcd"),
            "part": st.sampled_from(["inside", "abuse"]),
            "words": st.sampled_from(["rent", "job"]),
            "due_on": st.sampled_from([None, "2026-12-11"]),
        }
    ),
    unique_by=lambda each: each["id"],
    max_size=4,
)
VERSIONS = st.fixed_dictionaries({"goals": ENTRIES, "actions": ENTRIES})


def applied(before: Any, changes: list[domain.Change]) -> dict[str, dict[str, Any]]:
    """The version that these changes lead to: what each entry says, by kind and id."""
    found = {f"{kind}/{each['id']}": dict(each) for kind in before for each in before[kind]}
    for change in changes:
        key = f"{change.kind}/{change.id}"
        if change.now is None:
            del found[key]
        else:
            found[key] = {**found.get(key, {}), **change.now}
    return found


def said(version: Any) -> dict[str, dict[str, Any]]:
    """Without what nobody agrees to."""
    found = applied(version, [])
    return {key: {name: value for name, value in each.items() if name != "part"} for key, each in found.items()}


@settings(max_examples=examples(40, 1000), deadline=None)
@given(VERSIONS, VERSIONS)
def test_what_differs_leads_from_one_version_to_the_other(before: Any, after: Any) -> None:
    changes = domain.compare(before, after)
    reached = applied(before, changes)
    assert {key: {n: v for n, v in each.items() if n != "part"} for key, each in reached.items()} == said(after)
    assert (changes == []) == (said(before) == said(after))
    back = domain.compare(after, before)
    assert sorted(seen(each.kind, each.id, each.was, each.now) for each in back) == sorted(
        seen(each.kind, each.id, each.now, each.was) for each in changes
    )


def seen(*change: Any) -> str:
    return domain.canonical({str(number): part for number, part in enumerate(change)})


@settings(max_examples=examples(20, 500), deadline=None)
@given(VERSIONS, VERSIONS)
def test_a_digest_is_of_what_was_agreed(one: Any, other: Any) -> None:
    assert (domain.digest_of(one) == domain.digest_of(other)) == (one == other)


class Entry(RuleBasedStateMachine):
    """A goal and an action through whatever is said of them: what is allowed happens, and nothing else."""

    @initialize()
    def begin(self) -> None:
        self.goal, self.action = GoalStatus.OPEN, ActionStatus.TO_DO

    @rule(to=st.sampled_from(GoalStatus))
    def take_goal(self, to: GoalStatus) -> None:
        if to in domain.goal_allowed(self.goal):
            domain.check_goal_step(self.goal, to)
            self.goal = to
            return
        with pytest.raises(Conflict) as refused:
            domain.check_goal_step(self.goal, to)
        assert refused.value.extra["allowed"] == domain.goal_allowed(self.goal)

    @rule(to=st.sampled_from(ActionStatus))
    def take_action(self, to: ActionStatus) -> None:
        if to in domain.action_allowed(self.action):
            domain.check_action_step(self.action, to)
            self.action = to
            return
        with pytest.raises(Conflict) as refused:
            domain.check_action_step(self.action, to)
        assert refused.value.extra["allowed"] == domain.action_allowed(self.action)

    @invariant()
    def whatever_was_said_can_be_taken_back(self) -> None:
        assert self.goal is GoalStatus.OPEN or domain.goal_allowed(self.goal) == [GoalStatus.OPEN]
        ended = {ActionStatus.DONE, ActionStatus.DROPPED}
        assert not ended & set(domain.action_allowed(self.action)) or self.action not in ended


TestEntry = Entry.TestCase
TestEntry.settings = settings(max_examples=examples(10, 200), stateful_step_count=10, deadline=None)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Ring the IDVA at the refuge", ["idva", "refuge"]),
        ("Go to Women's Aid on Monday", ["women's aid"]),
        ("Apply for a non-molestation order", ["non-molestation"]),
        ("See my probation officer", ["probation"]),
        ("Stop DRINKING", ["drinking"]),
        ("Leave him", ["leave him"]),
        ("Home Office reference", ["home office"]),
        ("Pay the rent, ring the landlord, learn to swim", []),
        ("A courtyard, grapes, policy and a Dashwood", []),
    ],
)
def test_words_that_would_tell_whoever_looks_over_a_shoulder(words: str, found: list[str]) -> None:
    assert domain.telling([None, words]) == found


@pytest.mark.parametrize(
    ("part", "words", "shown", "readable", "why"),
    [
        ("inside", "Pay the rent", None, True, None),
        ("abuse", "Pay the rent", "Pay the rent", True, LeftOut.COMPARTMENT),
        ("inside", "Leave him", None, True, LeftOut.TELLING_WORDS),
        ("inside", "Leave him", "A home of my own", True, None),
        ("inside", "Leave him", "Leave him quietly", True, LeftOut.TELLING_WORDS),
        ("inside", "Waxaan rabaa", None, False, LeftOut.NOT_IN_ENGLISH),
        ("inside", "Waxaan rabaa", "A home", False, None),
    ],
)
def test_what_a_shared_copy_leaves_out(
    part: str, words: str, shown: str | None, readable: bool, why: LeftOut | None
) -> None:
    assert domain.left_out(part, [words], shown, readable=readable) is why


def test_an_action_is_never_more_open_than_its_goal() -> None:
    assert domain.check_part("inside", None) == "inside"
    assert domain.check_part("abuse", None) == "abuse"
    assert domain.check_part("abuse", "inside") == "abuse"
    assert domain.check_part("inside", "abuse") == "abuse"
    with pytest.raises(Invalid):
        domain.check_part("crime", "abuse")


def test_days_owners_and_what_has_ended() -> None:
    today = date(2026, 12, 4)
    assert domain.check_day(None, today, "/on") == today
    assert domain.check_day(date(2026, 12, 3), today, "/on") == date(2026, 12, 3)
    with pytest.raises(Invalid):
        domain.check_day(date(2026, 12, 5), today, "/on")
    domain.check_owner(Whose.OURS, "tom", None)
    domain.check_owner(Whose.PARTNERS, None, object())
    for whose, worker, organisation in ((Whose.THEIRS, "tom", None), (Whose.OURS, None, object())):
        with pytest.raises(Invalid):
            domain.check_owner(whose, worker, organisation)
    domain.check_living(PlanStatus.AGREED, "agree")
    with pytest.raises(Conflict):
        domain.check_living(PlanStatus.ENDED, "change")


def test_which_part_it_is_in_is_nothing_that_anybody_agrees_to() -> None:
    entry = {"id": "a", "part": "inside", "words": "rent"}
    sealed: Any = {"goals": [{**entry, "part": "abuse"}], "actions": []}
    assert domain.compare({"goals": [entry], "actions": []}, sealed) == []
