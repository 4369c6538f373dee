"""Numbers that name a person or a home, and dates of birth known in part."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import Conflict, Invalid
from services.casefile.people import domain, identifiers
from services.casefile.people.identifiers import DateClue, PartialDate

TODAY = date(2026, 3, 15)


def refused(error: pytest.ExceptionInfo[Invalid]) -> tuple[str, str]:
    (field,) = error.value.errors
    assert field.detail
    return field.pointer, field.rule


# Numbers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["9434765919", "943 476 5919", "943-476-5919"])
def test_an_nhs_number_is_kept_without_spaces(typed: str) -> None:
    assert identifiers.nhs_number(typed) == "9434765919"


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("9434765918", "nhs-number-check-digit"),
        ("9434765991", "nhs-number-check-digit"),  # two digits exchanged
        ("1000000040", "nhs-number-check-digit"),  # would need the check digit 10
        ("943476591", "nhs-number-length"),
        ("94347659190", "nhs-number-length"),
        ("٩٤٣٤٧٦٥٩١٩", "nhs-number-length"),  # digits of another script
        ("", "nhs-number-length"),
    ],
)
def test_an_nhs_number_that_fails_names_field_and_rule(typed: str, rule: str) -> None:
    with pytest.raises(Invalid) as error:
        identifiers.nhs_number(typed)
    assert refused(error) == ("/nhs_number", rule)


def test_an_nhs_check_digit_of_eleven_is_nought() -> None:
    # A weighted sum of 0: 11 - 0 is 11, written 0.
    assert identifiers.nhs_number("0000000000") == "0000000000"


@given(st.from_regex(r"\A[0-9]{9}\Z"))
def test_of_ten_last_digits_one_is_right_or_none(nine: str) -> None:
    right = 0
    for last in "0123456789":
        try:
            identifiers.nhs_number(nine + last)
            right += 1
        except Invalid:
            pass
    needed = 11 - sum(int(d) * w for d, w in zip(nine, range(10, 1, -1), strict=True)) % 11
    assert right == (0 if needed == 10 else 1)


def test_a_nino_is_kept_in_capitals_without_spaces() -> None:
    assert identifiers.national_insurance_number("ab 12 34 56 c") == "AB123456C"


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("QQ123456C", "nino-prefix"),
        ("BO123456C", "nino-prefix"),
        ("GB123456C", "nino-prefix"),
        ("ZZ123456C", "nino-prefix"),
        ("DA123456C", "nino-prefix"),
        ("AB123456E", "nino-form"),
        ("AB12345C", "nino-form"),
        ("11A11111", "nino-form"),  # a temporary reference number is no NINO
    ],
)
def test_a_nino_that_fails_names_field_and_rule(typed: str, rule: str) -> None:
    with pytest.raises(Invalid) as error:
        identifiers.national_insurance_number(typed)
    assert refused(error) == ("/nino", rule)


def test_a_pupil_number_with_its_check_letter() -> None:
    assert identifiers.unique_pupil_number("h801200001001") == "H801200001001"


def test_a_temporary_pupil_number_ends_in_a_letter() -> None:
    # Its letter counts by its place: A is 0. The sum is 40, which leaves 17, and the letter there is U.
    assert identifiers.unique_pupil_number("U80120000100A") == "U80120000100A"


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("A801200001001", "upn-check-letter"),
        ("H801200001010", "upn-check-letter"),
        ("I801200001001", "upn-check-letter"),  # I, O and S are no check letters
        ("H80120000100", "upn-form"),
        ("80120000100H1", "upn-form"),
        ("H80120000100I", "upn-form"),
    ],
)
def test_a_pupil_number_that_fails_names_field_and_rule(typed: str, rule: str) -> None:
    with pytest.raises(Invalid) as error:
        identifiers.unique_pupil_number(typed)
    assert refused(error) == ("/upn", rule)


@pytest.mark.parametrize(
    ("typed", "kept"), [("100012345678", "100012345678"), ("000100012345", "100012345"), (17, "17")]
)
def test_a_uprn_is_kept_without_padding(typed: str | int, kept: str) -> None:
    assert identifiers.unique_property_reference(typed) == kept


@pytest.mark.parametrize("typed", ["1234567890123", "12a", "", "0000"])
def test_a_uprn_has_one_to_twelve_digits(typed: str) -> None:
    with pytest.raises(Invalid) as error:
        identifiers.unique_property_reference(typed)
    assert refused(error) == ("/uprn", "uprn-form")


@pytest.mark.parametrize(("typed", "kept"), [("ig117bs", "IG11 7BS"), ("E1 6AN", "E1 6AN"), ("w1a 0ax", "W1A 0AX")])
def test_a_postcode_has_one_space(typed: str, kept: str) -> None:
    assert identifiers.postcode(typed) == kept


@pytest.mark.parametrize("typed", ["IG11", "7BS", "IG11 77S", "12345"])
def test_half_a_postcode_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as error:
        identifiers.postcode(typed, "/addresses/0/postcode")
    assert refused(error) == ("/addresses/0/postcode", "postcode-form")


# Dates of birth --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["1985", "1985-03", "1985-03-12", "2024-02-29", "0985"])
def test_a_partial_date_reads_as_it_is_written(text: str) -> None:
    assert str(PartialDate.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("1985-13", "partial-date-calendar"),
        ("1985-02-30", "partial-date-calendar"),
        ("2023-02-29", "partial-date-calendar"),
        ("0000", "partial-date-calendar"),
        ("1985-3", "partial-date-form"),
        ("85", "partial-date-form"),
        ("1985-03-12T00:00", "partial-date-form"),
        ("12/03/1985", "partial-date-form"),
        ("--03-12", "partial-date-form"),
        ("1985\n", "partial-date-form"),
    ],
)
def test_a_date_that_is_none_names_the_rule(text: str, rule: str) -> None:
    with pytest.raises(Invalid) as error:
        PartialDate.parse(text)
    assert refused(error) == ("/date_of_birth", rule)


def test_a_day_needs_its_month() -> None:
    with pytest.raises(ValueError, match="without a month"):
        PartialDate(1985, None, 12)


@pytest.mark.parametrize("text", ["2026-03-15", "2026-03", "2026", "1896"])
def test_a_date_of_birth_may_lie_up_to_today_as_far_as_it_is_known(text: str) -> None:
    assert str(identifiers.date_of_birth(text, today=TODAY)) == text


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("2026-03-16", "birth-not-future"),
        ("2026-04", "birth-not-future"),
        ("2027", "birth-not-future"),
        ("1895-12-31", "birth-too-long-ago"),
    ],
)
def test_a_date_of_birth_is_past_and_within_a_life(text: str, rule: str) -> None:
    with pytest.raises(Invalid) as error:
        identifiers.date_of_birth(text, today=TODAY, pointer="/people/3/date_of_birth")
    assert refused(error) == ("/people/3/date_of_birth", rule)


@pytest.mark.parametrize(
    ("one", "other", "may_be_the_same"),
    [
        ("1985", "1985-03-12", True),
        ("1985-03", "1985-03-12", True),
        ("1985-03-12", "1985-03-12", True),
        ("1985-04", "1985-03-12", False),
        ("1985-03-13", "1985-03-12", False),
        ("1986", "1985", False),
    ],
)
def test_compatible_dates_agree_in_what_both_know(one: str, other: str, may_be_the_same: bool) -> None:
    first, second = PartialDate.parse(one), PartialDate.parse(other)
    assert first.compatible(second) is second.compatible(first) is may_be_the_same


def test_the_full_date_only_where_all_of_it_is_known() -> None:
    assert PartialDate.parse("1985-03-12").full == date(1985, 3, 12)
    assert PartialDate.parse("1985-03").full is None


@pytest.mark.parametrize("text", ["1985", "1985-03", "1985-03-12"])
def test_a_clue_is_any_partial_date(text: str) -> None:
    assert DateClue.parse(text) == DateClue.of(PartialDate.parse(text))


def test_a_clue_may_be_a_birthday_without_its_year() -> None:
    clue = DateClue.parse("--02-29")
    assert (clue.year, clue.month, clue.day, clue.full) == (None, 2, 29, False)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("--02-30", "partial-date-calendar"),
        ("--2-3", "partial-date-form"),
        ("--02", "partial-date-form"),
        ("-", "partial-date-form"),
    ],
)
def test_a_clue_that_is_none_names_the_rule(text: str, rule: str) -> None:
    with pytest.raises(Invalid) as error:
        DateClue.parse(text)
    assert refused(error) == ("/date_of_birth", rule)


@pytest.mark.parametrize("parts", [(None, 3, None), (None, None, None), (1985, None, 3)])
def test_a_clue_of_too_little_is_none(parts: tuple[int | None, int | None, int | None]) -> None:
    with pytest.raises(ValueError, match=r"."):
        DateClue(*parts)


# People -------------------------------------------------------------------------------------------------------


def test_every_relationship_reads_back_from_the_other_side() -> None:
    for kind, inverse in domain.INVERSES.items():
        assert domain.INVERSES[inverse] == kind


def test_all_faults_are_named_at_once() -> None:
    typed = {"names": [{"given": "Amina"}], "date_of_birth": "2030", "nhs_number": "1", "nino": "QQ123456C", "upn": "x"}
    with pytest.raises(Invalid) as error:
        domain.details(typed, today=TODAY)
    assert {each.pointer for each in error.value.errors} == {"/date_of_birth", "/nhs_number", "/nino", "/upn"}


def test_two_nhs_numbers_merge_only_with_a_reason() -> None:
    mine, theirs = {"nhs_number": "9434765919"}, {"nhs_number": "9434765870"}
    with pytest.raises(Conflict):
        domain.check_merge(mine, theirs, "same")
    domain.check_merge(mine, theirs, "One was issued in error, says the GP practice")
    domain.check_merge(mine, {"nhs_number": None}, "same")


@pytest.mark.parametrize(
    ("born", "child"),
    [
        ("2008-11-23", True),
        ("2008-11-22", False),
        # Only the month or the year is known: a child only when they must be one.
        ("2008-11", False),
        ("2008-12", True),
        ("2008", False),
        ("2009", True),
        (None, False),
    ],
)
def test_a_child_is_who_is_certainly_under_18(born: str | None, child: bool) -> None:
    assert domain.is_child(born, date(2026, 11, 22)) is child
