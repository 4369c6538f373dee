"""The words of every decision: whole, with nothing left to fill in, and short enough for an envelope."""

import re
from datetime import date

import pytest

from services.casefile.papers.letters.domain import LONGEST_WORDS
from services.housing.homelessness.decisions.letters import LETTERS, Told, read, written
from services.housing.homelessness.law.machine import MACHINE

DAY = date(2026, 12, 4)
WHOLE = Told(
    made_on=DAY,
    reasons="You {effect_on} told us.",
    effect_on=DAY,
    last_day=date(2027, 1, 28),
    prospect_months=12,
    to_authority="E09000025",
    duty_words="help",
    warning_until=date(2026, 12, 17),
    notified_on=DAY,
    review_until=date(2026, 12, 24),
)


def test_every_decision_says_what_why_and_what_they_may_do() -> None:
    told = 0
    for each in MACHINE.transitions.values():
        if each.letter is None:
            continue
        words = written(each, WHOLE)
        text = "\n\n".join(words)
        assert words[0].startswith(each.title), each.code
        assert each.section in words[0]
        # The officer's own braces are theirs; none of ours is left.
        assert re.findall(r"\{[a-z_]+\}", text) == ["{effect_on}"] * text.count(WHOLE.reasons), each.code
        assert text.count(WHOLE.reasons) == 1
        assert ("by 24 December 2026" in text) == (each.review is not None), each.code
        assert len(text) + 5_000 <= LONGEST_WORDS
        told += 1
    assert told >= 55


def test_what_nobody_knows_yet_is_left_out_and_a_place_nothing_fills_is_a_fault() -> None:
    words = written(MACHINE.transitions["relief_owed"], Told(made_on=DAY, reasons="Because."))
    assert not any("None" in each or "{" in each or "  " in each for each in words)
    assert "It began on" not in " ".join(words)
    with pytest.raises(ValueError, match="nothing fills"):
        read('[x]\nwords = ["Dear {name}"]')


def test_a_final_offer_says_that_they_may_accept_and_ask_for_a_review() -> None:
    assert "you may accept and still ask for a review" in " ".join(LETTERS["refused_final"])
    for code in ("main_part6_refused", "main_private_refused", "relief_refused_final", "limited_refused"):
        assert "informed" in MACHINE.transitions[code].guards
