"""The rules of offers, objections and recovery holds."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.contracts.codes import OfferStatus, SignalKind
from kit.contracts.purposes import PURPOSES
from kit.errors import Conflict, Invalid
from services.triage.objections import domain as objections
from services.triage.outreach import domain
from services.triage.recovery_holds import domain as holds

NOW = datetime(2026, 12, 7, 9, tzinfo=UTC)
WAIT = domain.Wait("breathing_space", date(2027, 2, 12))
ENDED = (OfferStatus.ACCEPTED, OfferStatus.DECLINED, OfferStatus.CLOSED)


@pytest.mark.parametrize("status", ENDED)
def test_nothing_happens_to_an_offer_that_ended(status: OfferStatus) -> None:
    assert domain.status_with(status, WAIT) is status
    assert domain.status_with(status, None) is status
    with pytest.raises(Conflict):
        domain.check_attempt(status, None, NOW, NOW)
    with pytest.raises(Conflict):
        domain.settle(status, OfferStatus.ACCEPTED, None)


def test_an_offer_waits_and_goes_on() -> None:
    assert domain.status_with(OfferStatus.OFFERED, WAIT) is OfferStatus.HELD
    assert domain.status_with(OfferStatus.HELD, None) is OfferStatus.OFFERED
    with pytest.raises(Conflict, match="2027-02-12"):
        domain.check_attempt(OfferStatus.HELD, WAIT.until, NOW, NOW)
    # Who comes of their own accord is not sent away.
    assert domain.settle(OfferStatus.HELD, OfferStatus.ACCEPTED, None) == "accepted"


def test_a_try_is_recorded_once_it_was_made() -> None:
    domain.check_attempt(OfferStatus.OFFERED, None, NOW, NOW)
    with pytest.raises(Invalid):
        domain.check_attempt(OfferStatus.OFFERED, None, NOW.replace(hour=10), NOW)


@pytest.mark.parametrize(
    ("outcome", "reason", "fits"),
    [
        (OfferStatus.ACCEPTED, None, True),
        (OfferStatus.ACCEPTED, "not_now", False),
        (OfferStatus.DECLINED, "not_now", True),
        (OfferStatus.DECLINED, None, False),
        (OfferStatus.DECLINED, "died", False),
        (OfferStatus.CLOSED, "not_reached", True),
        (OfferStatus.CLOSED, "objected", False),
        (OfferStatus.CLOSED, "never_met", False),
    ],
)
def test_an_ending_has_a_reason_of_its_kind(outcome: OfferStatus, reason: str | None, fits: bool) -> None:
    if fits:
        assert domain.settle(OfferStatus.OFFERED, outcome, reason) == (reason or "accepted")
    else:
        with pytest.raises(Invalid):
            domain.settle(OfferStatus.OFFERED, outcome, reason)


@pytest.mark.parametrize("kind", SignalKind)
def test_the_reason_is_honest_plain_and_tells_nothing_else(kind: SignalKind) -> None:
    said = domain.honest_reason(kind, "money_help")
    assert "nothing depends on it" in said
    assert not any(word in said.lower() for word in ("risk", "score", "profile", "factor", "cohort", "abuse", "signal"))
    # A code that nobody wrote words for says no more.
    assert "money" not in domain.honest_reason(kind, "a_new_offer")


def test_the_opening_line_tells_nothing_to_whoever_answers() -> None:
    for words in (domain.OPENING_LINE, domain.IF_SOMEONE_ELSE_ANSWERS):
        assert not any(each in words.lower() for each in ("tax", "rent", "money", "debt", "help", "missed"))


@given(st.sampled_from(sorted(PURPOSES)))
def test_nothing_that_keeps_people_safe_can_be_objected_to(purpose: str) -> None:
    bases = {code: each.lawful_basis for code, each in PURPOSES.items()}
    if purpose in objections.NEVER_STOPPED or bases[purpose] != "public_task":
        with pytest.raises(Invalid):
            objections.check_purpose(purpose, bases)
    else:
        objections.check_purpose(purpose, bases)


def test_the_purposes_that_are_never_stopped_exist() -> None:
    assert set(PURPOSES) >= objections.NEVER_STOPPED
    assert "outreach" not in objections.NEVER_STOPPED


def test_a_hold_asked_for_on_a_friday_is_due_at_the_end_of_monday() -> None:
    asked = datetime(2026, 12, 4, 16, 40, tzinfo=UTC)
    assert holds.answer_due(asked).isoformat() == "2026-12-08T00:00:00+00:00"
    # Christmas Eve is a Thursday; the 25th and the 28th are bank holidays.
    assert holds.answer_due(datetime(2026, 12, 24, 9, tzinfo=UTC)).date() == date(2026, 12, 30)


def test_a_hold_granted_on_7_december_runs_until_6_january() -> None:
    today = date(2026, 12, 7)
    assert holds.answer("requested", "granted", None, None, today) == (date(2027, 1, 6), None)
    assert holds.answer("unanswered", "refused", None, "court_date", today) == (None, "court_date")
    for said, until, reason in (
        ("granted", today, None),
        ("granted", date(2027, 3, 8), None),
        ("granted", None, "fraud"),
        ("refused", None, None),
        ("refused", None, "because"),
        ("refused", date(2027, 1, 1), "fraud"),
    ):
        with pytest.raises(Invalid):
            holds.answer("requested", said, until, reason, today)  # type: ignore[arg-type]  # of a table
    for state in ("granted", "refused"):
        with pytest.raises(Conflict):
            holds.answer(state, "granted", None, None, today)
