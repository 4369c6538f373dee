"""Outcomes by group through the door: a group of seven stays hidden from any two questions, and figures stay."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.casefile.outcomes.grouping import By, age_group, group_of, groups
from tests.casefile.doors import Casefile
from tests.casefile.journeys.ground import on

ANALYST: dict[str, Any] = {"actor": "wen", "roles": ("analyst",), "purpose": "research_statistics"}
QUARTER = "2027-01-01"


def people(casefile: Casefile, number: int, **said: str) -> list[UUID]:
    """So many people in a household of their own each, with what they said of themselves."""
    made = []
    for _ in range(number):
        person, home = uuid4(), uuid4()
        casefile.stored.execute(
            "insert into household (id, version, formed_at, changed_at, formed_by) values (%s, 1, now(), now(), 'x')",
            [home],
        )
        casefile.stored.execute(
            "insert into person (id, version, names, date_of_birth, addresses, contacts, languages,"
            " communication_needs, source, registered_by, registered_at, changed_at)"
            " values (%s, 1, '[]', '1990', '[]', '[]', '{}', '{}', 'import', 'x', now(), now())",
            [person],
        )
        casefile.stored.execute(
            "insert into membership (household_id, person_id, since) values (%s, %s, '2026-01-01')", [home, person]
        )
        for question, answer in said.items():
            casefile.stored.execute(
                "insert into equality_answer (person_id, question, answer, given_by, given_at, written_down_by)"
                " values (%s, %s, %s, 'themselves', now(), 'x')",
                [person, question, answer],
            )
        made.append(person)
    return made


def outcomes(casefile: Casefile, whose: list[UUID], *, state: str = "recorded", due: str = "2027-08-10") -> None:
    for person in whose:
        casefile.stored.execute(
            "insert into outcome (id, version, household_id, person_id, kind, compartment, state, achieved_on,"
            " check_due_on, evidence, check_evidence, recorded_by, recorded_at, changed_at)"
            " select %s, 1, household_id, %s, 'employment', '', %s, cast(%s as date) - 181, %s, '[]', '[]', 'x',"
            " '2027-02-10T12:00Z', now() from membership where person_id = %s",
            [uuid4(), person, state, due, due, person],
        )


async def ask(casefile: Casefile, by: str = "all", quarter: str = QUARTER) -> Any:
    shown = await casefile.good("GET", f"/outcomes/measures?quarter={quarter}&by={by}", **ANALYST)
    (recorded,) = [row for row in shown["recorded"] if row["kind"] == "employment"]
    (checked,) = [row for row in shown["checked"] if row["kind"] == "employment"]
    return shown, recorded, checked


async def test_a_group_of_seven_stays_hidden_from_any_two_questions(casefile: Casefile) -> None:
    women = people(casefile, 31, sex="female", disability="not_limited")
    men = people(casefile, 7, sex="male", disability="limited_a_lot")
    outcomes(casefile, women + men)
    on("2027-04-21")
    answers = {by.value: (await ask(casefile, by.value))[1] for by in By}
    assert {each["total"] for each in answers.values()} == {40}
    assert answers["all"]["groups"] == {"everybody": 40}
    # The seven, and so many others that the seven cannot be told from the total.
    assert answers["sex"]["groups"] == {"female": None, "male": None, "not_said": 0}
    assert answers["disability"]["groups"] == {"disabled": None, "not_disabled": None, "not_said": 0}
    assert answers["age"]["groups"]["35_to_49"] == 40
    assert answers["religion"]["groups"]["not_said"] == 40
    # Later ones do not change what was told: nothing can be taken from one another.
    outcomes(casefile, people(casefile, 30, sex="male"))
    assert (await ask(casefile, "sex"))[1] == answers["sex"]
    assert (await ask(casefile))[1] == answers["all"]


@pytest.mark.full
async def test_two_records_of_one_person_are_one_outcome(casefile: Casefile) -> None:
    some = people(casefile, 24, sex="female")
    outcomes(casefile, some)
    for one, other in zip(some[:12], some[12:], strict=True):
        casefile.stored.execute("update person set merged_into = %s where id = %s", [other, one])
    on("2027-04-01")
    _, recorded, _ = await ask(casefile, "sex")
    assert recorded["groups"] == {"female": 10, "male": 0, "not_said": 0}


async def test_what_did_not_last_is_in_the_figures_and_nobody_knows_is_not_success(casefile: Casefile) -> None:
    outcomes(casefile, people(casefile, 20, sex="female"), state="sustained")
    outcomes(casefile, people(casefile, 15, sex="male"), state="not_sustained")
    outcomes(casefile, people(casefile, 12, sex="male"), state="recorded")
    outcomes(casefile, people(casefile, 11, sex="female"), state="struck")
    on("2027-10-01")
    _, recorded, checked = await ask(casefile, "sex", "2027-07-01")
    assert recorded["total"] == 0
    assert checked["due"] == 45
    assert checked["found"] == {"sustained": 20, "not_sustained": 15, "not_known": 10}
    assert checked["found_by_group"]["male"] == {"sustained": 0, "not_sustained": 15, "not_known": 10}
    assert checked["groups"] == {"female": 20, "male": 25, "not_said": 0}


async def test_only_whole_quarters_that_are_over(casefile: Casefile) -> None:
    on("2027-03-31")
    for quarter, rule in (
        ("2027-01-01", "quarter-over"),
        ("2027-02-01", "quarter"),
        ("2026-10-02", "quarter"),
        ("0001-01-01", "quarter-since"),
        ("2019-10-01", "quarter-since"),
    ):
        answer = await casefile("GET", f"/outcomes/measures?quarter={quarter}", **ANALYST)
        assert (answer.status_code, answer.json()["errors"][0]["rule"]) == (422, rule)
    assert (await ask(casefile, "all", "2026-10-01"))[1]["total"] == 0
    looks = casefile.stored.rows("select person_ids from audit_entry where record = 'aggregate/outcomes'")
    assert [row["person_ids"] for row in looks] == [[]]


@pytest.mark.parametrize(
    ("born", "group"),
    [
        ("2002-04-02", "under_25"),
        ("2002-04-01", "25_to_34"),
        ("1962", "65_and_over"),
        ("1977-11", "35_to_49"),
        (None, "not_said"),
        ("unknown", "not_said"),
        ("1700", "not_said"),
    ],
)
def test_ages(born: str | None, group: str) -> None:
    assert age_group(born, date(2027, 4, 1)) == group


def test_every_answer_has_a_group_and_the_rest_is_not_said() -> None:
    from services.casefile.equality.domain import PREFER_NOT, QUESTIONS

    for question, answers in QUESTIONS.items():
        by = By(question)
        assert {group_of(by, answer) for answer in answers} | {"not_said"} == set(groups(by))
        assert group_of(by, PREFER_NOT) == group_of(by, None) == "not_said"
