"""Groups and their numbers: what form a number has, and the identifier others know a group by. Pure.

Forms only: that a number is in the register is for the officer to look up.
Sources: charity numbers of the three regulators; Companies House numbers; org-id.guide list codes.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class GroupKind(StrEnum):
    """What sort of group applies."""

    UNINCORPORATED = "unincorporated"
    CHARITY = "charity"
    CIO = "cio"
    COMPANY_NOT_FOR_PROFIT = "company_not_for_profit"
    CIC = "cic"
    COOPERATIVE = "cooperative"
    SCHOOL = "school"


NEEDS_CHARITY_NUMBER: Final = frozenset({GroupKind.CHARITY, GroupKind.CIO})
NEEDS_COMPANY_NUMBER: Final = frozenset({GroupKind.COMPANY_NOT_FOR_PROFIT, GroupKind.CIC})

_ENGLAND: Final = re.compile(r"(\d{6,7})(?:-\d{1,3})?\Z")
_SCOTLAND: Final = re.compile(r"SC\d{6}\Z")
_NORTHERN_IRELAND: Final = re.compile(r"(?:NIC)?(1\d{5})\Z")
_COMPANY: Final = re.compile(r"(?:\d{8}|(?:SC|NI|OC|SO|NC|CE|CS|IP|SP|RS|RC)\d{6})\Z")


@dataclass(frozen=True, slots=True)
class Group:
    """A group as the rules see it."""

    kind: GroupKind
    charity_number: str | None = None
    company_number: str | None = None
    constituted: bool = False
    unrelated_signatories: int = 0


def charity_id(number: str) -> str | None:
    """The org-id of a charity number; None when it has no charity number's form."""
    text = number.replace(" ", "").upper()
    if _SCOTLAND.match(text):
        return f"GB-SC-{text}"
    if text.startswith("NIC") and (found := _NORTHERN_IRELAND.match(text)):
        return f"GB-NIC-{found[1]}"
    if found := _ENGLAND.match(text):
        return f"GB-CHC-{found[1]}"
    return None


def company_id(number: str) -> str | None:
    """The org-id of a company number; None when it has no company number's form."""
    text = number.replace(" ", "").upper()
    text = text.zfill(8) if text.isdecimal() and len(text) >= 6 else text
    return f"GB-COH-{text}" if _COMPANY.match(text) else None


def org_id(group: Group) -> str | None:
    """What others know the group by: its charity number's, else its company number's; None when it has neither."""
    if group.charity_number and (found := charity_id(group.charity_number)):
        return found
    return company_id(group.company_number) if group.company_number else None
