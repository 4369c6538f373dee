"""The rules of the homelessness return: which cases are in and why, what is wrong with one, what the file holds."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import Invalid
from services.housing.homelessness import codes as homelessness
from services.housing.homelessness.law.clocks import PRIORITY_CODES
from services.housing.homelessness.law.machine import MACHINE
from services.housing.placements import domain as placements
from services.housing.returns.hclic import codes, coverage, writing
from services.housing.returns.hclic.case import Activity, Assessment, Case, Decision, DutySpell, Person, Review, Spell
from services.housing.returns.hclic.checks import findings

FRIDAY = date(2026, 12, 4)
TODAY = date(2027, 2, 10)
Q4 = coverage.quarter("2026-Q4")
CODES = codes.on(FRIDAY)
FOUND = Assessment(
    first_on=FRIDAY,
    eligible="yes",
    homelessness="homeless",
    priority="yes",
    priority_category="pregnant",
    intentional="no",
    loss_reason="end_of_private_rented_ast",
    last_settled="private_rented_self_contained",
    accommodation_now="no_fixed_abode",
    support_needs=("young_parent",),
)
AMINA = Person(UUID(int=1), "main_applicant", date(1997, 2, 11), "female", pregnant=True)
IDRIS = Person(UUID(int=2), "child", date(2022, 5, 1), "male")
STAY = Spell(UUID(int=3), "interim_188", "bed_and_breakfast", True, True, 1, FRIDAY)
RELIEF = DutySpell("relief", FRIDAY, date(2027, 1, 28), "days_passed")
CASE = Case(
    id=UUID(int=9),
    made_on=FRIDAY,
    applied=True,
    source="application",
    position="main",
    people=(AMINA, IDRIS),
    assessment=FOUND,
    duties=(
        DutySpell("interim", FRIDAY, date(2027, 1, 28), "main_duty"),
        RELIEF,
        DutySpell("main", date(2027, 1, 29)),
    ),
    activities=(Activity("relief", "accommodation_secured", FRIDAY),),
    decisions=(Decision("md1", "main_duty", date(2027, 1, 29)),),
    stays=(replace(STAY, left_on=date(2027, 1, 29), end_reason="moved"),),
)


def broken(case: Case, severity: str = "error") -> list[str]:
    return [each.rule for each in findings(case, CODES, TODAY) if each.severity == severity]


def test_a_case_as_it_should_be_has_nothing_wrong() -> None:
    assert findings(CASE, CODES, TODAY) == []


LONG_OVER = replace(RELIEF, ended_on=date(2027, 1, 5))
PREVENTION = DutySpell("prevention", FRIDAY, FRIDAY + timedelta(days=20), "accommodation_secured", "with_family", True)


FAULTS = [
    (replace(CASE, made_on=FRIDAY + timedelta(days=1)), "assessed-after-application"),
    (replace(CASE, duties=(DutySpell("relief", date(2026, 12, 3)),)), "duty-after-application"),
    (replace(CASE, assessment=None), "assessed-before-duty"),
    (replace(CASE, assessment=replace(FOUND, loss_reason=None)), "asked-at-first-report"),
    (replace(CASE, assessment=replace(FOUND, last_settled="council_tenant")), "reason-fits-last-home"),
    (replace(CASE, people=(IDRIS,)), "one-main-applicant"),
    (replace(CASE, people=(AMINA, AMINA)), "one-main-applicant"),
    (replace(CASE, people=(replace(AMINA, born_on=None),)), "birth-date-known"),
    (replace(CASE, people=(replace(AMINA, born_on=date(2011, 1, 1)),)), "applicant-is-16"),
    (replace(CASE, duties=(*CASE.duties, PREVENTION)), "stayed-is-the-same-home"),
    (replace(CASE, duties=(*CASE.duties, replace(PREVENTION, accommodation=None))), "home-if-secured"),
    (replace(CASE, duties=(*CASE.duties, PREVENTION)), "relief-after-prevention"),
    (replace(CASE, duties=(replace(PREVENTION, ended_on=date(2026, 12, 2)),)), "duty-ends-after-start"),
    (replace(CASE, duties=(DutySpell("prevention", FRIDAY),)), "entry-not-in-prevention"),
    (replace(CASE, decisions=()), "decision-with-main-duty"),
    (
        replace(CASE, decisions=(), duties=(replace(RELIEF, ended_on=date(2027, 1, 5)),)),
        "decision-when-relief-ends",
    ),
    (replace(CASE, assessment=replace(FOUND, priority_category=None)), "priority-need-known"),
    (replace(CASE, stays=(replace(STAY, entered_on=date(2026, 12, 1)),)), "entry-after-application"),
    (replace(CASE, stays=(STAY, replace(STAY, entered_on=date(2026, 12, 20)))), "stays-do-not-overlap"),
    (replace(CASE, stays=(replace(STAY, left_on=date(2026, 12, 1), end_reason="moved"),)), "exit-after-entry"),
    (replace(CASE, closed_on=TODAY - timedelta(days=29), stays=(STAY,)), "closed-and-housed"),
    (replace(CASE, source="duty_to_refer"), "referral-says-by-whom"),
    (
        replace(CASE, reviews=(Review("duty", date(2027, 2, 5), "stands", date(2027, 2, 1)),)),
        "review-after-request",
    ),
]


def test_each_rule_finds_its_fault() -> None:
    assert [rule for case, rule in FAULTS if rule not in broken(case)] == []
    assert len(FAULTS) > 20


def test_what_is_odd_and_may_be_so_is_a_warning() -> None:
    assert broken(replace(CASE, stays=(STAY,)), "warning") == ["stay-under-its-duty-now"]
    assert broken(replace(CASE, activities=()), "warning") == ["activity-when-duty-ends"]
    assert b"<ACTIVITY>none</ACTIVITY>" in writing.cases_file([replace(CASE, activities=())], Q4, CODES, draft=False)
    under_main = replace(CASE.stays[0], duty="main_193")
    assert broken(replace(CASE, stays=(under_main,)), "warning") == ["stay-under-its-duty"]
    assert broken(replace(CASE, stays=(under_main,))) == []
    # Said to be under the main duty once that began: right.
    assert findings(replace(CASE, stays=(replace(STAY, duty="main_193"),)), CODES, TODAY) == []


def test_why_a_case_is_in_and_why_it_is_out() -> None:
    inside = coverage.inclusion(CASE, Q4)
    assert inside.included
    assert inside.reasons == (
        "placed in temporary accommodation on 2026-12-04",
        "awarded: the relief duty on 2026-12-04",
    )
    after = coverage.inclusion(CASE, coverage.quarter("2027-Q1"))
    assert after.reasons == ("moved to the main duty on 2027-01-29", "the relief duty ended on 2027-01-28")
    later = coverage.inclusion(CASE, coverage.quarter("2027-Q2"))
    assert (later.included, later.reasons) == (False, ("nothing of it began, moved or ended in this quarter",))
    advice = replace(CASE, duties=(), stays=(), closed_on=FRIDAY)
    assert coverage.inclusion(advice, Q4).reasons == ("advice only: no duty was owed and nobody was placed",)
    placed = replace(advice, stays=(STAY,))
    assert coverage.inclusion(placed, Q4).included
    referral = replace(CASE, applied=False, duties=(), stays=())
    assert coverage.inclusion(referral, Q4).reasons == ("a public body's referral is not itself an application",)
    stranger = replace(CASE, assessment=replace(FOUND, eligible="no"))
    assert coverage.sections_of(stranger, coverage.inclusion(stranger, Q4)) == ("Main",)


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_every_day_is_in_one_quarter(day: date) -> None:
    of = coverage.quarter_of(day)
    assert of.holds(day)
    assert coverage.quarter(of.code) == of
    assert coverage.quarter_of(of.last + timedelta(days=1)) != of
    assert (of.last - of.first).days in (89, 90, 91)


def test_a_quarter_is_said_as_it_is() -> None:
    assert (Q4.first, Q4.last, Q4.title) == (date(2026, 10, 1), date(2026, 12, 31), "October to December 2026")
    with pytest.raises(Invalid):
        coverage.quarter("2026-Q5")


def test_the_file_holds_what_had_happened_by_the_end_of_the_quarter() -> None:
    written = writing.cases_file([CASE], Q4, CODES, draft=False)
    assert written == writing.cases_file([CASE], Q4, CODES, draft=False)
    root = fromstring(written)
    assert (root.get("status"), root.get("validity")) == ("complete", "unchecked against the unpublished XSD")
    name = {"h": writing.NAMESPACE}
    (case,) = root.findall("h:Case", name)
    assert [each.tag.partition("}")[2] for each in case] == [
        "Main",
        "Support",
        "Relief",
        "Assistance",
        "TemporaryAccommodation",
    ]
    told = {each.tag.partition("}")[2]: each.text for each in case.iter() if each.text and each.text.strip()}
    assert (told["REASONLOSS"], told["LASTACCOM"], told["ENTRY_DATE"]) == (
        "end_of_ast",
        "private_self_contained",
        "2026-12-04",
    )
    assert (told["HOUSEHOLD"], told["TA_DUTY"]) == ("single_parent_female", "s188")
    # Relief ended, and they moved, in January.
    assert not {"DUTY_END", "EXIT_DATE", "FINAL_DECISION"} & set(told)
    people = fromstring(writing.people_file([CASE], Q4, CODES, draft=True))
    assert [each.text for each in people.findall(".//h:BIRTH_DATE", name)] == ["1997-02-11", "2022-05-01"]


def test_every_word_of_ours_counts_as_a_published_category() -> None:
    """No new word of homelessness or placements falls out of the return unnoticed."""
    ours: dict[str, Iterable[str]] = {
        "REASONLOSS": homelessness.LossReason,
        "CURRENTACCOM": homelessness.Accommodation,
        "SUPPORT_NEED": homelessness.SupportNeed,
        "ACTIVITY": homelessness.ActivityKind,
        "ROLE": homelessness.Role,
        "REFERRAL": homelessness.Source,
        "PRIORITY_NEED": PRIORITY_CODES,
        "TA_TYPE": placements.Kind,
        "TA_DUTY": placements.Duty,
    }
    for field, words in ours.items():
        assert [word for word in words if CODES.of(field, str(word)) is None] == [], field
    ends = {"prevention": "PREVENTION_END", "relief": "RELIEF_END", "main": "MAIN_END"}
    for duty, field in ends.items():
        for each in MACHINE.transitions.values():
            for stayed in (True, False):
                word = DutySpell(duty, FRIDAY, FRIDAY, each.ends.get(duty), None, stayed).end_word
                assert word is None or CODES.of(field, word), (each.code, duty, word)
    for each in MACHINE.transitions.values():
        for name, word in each.kind.items():
            assert CODES.of({"md1": "FINAL_DECISION", "md2": "MAIN_END"}[name], word), each.code
