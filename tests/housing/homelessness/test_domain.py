"""What an assessment may say, and what it means."""

import contextlib
from dataclasses import replace
from datetime import date, timedelta

from kit.errors import Invalid
from services.housing.homelessness.codes import Homelessness, Landlord, NoticeType, Role, YesNo
from services.housing.homelessness.domain import (
    Finding,
    Lived,
    Member,
    Notice,
    Particulars,
    Standing,
    check,
    facts_of,
    has_family_commitments,
    local_by_residence,
    suggested,
    threat,
)

TODAY = date(2026, 12, 4)
MAIN = Member(Role.MAIN, date(1997, 3, 1))
CHILD = Member(Role.CHILD, date(2022, 6, 1))


def faults(finding: Finding, *members: Member, made_on: date = TODAY, today: date = TODAY) -> set[str]:
    """The rules that refuse it; each says which field and why."""
    found: set[str] = set()
    with contextlib.suppress(Invalid):
        try:
            check(finding, members or [MAIN], made_on, today)
        except Invalid as refusal:
            found = {each.rule for each in refusal.errors if each.pointer and each.detail}
            raise
    return found


def test_an_assessment_is_not_before_the_application_nor_to_come() -> None:
    assert faults(Finding(TODAY - timedelta(days=1))) == {"assess-after-application"}
    assert faults(Finding(TODAY + timedelta(days=1))) == {"not-in-the-future"}
    assert faults(Finding(TODAY)) == set()


def test_threatened_means_within_56_days_to_the_day() -> None:
    finding = Finding(TODAY, homelessness=Homelessness.THREATENED)
    assert faults(finding) == {"threatened-within-56-days"}
    assert faults(replace(finding, homeless_on=date(2027, 1, 28))) == set()
    assert faults(replace(finding, homeless_on=date(2027, 1, 29))) == {"threatened-within-56-days"}


def test_a_notice_threatens_as_the_law_stood() -> None:
    s21 = Notice(NoticeType.S21_LEGACY, Landlord.PRIVATE, date(2026, 4, 1), date(2026, 6, 10))
    s8 = replace(s21, type=NoticeType.S8)
    assert threat(Finding(date(2026, 4, 30), notice=s21)) == "notice"
    assert threat(Finding(date(2026, 5, 1), notice=s21)) is None
    assert threat(Finding(date(2026, 4, 30), notice=s8)) is None
    assert threat(Finding(date(2026, 5, 1), notice=s8)) == "notice"
    assert threat(Finding(date(2026, 5, 1), notice=s21, homeless_on=date(2026, 6, 10))) == "day"


def test_no_private_landlord_gives_a_section_21_notice_from_may_2026() -> None:
    late = Notice(NoticeType.S21_LEGACY, Landlord.PRIVATE, date(2026, 5, 1), date(2026, 12, 20))
    assert faults(Finding(TODAY, notice=late)) == {"notice-in-force"}
    assert faults(Finding(TODAY, notice=replace(late, landlord=Landlord.SOCIAL))) == set()
    assert faults(Finding(TODAY, notice=replace(late, served_on=date(2026, 4, 30)))) == set()
    assert faults(Finding(TODAY, notice=replace(late, type=NoticeType.S8, expires_on=date(2026, 4, 1)))) == {
        "dates-in-order"
    }


def test_with_a_child_or_a_pregnancy_there_is_a_priority_need() -> None:
    no = Finding(TODAY, priority=YesNo.NO)
    assert faults(no) == set()
    assert faults(no, MAIN, CHILD) == {"automatic-priority-need"}
    assert faults(no, replace(MAIN, pregnant=True)) == {"automatic-priority-need"}
    yes = replace(no, priority=YesNo.YES)
    assert faults(yes) == {"priority-need-in-force"}
    assert faults(replace(yes, priority_category="pregnant")) == set()


def test_a_care_leaver_under_25_is_never_intentionally_homeless_from_the_day_the_law_says() -> None:
    found = Finding(
        TODAY, homelessness=Homelessness.HOMELESS, intentional=YesNo.YES, intentional_reasons="Left a suitable home."
    )
    leaver = replace(MAIN, care_leaver=True, born_on=date(2001, 12, 5))
    assert faults(found, leaver) == {"care-leaver-not-intentional"}
    assert faults(found, replace(leaver, born_on=date(2001, 12, 4))) == set()
    before = date(2026, 8, 31)
    assert faults(replace(found, made_on=before), leaver, made_on=before) == set()
    assert faults(replace(found, intentional_reasons=None), MAIN) == {"reasons-of-s191"}


def test_family_commitments_and_what_ages_suggest() -> None:
    assert not has_family_commitments([MAIN], TODAY)
    grown = Member(Role.CHILD, date(2008, 12, 4))
    assert not has_family_commitments([MAIN, grown], TODAY)
    assert has_family_commitments([MAIN, replace(grown, in_education=True)], TODAY)
    assert suggested([replace(MAIN, pregnant=True), CHILD], ["fleeing_domestic_abuse"], TODAY) == [
        "pregnant",
        "dependent_children",
        "domestic_abuse",
    ]
    assert suggested([replace(MAIN, born_on=date(2007, 1, 1), care_leaver=True)], [], TODAY) == ["care_leaver_18_to_20"]


def test_local_connection_by_residence_counts_days_once_and_no_prison() -> None:
    half_a_year = (TODAY - date(2026, 6, 4)).days
    inside = Lived(date(2026, 6, 4), None)
    assert local_by_residence([inside], TODAY)
    assert not local_by_residence([replace(inside, since=date(2026, 6, 5))], TODAY)
    assert not local_by_residence([replace(inside, counts=False)], TODAY)
    twice = Lived(TODAY - timedelta(days=half_a_year // 2), None)
    assert not local_by_residence([twice, twice], TODAY)
    assert local_by_residence([Lived(date(2022, 1, 1), date(2025, 1, 2))], TODAY)


def test_what_nobody_found_is_no_fact() -> None:
    standing = Standing(on=TODAY, clocks={"relief": date(2026, 12, 3)}, live=frozenset({"relief"}))
    facts = facts_of(None, standing, Particulars())
    assert "priority" not in facts
    assert (facts["relief_days_passed"], facts["prevention_days_passed"], facts["warned"]) == ("yes", "no", "no")
    for days, word in ((13, "no"), (14, "yes")):
        warned = replace(standing, warned_on=TODAY - timedelta(days=days))
        assert facts_of(None, warned, Particulars())["warned"] == word
