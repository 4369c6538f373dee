"""The shapes of tables that somebody loads: figures, the day they count from, and where they are from. Pure.

- `lha`: Local Housing Allowance of one broad rental market area (set by the rent officers), a week in pence.
- `council_tax_reduction`: a council's own scheme for people of working age, by bands of income (LGFA 1992 s13A(2)).
- `spending_guidelines`: the figures of the Standard Financial Statement, which only its members hold.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

from kit.errors import FieldError, Invalid

Kind = Literal["lha", "council_tax_reduction", "spending_guidelines"]
LHA_SIZES: Final = ("shared", "1", "2", "3", "4")
FLEXIBLE: Final = ("communications_and_leisure", "food_and_housekeeping", "personal")
PEOPLE: Final = ("first_adult", "further_adult", "younger_child", "older_child")
INCOMES: Final = ("earnings", "universal_credit", "child_benefit", "other")


def check(kind: Kind, figures: Mapping[str, Any]) -> None:
    """All faults of a table at once; figures are whole pence, shares whole per cents."""
    faults = list(_CHECKS[kind](figures))
    if faults:
        raise Invalid("This table is not complete", *faults)


def _lha(figures: Mapping[str, Any]) -> list[FieldError]:
    faults = _unknown(figures, LHA_SIZES)
    faults += [
        FieldError(f"/figures/{size}", "Pence a week.", "figure") for size in LHA_SIZES if not _pence(figures.get(size))
    ]
    if not faults:
        ladder = [figures[size] for size in LHA_SIZES]
        if ladder != sorted(ladder):
            faults.append(FieldError("/figures", "More rooms never have a lower rate.", "rates-in-order"))
    return faults


def _reduction(figures: Mapping[str, Any]) -> list[FieldError]:
    faults = _unknown(figures, ("capital_limit_pence", "counts", "bands"))
    if not _pence(figures.get("capital_limit_pence")):
        faults.append(FieldError("/figures/capital_limit_pence", "Pence.", "figure"))
    counts = figures.get("counts")
    if not isinstance(counts, list) or not counts or set(counts) - set(INCOMES):
        faults.append(FieldError("/figures/counts", f"Which of {', '.join(INCOMES)} it counts.", "incomes"))
    bands = figures.get("bands")
    if not isinstance(bands, list) or not bands:
        return [*faults, FieldError("/figures/bands", "At least one band.", "bands")]
    for place, band in enumerate(bands):
        if not isinstance(band, dict) or set(band) != {"adults", "children", "up_to_week_pence", "percent"}:
            detail = "adults (1 or 2), children (0, 1, 2 for two or more), up_to_week_pence, percent."
            faults.append(FieldError(f"/figures/bands/{place}", detail, "band"))
        elif (
            band["adults"] not in (1, 2)
            or band["children"] not in (0, 1, 2)
            or not _pence(band["up_to_week_pence"])
            or not (_pence(band["percent"]) and band["percent"] <= 100)
        ):
            faults.append(FieldError(f"/figures/bands/{place}", "One of its values is not sound.", "band"))
    return faults


def _guidelines(figures: Mapping[str, Any]) -> list[FieldError]:
    faults = _unknown(figures, FLEXIBLE)
    for group in FLEXIBLE:
        row = figures.get(group)
        if not isinstance(row, dict) or set(row) != set(PEOPLE) or not all(_pence(each) for each in row.values()):
            detail = f"Pence a month for {', '.join(PEOPLE)}."
            faults.append(FieldError(f"/figures/{group}", detail, "figure"))
    return faults


def _unknown(figures: Mapping[str, Any], known: tuple[str, ...]) -> list[FieldError]:
    more = sorted(set(figures) - set(known))
    return [FieldError(f"/figures/{each}", f"Known are {', '.join(known)}.", "known-figure") for each in more]


def _pence(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10_000_000_00


_CHECKS: Final = {"lha": _lha, "council_tax_reduction": _reduction, "spending_guidelines": _guidelines}
