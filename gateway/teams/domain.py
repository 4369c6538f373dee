"""What holds for every team."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from kit.contracts.roles import SIGNED_IN
from kit.errors import FieldError, Invalid


class Member(Protocol):
    """One worker's place in a team."""

    @property
    def worker_id(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def from_(self) -> date: ...
    @property
    def to(self) -> date | None: ...


def check_members(members: Sequence[Member]) -> None:
    """Raises Invalid naming every place at fault: unknown roles, days out of order, one worker twice at a time."""
    faults: list[FieldError] = []
    for position, member in enumerate(members):
        place = f"/members/{position}"
        if member.role not in SIGNED_IN:
            faults.append(FieldError(f"{place}/role", "There is no such role.", "known_role"))
        if member.to is not None and member.to <= member.from_:
            faults.append(FieldError(f"{place}/to", "A place ends after it begins.", "dates_in_order"))
        for earlier in members[:position]:
            if earlier.worker_id == member.worker_id and _overlap(earlier, member):
                faults.append(FieldError(place, "This worker holds another place at that time.", "one_place_at_a_time"))
    if faults:
        raise Invalid("; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults), *faults)


def _overlap(one: Member, other: Member) -> bool:
    return (one.to is None or other.from_ < one.to) and (other.to is None or one.from_ < other.to)
