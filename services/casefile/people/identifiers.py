"""Numbers that name a person or a home, and dates of birth that are known in part.

Each check takes what was typed, gives the normal form, and raises `Invalid` naming the field and the rule.
Sources are those of the specification's domain facts 6.9; the test holds its vectors.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

from kit.errors import invalid

_SPACES = re.compile(r"[\s\-\u2010-\u2015.]+")


def nhs_number(text: str, pointer: str = "/nhs_number") -> str:
    """Ten digits whose last is the modulus 11 check digit (NHS Data Dictionary)."""
    digits = _SPACES.sub("", text)
    if not re.fullmatch(r"[0-9]{10}", digits):
        raise invalid(pointer, "An NHS number has 10 digits.", "nhs-number-length")
    check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    # 11 stands for 0; 10 is never issued.
    if check % 11 != int(digits[9]) or check == 10:
        raise invalid(pointer, "The check digit of this NHS number is wrong.", "nhs-number-check-digit")
    return digits


# HMRC manual NIM39110: letters that no prefix has, and prefixes that are not used.
_NINO = re.compile(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]")


def national_insurance_number(text: str, pointer: str = "/nino") -> str:
    """Two letters, six digits and a letter from A to D, with a prefix that is issued (HMRC NIM39110)."""
    value = _SPACES.sub("", text).upper()
    if not re.fullmatch(r"[A-Z]{2}[0-9]{6}[A-D]", value):
        raise invalid(
            pointer, "A National Insurance number is 2 letters, 6 digits and a letter from A to D.", "nino-form"
        )
    if not _NINO.fullmatch(value):
        raise invalid(pointer, f"No National Insurance number begins with {value[:2]}.", "nino-prefix")
    return value


_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def unique_pupil_number(text: str, pointer: str = "/upn") -> str:
    """A check letter and twelve digits (the last may be a letter in a temporary one), Department for Education.

    The letter is the sum of the digits weighted 2 to 13, modulus 23. A temporary number ends in a letter, which
    counts by its place in the same alphabet.
    """
    value = _SPACES.sub("", text).upper()
    if not re.fullmatch(rf"[A-Z][0-9]{{11}}[0-9{_UPN_LETTERS}]", value):
        raise invalid(pointer, "A unique pupil number is a letter and 12 digits.", "upn-form")
    parts = [int(c) if c.isdigit() else _UPN_LETTERS.index(c) for c in value[1:]]
    if _UPN_LETTERS[sum(part * weight for part, weight in zip(parts, range(2, 14), strict=True)) % 23] != value[0]:
        raise invalid(pointer, "The check letter of this unique pupil number is wrong.", "upn-check-letter")
    return value


def unique_property_reference(text: str | int, pointer: str = "/uprn") -> str:
    """One to twelve digits, kept without leading zeros so that every system's padding compares alike (GeoPlace)."""
    value = _SPACES.sub("", str(text)).lstrip("0")
    if not re.fullmatch(r"[0-9]{1,12}", value):
        raise invalid(pointer, "A UPRN has 1 to 12 digits.", "uprn-form")
    return value


_POSTCODE = re.compile(r"(?:[A-Z]{1,2}[0-9][A-Z0-9]?|GIR)[0-9][A-Z]{2}")


def postcode(text: str, pointer: str = "/postcode") -> str:
    """A United Kingdom postcode by its form, with one space before its last three characters."""
    value = _SPACES.sub("", text).upper()
    if not _POSTCODE.fullmatch(value):
        raise invalid(pointer, "This is not a full UK postcode.", "postcode-form")
    return f"{value[:-3]} {value[-3:]}"


_OLDEST = 130
"""Years. No one has lived longer; an older date is a slip."""


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A date of which the day, or the day and month, may be unknown. Always a real date as far as it goes."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.day is not None and self.month is None:
            raise ValueError("a day without a month")
        # The calendar itself refuses 30 February and year 0.
        date(self.year, self.month or 1, self.day or 1)

    @classmethod
    def parse(cls, text: str, pointer: str = "/date_of_birth") -> Self:
        """From YYYY, YYYY-MM or YYYY-MM-DD."""
        if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?", text, re.ASCII):
            raise invalid(pointer, "Give a year, a year and month, or a full date: YYYY-MM-DD.", "partial-date-form")
        year, month, day = (*(int(part) for part in text.split("-")), None, None)[:3]
        try:
            return cls(year or 0, month, day)
        except ValueError:
            raise invalid(pointer, f"{text} is not in the calendar.", "partial-date-calendar") from None

    def __str__(self) -> str:
        return "-".join(
            f"{part:0{width}d}" for part, width in ((self.year, 4), (self.month, 2), (self.day, 2)) if part is not None
        )

    @property
    def full(self) -> date | None:
        """The date, if all of it is known."""
        return date(self.year, self.month, self.day) if self.month and self.day else None

    @property
    def earliest(self) -> date:
        return date(self.year, self.month or 1, self.day or 1)

    def compatible(self, other: "PartialDate") -> bool:
        """Whether both can be the same day: what both know agrees."""
        return self.year == other.year and all(
            mine is None or theirs is None or mine == theirs
            for mine, theirs in ((self.month, other.month), (self.day, other.day))
        )


def date_of_birth(text: str, *, today: date, pointer: str = "/date_of_birth") -> PartialDate:
    """A date of birth: not after today, as far as it is known, and not more than 130 years before."""
    born = PartialDate.parse(text, pointer)
    if born.earliest > today:
        raise invalid(pointer, "A date of birth cannot lie in the future.", "birth-not-future")
    if born.year < today.year - _OLDEST:
        raise invalid(pointer, f"A date of birth lies at most {_OLDEST} years back.", "birth-too-long-ago")
    return born


@dataclass(frozen=True, slots=True)
class DateClue:
    """What a searcher knows of a date of birth: any part of it, also a birthday without its year."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.day is not None and self.month is None:
            raise ValueError("a day without a month")
        if self.year is None and self.day is None:
            raise ValueError("a year, or a day and month, at the least")
        # A leap year stands in for the year that is not known.
        date(self.year or 2000, self.month or 1, self.day or 1)

    @classmethod
    def parse(cls, text: str, pointer: str = "/date_of_birth") -> Self:
        """From YYYY, YYYY-MM, YYYY-MM-DD, or --MM-DD (XML Schema's gMonthDay) for a birthday without its year."""
        if not text.startswith("--"):
            return cls.of(PartialDate.parse(text, pointer))
        found = re.fullmatch(r"--([0-9]{2})-([0-9]{2})", text, re.ASCII)
        if not found:
            raise invalid(pointer, "Give a day and month without a year as --MM-DD.", "partial-date-form")
        try:
            return cls(None, int(found[1]), int(found[2]))
        except ValueError:
            raise invalid(pointer, f"{text} is not in the calendar.", "partial-date-calendar") from None

    @classmethod
    def of(cls, known: PartialDate) -> Self:
        return cls(known.year, known.month, known.day)

    @property
    def full(self) -> bool:
        return self.year is not None and self.day is not None
