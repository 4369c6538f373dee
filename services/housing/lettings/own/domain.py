"""The code somebody bids with, and the pass that it opens. Pure.

Nobody is told which of number and code was wrong, nor whether there is such an application: 80 random bits are not
guessed, and a wrong guess locks nobody out of their own.
"""

import hashlib
import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from services.housing.lettings.rules import Refusal

CODE_DAYS: Final = 366
"""Whoever renews their application each year gets a new one with it."""
SITTING: Final = timedelta(hours=1)
"""How long a pass holds, by the clock on the wall: somebody may sit at a hub's computer."""
LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""None that is read for another: no 0, 1, I or O."""
GROUPS, EACH = 4, 4


def in_groups(letters: str) -> str:
    """As it is read out: `K7QD-2MXP-9TRA-4WEH`."""
    return "-".join(letters[at : at + EACH] for at in range(0, len(letters), EACH))


def mark_of_code(number: str, code: str) -> bytes:
    """What is kept of a code: it fits one application alone. Spaces, dashes and small letters make no difference."""
    return _mark("code", number.strip(), re.sub(r"[\s-]", "", code).upper())


def mark_of_pass(secret: str) -> bytes:
    """What is kept of a pass."""
    return _mark("pass", secret)


def _mark(*parts: str) -> bytes:
    # As many random bits as these have cannot be turned round: no salt, no slow hash.
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).digest()


def why_not(found: Iterable[Refusal]) -> list[str]:
    """Every rule that a household does not meet, in words for them."""
    return [each.words for each in found]
