"""The clocks of rights, worked out by hand from the calendar, and who may check what."""

from datetime import date

import pytest

from kit.errors import Conflict, DomainError, Forbidden, Invalid
from services.casefile.rights import domain
from services.casefile.rights.domain import (
    Asker,
    Clock,
    Exemption,
    Ground,
    Item,
    Kind,
    Part,
    Pause,
    State,
    Step,
    Verdict,
)
from services.casefile.rights.schedule import SCHEDULE, read, standing

D = date


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (D(2026, 9, 3), D(2026, 10, 5)),  # 3 October is a Saturday
        (D(2026, 9, 1), D(2026, 10, 1)),
        (D(2027, 1, 31), D(2027, 3, 1)),  # 28 February is a Sunday
        (D(2028, 1, 31), D(2028, 2, 29)),
        (D(2026, 11, 25), D(2026, 12, 29)),  # Christmas, Boxing Day (on Monday the 28th) and a weekend
        (D(2026, 12, 4), D(2027, 1, 4)),
    ],
)
def test_one_calendar_month_to_the_next_working_day(received: date, due: date) -> None:
    assert Clock(received).due_on() == due


def test_two_months_more() -> None:
    assert Clock(D(2026, 9, 1), extended=True).due_on() == D(2026, 12, 1)
    assert Clock(D(2026, 11, 30), extended=True).due_on() == D(2027, 3, 1)  # 28 February is a Sunday


def test_it_stands_still_while_we_ask_what_they_mean() -> None:
    asked = Pause("clarification", D(2026, 9, 10))
    assert Clock(D(2026, 9, 1), [asked]).due_on() is None
    answered = Pause("clarification", D(2026, 9, 10), D(2026, 9, 17))
    assert Clock(D(2026, 9, 1), [answered]).due_on() == D(2026, 10, 8)
    twice = [answered, Pause("clarification", D(2026, 9, 20), D(2026, 9, 22))]
    assert Clock(D(2026, 9, 1), twice).due_on() == D(2026, 10, 12)  # 10 October is a Saturday


def test_it_begins_when_we_know_who_asks() -> None:
    shown = Pause("identity", D(2026, 9, 1), D(2026, 9, 15))
    assert Clock(D(2026, 9, 1), [shown]).due_on() == D(2026, 10, 15)
    # Asked on the same days: those before the beginning stop nothing twice.
    both = [shown, Pause("clarification", D(2026, 9, 10), D(2026, 9, 20))]
    assert Clock(D(2026, 9, 1), both).due_on() == D(2026, 10, 20)


def test_an_extension_is_told_within_the_first_month() -> None:
    clock = Clock(D(2026, 9, 1))
    domain.check_extension(clock, D(2026, 10, 1), "Eleven years of three services")
    with pytest.raises(Conflict):
        domain.check_extension(clock, D(2026, 10, 2), "Eleven years of three services")
    with pytest.raises(Invalid):
        domain.check_extension(clock, D(2026, 9, 2), "busy")


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("paused", [False, True])
def test_what_is_not_allowed_is_refused_with_what_is(kind: Kind, state: State, paused: bool) -> None:
    allowed = domain.allowed_from(kind, state, paused=paused, extended=False)
    if state in domain.ENDED or state is State.ERASING:
        assert allowed == []
    for step in Step:
        if step in allowed:
            domain.check_step(kind, state, step, paused=paused, extended=False)
        else:
            with pytest.raises(Conflict) as refused:
                domain.check_step(kind, state, step, paused=paused, extended=False)
            assert refused.value.extra["allowed"] == allowed


def test_a_parent_shows_that_they_may_ask() -> None:
    domain.check_asker(Asker.SELF, None)
    domain.check_asker(Asker.PARENT, "birth certificate seen; parental responsibility")
    with pytest.raises(Invalid):
        domain.check_asker(Asker.PARENT, " ")


ORDINARY = Item(Part.ORDINARY, False, frozenset({"words", "goal"}))
ABUSE = Item(Part.ABUSE, False, frozenset({"words"}))
SHARED = Item(Part.ORDINARY, True, frozenset({"words"}))
WHY = "It names her neighbour, who spoke in confidence"


