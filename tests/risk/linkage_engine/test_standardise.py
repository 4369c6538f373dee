"""One spelling for each value."""

import pytest

from services.risk.linkage.engine import standardise


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("1987-05-04", "19870504"),
        ("04/05/1987", "19870504"),
        ("19870504", "19870504"),
        ("1987-05", "19870500"),
        ("1987", "19870000"),
        ("1987-01-01", "19870000"),  # only the year was known
        ("1621-01-81", "16210181"),  # no calendar has it, its digits still speak
        ("unknown", ""),
        ("1900-01-01", ""),
    ],
)
def test_birth_dates_become_digits(text: str, digits: str) -> None:
    assert standardise.birth_digits(text) == digits


@pytest.mark.parametrize(
    "text", ["Flat 21, 22 Halbutt Cres, London", "21/22 halbutt crescent", "FLAT 21 22 Halbutt Cresc., Dagenham, Essex"]
)
def test_one_address_written_three_ways(text: str) -> None:
    assert standardise.address(text) == ("21 22", "halbutt")


def test_an_address_keeps_what_tells_it_apart() -> None:
    assert standardise.address("12a High Road") == ("12a", "high")
    assert standardise.address("Rose Court, 3 Gale Street, Dagenham") == ("3", "rose gale")
    assert standardise.address("Dagenham") == ("", "dagenham")


@pytest.mark.parametrize(
    "names",
    [
        ("Mohammed", "Muhammad", "Mohamed"),
        ("Catherine", "Katherine", "kathryn"),
        ("Stephen", "Stefan"),
        ("Siân", "sian"),
    ],
)
def test_spellings_by_ear_sound_alike(names: tuple[str, ...]) -> None:
    assert len({standardise.sound(standardise.name(name)) for name in names}) == 1


def test_different_names_sound_different() -> None:
    assert len({standardise.sound(name) for name in ("thomas", "peter", "amina", "grace", "kwame")}) == 5


def test_titles_and_fillers_are_no_names() -> None:
    assert standardise.name("Mrs. O'Brien-Ní") == "obrien ni"
    assert standardise.name("Unknown") == ""
    assert standardise.identifier("000 000 000") == ""
    assert standardise.phone("+44 7700 900123") == standardise.phone("07700 900123") == "7700900123"


def test_pet_forms_belong_together_and_strangers_do_not() -> None:
    assert standardise.forms_of("bob") & standardise.forms_of("robert")
    assert not standardise.forms_of("bob") & standardise.forms_of("william")
