"""Numbers that look right and belong to nobody.

- NINO: prefix QQ, which is never issued. HMRC's own form rule refuses it (NIM39110); the shared linkage sets chose it
  too, so whoever reads the demo must let QQ pass as an invented number, and nothing real can ever collide.
- NHS number: 999 and a valid check digit (weights 10 to 2, modulo 11), the range kept for tests.
- UPN: valid check letter, local authority 301, school numbers from 9000 (no such schools).
- UPRN: twelve digits from 999000000000, far beyond any that is issued.
- Telephones: Ofcom's numbers for drama, 1,000 in each range; so at borough size some nine people share one.
- E-mail: example.com, .org and .net (RFC 2606).
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

Text = NDArray[np.str_]
Whole = NDArray[np.int64]

UPRN_FIRST = 999_000_000_000
_MOBILE = ("07700 900",)
_LAND = (
    *("020 7946 0", "01632 960", "0113 496 0", "0114 496 0", "0115 496 0", "0116 496 0", "0117 496 0", "0118 496 0"),
    *("0121 496 0", "0131 496 0", "0141 496 0", "0151 496 0", "0161 496 0", "0191 498 0", "03069 990"),
)
_LETTERS = np.array(list("ABCDEFGHJKLMNPQRTUVWXYZ"))


def padded(number: Whole, digits: int) -> Text:
    """Whole numbers with leading noughts (numpy's own zfill cannot do none)."""
    text = (np.asarray(number, np.int64) + 10**digits).astype(f"U{digits + 1}")
    letters = np.ascontiguousarray(text).view("U1").reshape(len(text), digits + 1)[:, 1:]
    return np.ascontiguousarray(letters).view(f"U{digits}").reshape(len(text))


def nino(number: Whole) -> Text:
    """One for each number below four million."""
    digits = (number * 700_001 + 123_457) % 1_000_000
    return np.char.add(np.char.add("QQ", padded(digits, 6)), np.array(list("ABCD"))[number // 1_000_000])


@cache
def _nhs_numbers() -> Whole:
    """Every valid number of the range: 999 and six digits whose check is not ten."""
    middle = np.arange(1_000_000)
    total = np.full_like(middle, 9 * (10 + 9 + 8))
    for weight in range(7, 1, -1):
        total += middle // 10 ** (weight - 2) % 10 * weight
    check = (11 - total % 11) % 11
    return np.asarray((9_990_000_000 + middle * 10 + check)[check != 10])


def nhs_number(number: Whole) -> Text:
    """One for each number below 900,000."""
    valid = _nhs_numbers()
    return np.asarray(valid[(number * 404_851 + 77_711) % len(valid)].astype(str))


def upn(number: Whole, born_year: Whole) -> Text:
    """A pupil's number: check letter, 301, school, year of allocation, serial. One for each number below a million."""
    school, serial = 9000 + number // 1000, number % 1000
    whole = ((301 * 10_000 + school) * 100 + (born_year + 4) % 100) * 1000 + serial
    check = sum((whole // 10 ** (12 - place)) % 10 * (place + 1) for place in range(1, 13))
    return np.char.add(_LETTERS[np.asarray(check) % 23], whole.astype(str))


def mobile(number: Whole) -> Text:
    """The first thousand people have a mobile of their own; beyond that the other ranges, then shared."""
    return _telephone(number, (*_MOBILE, *_LAND))


def landline(number: Whole) -> Text:
    """A household's line."""
    return _telephone(number * 7 + 3, _LAND)


def _telephone(number: Whole, ranges: tuple[str, ...]) -> Text:
    place = number % (1000 * len(ranges))
    return np.char.add(np.array(ranges)[place // 1000], padded(place % 1000, 3))


def email(given: Text, family: Text, number: Whole) -> Text:
    """given.family and digits at a name that never delivers."""
    local = np.char.add(np.char.add(np.char.lower(given), "."), np.char.lower(family))
    numbered = np.char.add(local, (number * 37 % 9973).astype(str))
    return np.char.add(numbered, np.array(["@example.com", "@example.org", "@example.net"])[number % 3])
