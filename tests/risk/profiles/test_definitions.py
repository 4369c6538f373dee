"""The definitions as delivered, and the language they are written in."""

from datetime import date
from typing import Any

import pytest

from kit.errors import Conflict, DomainError, Forbidden
from services.risk.profiles.catalogue import DEFINITIONS, book, read
from services.risk.profiles.delicate import ABUSE, DELICATE
from services.risk.profiles.domain import (
    Beside,
    DisputeState,
    Role,
    check_resolver,
    months_before,
    read_definition,
    rule_as_data,
    rulebook,
    settle,
    shows_abuse,
    stands_aside,
)
from services.risk.sources.kinds import KINDS

A_DEFINITION: dict[str, Any] = {
    "code": "debt",
    "version": 1,
    "valid_from": date(2024, 1, 1),
    "role": "factor",
    "attribute": "Circumstance",
    "title": "Owes money",
    "weight": 2,
    "lowers": "Paying it",
    "measure": "level",
    "kinds": ["debt.total"],
    "months": 6,
    "amount": 100,
}


def test_every_definition_stands_on_kinds_that_exist_and_says_what_would_lower_it() -> None:
    assert 18 <= len(book(date(2026, 12, 7)).definitions) <= 30
    for each in DEFINITIONS:
        assert each.rule.reads <= set(KINDS), each.code
        assert all(KINDS[kind].allows(value) for kind in each.rule.kinds for value in each.rule.values), each.code
        assert bool(each.lowers) == (each.role is not Role.PROTECTIVE), each.code
        assert each.title[0].isupper()
        assert not each.title.endswith(".")


def test_the_combination_of_the_mission_can_be_told() -> None:
    codes = {each.code for each in DEFINITIONS}
    assert {
        "private_rent",
        "low_or_no_pay",
        "debt",
        "rising_debt",
        "shock_mental_health",
        "shock_domestic_abuse",
    } <= codes
    assert {each.code for each in DEFINITIONS if each.role is Role.PROTECTIVE} >= {"stable_tenancy", "in_work"}


def test_a_perpetrator_is_no_shock_of_the_home() -> None:
    abuse = [each for each in DEFINITIONS if each.code in ABUSE]
    assert abuse
    assert all(each.rule.values and "perpetrator" not in each.rule.values for each in abuse)
    assert ABUSE <= DELICATE


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"measure": "guess"}, "guess"),
        ({"kinds": []}, "no kinds"),
        ({"months": None}, "needs months"),
        ({"amount": None}, "needs an amount"),
        ({"lowers": ""}, "what would lower it"),
        ({"code": "debt'; drop table fact"}, "lower case"),
        ({"kinds": ["debt' or true --"]}, "lower case"),
        ({"valid_to": date(2023, 1, 1)}, "ends before"),
        ({"unless": [{"kinds": ["rent.notice"], "months": 1}]}, "only standing"),
        ({"color": "red"}, "color"),
    ],
)
def test_a_wrong_definition_is_refused_by_name(change: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match="definition .*" + says):
        read_definition({**A_DEFINITION, **change})


def test_two_versions_never_hold_at_once() -> None:
    text = """
    [[definition]]
    code = "debt"
    version = {version}
    valid_from = {since}
    role = "factor"
    attribute = "Circumstance"
    title = "Owes money"
    weight = 2
    lowers = "Paying it"
    measure = "level"
    kinds = ["debt.total"]
    months = 6
    amount = 100
    {more}
    """
    first = text.format(version=1, since="2024-01-01", more="valid_to = 2025-01-01")
    second = text.format(version=2, since="2025-01-01", more="")
    assert len(read([first, second])) == 2
    with pytest.raises(ValueError, match="begins before"):
        read([text.format(version=1, since="2024-01-01", more=""), second])
    with pytest.raises(ValueError, match="stands twice"):
        read([first, first])


def test_a_day_has_its_own_rules() -> None:
    old = read_definition({**A_DEFINITION, "valid_to": date(2025, 1, 1)})
    new = read_definition({**A_DEFINITION, "version": 2, "valid_from": date(2025, 1, 1), "amount": 500})
    before, after = rulebook([old, new], date(2024, 12, 31)), rulebook([old, new], date(2025, 1, 1))
    assert (before["debt"].rule.amount, after["debt"].rule.amount) == (10_000, 50_000)
    assert before.version < after.version
    # Before there were any rules the first ones are all there is.
    assert rulebook([old, new], date(2020, 1, 1))["debt"].version == 1


def test_rules_are_told_as_data() -> None:
    told = rule_as_data(read_definition(A_DEFINITION).rule)
    assert (told["measure"], told["kinds"], told["months"], told["amount"]) == ("level", ("debt.total",), 6, 10_000)
    assert "slope" not in told


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 12, 7), 6, date(2026, 6, 7)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 15), 12, date(2025, 1, 15)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
    ],
)
def test_months_before(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before


def test_a_factor_comes_back_by_newer_facts_alone() -> None:
    disputed = date(2026, 12, 7)
    assert stands_aside(DisputeState.OPEN, disputed, disputed)
    assert not stands_aside(DisputeState.UPHELD, disputed, date(2026, 12, 8))
    assert not stands_aside(DisputeState.REJECTED, disputed, date(2026, 1, 1))


def test_a_dispute_is_settled_once_and_by_somebody_else() -> None:
    check_resolver("a", "b")
    with pytest.raises(Forbidden):
        check_resolver("a", "a")
    assert settle(DisputeState.SET_ASIDE, DisputeState.UPHELD) is DisputeState.UPHELD
    with pytest.raises(Conflict):
        settle(DisputeState.UPHELD, DisputeState.REJECTED)
    with pytest.raises(DomainError):
        settle(DisputeState.OPEN, DisputeState.SET_ASIDE)


@pytest.mark.parametrize(
    ("purpose", "named", "linked", "perpetrator", "lives_here", "shown"),
    [
        ("domestic_abuse", False, False, False, True, True),
        ("domestic_abuse", True, True, True, True, False),
        ("safeguarding", True, True, True, False, False),
        ("domestic_abuse", True, True, False, True, True),
        ("domestic_abuse", True, False, False, True, False),
        ("domestic_abuse", True, False, False, False, True),
        ("universal_support", False, False, False, False, False),
        ("universal_support", True, True, False, True, True),
        ("universal_support", True, True, True, True, False),
    ],
)
def test_who_may_be_shown_abuse(
    purpose: str, named: bool, linked: bool, perpetrator: bool, lives_here: bool, shown: bool
) -> None:
    assert shows_abuse(purpose, Beside(named, linked, perpetrator), perpetrator_lives_here=lives_here) is shown
