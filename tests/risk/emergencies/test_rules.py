"""What an emergency list may be, and who must look at it and sign it."""

from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from kit.errors import Conflict, Forbidden, Invalid
from services.risk.emergencies import domain
from services.risk.emergencies.catalogue import templates
from services.risk.emergencies.domain import Checked, Criteria, Group, Kind, Standing, Verdict

TODAY = date(2026, 12, 7)


def test_criteria_are_delivered_for_cold_heat_and_outbreak() -> None:
    assert set(templates()) == set(Kind) == set(domain.OFFERS)
    assert domain.sentence(templates()[Kind.COLD].criteria) == (
        "Homes with somebody aged 75 or more; or somebody aged 65 or more and one adult alone; or a child under 5 and"
        " one adult alone"
    )


@pytest.mark.parametrize("told", [{}, {"adults_at_most": 1}, {"factor": "shock_domestic_abuse"}, {"aged_at_least": 20}])
def test_a_group_says_an_age_or_a_tenure_and_nothing_delicate(told: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Criteria.model_validate({"any_of": [told]})
    Group.model_validate({"aged_at_least": 70})


@pytest.mark.full
@pytest.mark.parametrize(
    ("starts", "ends", "rule"),
    [(3, 1, "order-of-days"), (-9, -1, "near"), (15, 20, "near"), (0, 29, "short")],
)
def test_an_emergency_is_near_and_short(starts: int, ends: int, rule: str) -> None:
    with pytest.raises(Invalid) as refused:
        domain.check_days(TODAY + timedelta(starts), TODAY + timedelta(ends), TODAY)
    assert refused.value.errors[0].rule == rule
    domain.check_days(TODAY, TODAY + timedelta(5), TODAY)


def test_the_second_look_is_anothers_and_of_the_whole_sample() -> None:
    with pytest.raises(Forbidden):
        domain.check_second_look(Standing.DRAFTED, author="one", checker="one")
    with pytest.raises(Conflict):
        domain.check_second_look(Standing.CHECKED, author="one", checker="two")
    for verdicts in ({"a": Verdict.RIGHT}, {"a": Verdict.RIGHT, "b": Verdict.RIGHT, "c": Verdict.WRONG}):
        with pytest.raises(Invalid):
            domain.judged(["a", "b"], verdicts)
    told = domain.judged(["a", "b"], {"a": Verdict.RIGHT, "b": Verdict.UNSURE})
    assert (told.looked_at, told.wrong, told.unsure) == (2, 0, 1)
    assert told.right_between[0] < 0.5 < told.right_between[1]


def test_a_signature_is_anothers_after_a_second_look_that_found_few_wrong() -> None:
    good, bad = Checked(20, 4, 0), Checked(20, 5, 0)
    domain.check_signature(Standing.CHECKED, good, author="one", signer="two", listed=100)
    with pytest.raises(Forbidden):
        domain.check_signature(Standing.CHECKED, good, author="one", signer="one", listed=100)
    for standing, checked, listed in (
        (Standing.DRAFTED, None, 100),
        (Standing.SIGNED, good, 100),
        (Standing.CHECKED, bad, 100),
        (Standing.CHECKED, good, 0),
    ):
        with pytest.raises(Conflict):
            domain.check_signature(standing, checked, author="one", signer="two", listed=listed)
