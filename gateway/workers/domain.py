"""What holds for every worker's entry, however it comes in."""

from collections.abc import Iterable
from datetime import date

from kit.contracts.roles import SIGNED_IN
from kit.errors import FieldError, Invalid


def check_entry(
    worker_id: str,
    *,
    roles: Iterable[str],
    manager: str | None,
    absent_from: date | None,
    absent_until: date | None,
    covered_by: str | None,
) -> None:
    """Raises Invalid naming every field at fault. `absent_until` is the first day back."""
    faults: list[FieldError] = []
    for position, role in enumerate(roles):
        if role not in SIGNED_IN:
            faults.append(FieldError(f"/roles/{position}", "There is no such role.", "known_role"))
    if manager == worker_id:
        faults.append(FieldError("/manager", "Nobody manages themselves.", "someone_else"))
    if covered_by == worker_id:
        faults.append(FieldError("/covered_by", "Nobody covers for themselves.", "someone_else"))
    if absent_until is not None and absent_from is None:
        faults.append(FieldError("/absent_from", "An absence that ends has a first day.", "absence_begins"))
    elif absent_from is not None and absent_until is not None and absent_until <= absent_from:
        faults.append(
            FieldError("/absent_until", "The first day back is after the first day away.", "absence_in_order")
        )
    if faults:
        raise Invalid("; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults), *faults)
