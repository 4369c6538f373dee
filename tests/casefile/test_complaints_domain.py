"""By when a complaint is acknowledged and answered, worked out by hand from the calendar."""

from datetime import date

import pytest

from kit.errors import Conflict, Invalid
from services.casefile.complaints import domain
from services.casefile.complaints.domain import Dates, Kind, State

D = date


def test_five_working_days_then_ten_then_twenty() -> None:
    # Thursday 24 December 2026; Christmas, the weekend, Boxing Day in lieu, New Year's Day stand between.
    received = Dates(Kind.COMPLAINT, 1, D(2026, 12, 24))
    assert received.acknowledge_by == D(2027, 1, 5)
    assert received.due_on == D(2027, 1, 5)
    known = Dates(Kind.COMPLAINT, 1, D(2026, 12, 24), D(2026, 12, 29))
    assert known.answer_by == D(2027, 1, 13)
    second = Dates(Kind.COMPLAINT, 2, D(2027, 1, 13), D(2027, 1, 14))
    assert second.answer_by == D(2027, 2, 11)
    assert Dates(Kind.COMPLAINT, 2, D(2027, 1, 13), D(2027, 1, 14), extended=True).answer_by == D(2027, 3, 11)


def test_who_acknowledges_late_wins_no_time() -> None:
    late = Dates(Kind.COMPLAINT, 1, D(2026, 9, 1), D(2026, 9, 30))
    assert late.acknowledge_by == D(2026, 9, 8)
    assert late.answer_by == D(2026, 9, 22)


def test_a_data_complaint_of_6_april_is_acknowledged_by_6_may() -> None:
    assert Dates(Kind.DATA_COMPLAINT, 1, D(2027, 4, 6)).acknowledge_by == D(2027, 5, 6)
    assert domain.promise(Kind.DATA_COMPLAINT, D(2027, 4, 6)).duty == "law"
    assert domain.promise(Kind.DATA_COMPLAINT, D(2026, 6, 18)).duty == "target"


def test_a_compliment_has_nothing_to_answer() -> None:
    assert Dates(Kind.COMPLIMENT, 1, D(2026, 9, 1), D(2026, 9, 2)).answer_by is None
    assert domain.allowed_from(Kind.COMPLIMENT, 1, State.ACKNOWLEDGED, extended=False) == ["close"]


def test_only_a_complaint_goes_to_stage_two_and_only_once() -> None:
    assert "escalate" in domain.allowed_from(Kind.COMPLAINT, 1, State.ANSWERED, extended=False)
    assert "escalate" not in domain.allowed_from(Kind.COMPLAINT, 2, State.ANSWERED, extended=False)
    assert "escalate" not in domain.allowed_from(Kind.COUNCILLOR_ENQUIRY, 1, State.ANSWERED, extended=False)
    with pytest.raises(Conflict) as refused:
        domain.check_step(Kind.COMPLAINT, 1, State.RECEIVED, "answer", extended=False)
    assert refused.value.extra["allowed"] == ["acknowledge", "withdraw"]


def test_nobody_answers_about_themselves_nor_twice() -> None:
    domain.check_answer("ewa", "tom", ["sade"], 2)
    for by, before, about, stage in (("sade", None, ["sade"], 1), ("tom", "tom", [], 2)):
        with pytest.raises(Conflict):
            domain.check_answer(by, before, about, stage)


def test_a_councillors_enquiry_names_the_councillor() -> None:
    with pytest.raises(Invalid):
        domain.check_received(Kind.COUNCILLOR_ENQUIRY, D(2026, 9, 1), D(2026, 9, 1), " ", "Why so long?")
    with pytest.raises(Invalid):
        domain.check_received(Kind.COMPLAINT, D(2026, 9, 2), D(2026, 9, 1), None, "Why so long?")