@pytest.mark.parametrize(
    ("item", "roles", "guarded", "more", "refusal"),
    [
        (ORDINARY, ["reviewing_officer"], False, {}, None),
        (ORDINARY, ["safeguarding_lead"], False, {}, None),
        (ORDINARY, ["information_governance_lead"], False, {}, Forbidden),
        (ORDINARY, ["reviewing_officer"], True, {}, Forbidden),
        (ABUSE, ["reviewing_officer"], False, {"reason": WHY}, Forbidden),
        (ABUSE, ["safeguarding_lead"], False, {"reason": WHY}, None),
        (ABUSE, ["safeguarding_lead"], False, {}, Invalid),
        (SHARED, ["reviewing_officer"], False, {}, Invalid),
        (SHARED, ["reviewing_officer"], False, {"reason": WHY}, None),
        (ORDINARY, ["reviewing_officer"], False, {"verdict": Verdict.WITHHOLD, "reason": WHY}, Invalid),
        (
            ORDINARY,
            ["reviewing_officer"],
            False,
            {"verdict": Verdict.WITHHOLD, "exemption": Exemption.SERIOUS_HARM, "reason": WHY},
            None,
        ),
        (
            ORDINARY,
            ["reviewing_officer"],
            False,
            {"verdict": Verdict.REDACT, "exemption": Exemption.ANOTHER_PERSON, "reason": WHY, "fields": ["nothing"]},
            Invalid,
        ),
    ],
)
def test_who_checks_what_and_with_which_words(
    item: Item, roles: list[str], guarded: bool, more: dict[str, object], refusal: type[DomainError] | None
) -> None:
    word: dict[str, object] = {"verdict": Verdict.GIVE, "fields": (), "exemption": None, "reason": "", **more}
    if refusal is None:
        domain.check_verdict(item, "ruth", roles, guarded=guarded, **word)  # type: ignore[arg-type]  # by name
    else:
        with pytest.raises(refusal):
            domain.check_verdict(item, "ruth", roles, guarded=guarded, **word)  # type: ignore[arg-type]  # by name


def test_release_waits_for_every_service_every_item_and_a_second_person() -> None:
    domain.check_release(0, [], "ines", {"ruth"})
    domain.check_release(0, [], "ines", set())
    with pytest.raises(Conflict):
        domain.check_release(0, ["housing"], "ines", {"ruth"})
    with pytest.raises(Conflict):
        domain.check_release(1, [], "ines", {"ruth"})
    with pytest.raises(Forbidden):
        domain.check_release(0, [], "ruth", {"ruth"})


def test_a_hold_stops_every_erasure() -> None:
    domain.check_erasure(Ground.UNLAWFUL, 0, ["casework"], ["casework"])
    with pytest.raises(Conflict):
        domain.check_erasure(Ground.UNLAWFUL, 1, [], ["casework"])
    with pytest.raises(Invalid):
        domain.check_erasure(Ground.UNLAWFUL, 0, ["nonsense"], ["casework"])


def test_the_schedule_is_dated() -> None:
    text = "".join(
        f'[[schedule]]\ncode = "casework"\ntitle = "Cases"\nfrom = {day}\nyears = {years}\n'
        f'counted_from = "closed"\nstays = false\nsource = "made up"\n'
        for day, years in (("2026-04-01", 8), ("2027-04-01", 6))
    )
    lines = read(text)
    assert standing(lines, D(2027, 3, 31))["casework"].years == 8
    assert standing(lines, D(2027, 4, 1))["casework"].years == 6
    assert standing(lines, D(2026, 3, 31)) == {}
    assert standing(lines, D(2027, 4, 1))["casework"].until(D(2028, 2, 29)) == D(2034, 3, 1)


def test_every_retention_code_of_every_owner_is_in_the_schedule() -> None:
    from kit.contracts.catalogue import OWNERS
    from tests.laws.test_rights import rights_of

    known = {each.code for each in SCHEDULE}
    used = {each.rule.retention for owner in OWNERS for each in rights_of(owner).holdings.all}
    assert used <= known
