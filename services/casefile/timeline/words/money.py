"""Money, and the time to breathe."""

from collections.abc import Mapping
from typing import Any, Final

from services.casefile.timeline.words.plain import Writer, day, words


def _breathing_space(data: Mapping[str, Any]) -> str:
    # Which kind it is would tell of a crisis: those who advise on debt see it in its record.
    last = data.get("ends_on")
    return f"Breathing Space from {day(data['starts_on'])}" + (f" to {day(last)}" if last else "")


_EVERY: Final = {"week": " a week", "fortnight": " a fortnight", "four_weeks": " every four weeks", "month": " a month"}
_DEBTS: Final = {"council_tax": "council tax", "gas_or_electricity": "gas or electricity", "hmrc": "tax"}


def _pounds(pence: int) -> str:
    return f"£{pence // 100:,}.{pence % 100:02d}"


def _debt(data: Mapping[str, Any]) -> str:
    # A fine or maintenance tells more of somebody than that there is a debt: that stands in its record.
    kind = data["kind"]
    if kind in _DEBTS:
        return _DEBTS[kind]
    return "rent" if kind.startswith("rent_") else "a debt"


def _debt_agreed(data: Mapping[str, Any]) -> str:
    pence, every = data.get("instalment_pence") or 0, data.get("every", "")
    much = f": {_pounds(pence)}{_EVERY.get(every, '')}" if pence > 0 else ""
    first = f", from {day(data['first_due_on'])}" if pence > 0 and data.get("first_due_on") else ""
    return f"Arrangement agreed for {_debt(data)}{much}{first}"


def _debt_changed(data: Mapping[str, Any]) -> str:
    if data["state"] == "owed":
        return f"Arrangement for {_debt(data)} ended: it is owed again"
    return f"{_debt(data).capitalize()}: {words(data['state'])}"


def _benefit_confirmed(data: Mapping[str, Any]) -> str:
    # Which benefit it is may tell of an illness.
    parts = []
    if (data.get("year_gain_pence") or 0) > 0:
        parts.append(f"{_pounds(data['year_gain_pence'])} a year")
    if (data.get("once_pence") or 0) > 0:
        parts.append(f"{_pounds(data['once_pence'])} once")
    return "Gain in benefit confirmed" + (f": {' and '.join(parts)}" if parts else "")


WRITERS: Final[Mapping[str, Writer]] = {
    "breathing_space.started": _breathing_space,
    "breathing_space.changed": _breathing_space,
    "breathing_space.ended": lambda data: (
        "Breathing Space cancelled" if data["state"] == "cancelled" else "Breathing Space ended"
    ),
    "debt.agreed": _debt_agreed,
    "debt.changed": _debt_changed,
    "benefit.claimed": lambda data: "Claim for a benefit started",
    "benefit.confirmed": _benefit_confirmed,
    "support_plan.eviction_prevented": lambda data: f"Eviction prevented: {words(data['how'])}",
}
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        (f"breathing_space.{event}" for event in ("started", "changed", "ended")),
        ("breathing_space_id", "state", "starts_on", "ends_on"),
    ),
    **dict.fromkeys(("debt.agreed", "debt.changed"), ("debt_id", "priority", "state", "instalment_pence", "every")),
    "benefit.claimed": ("claim_id", "state", "started_on"),
    "benefit.confirmed": ("claim_id", "state", "year_gain_pence", "once_pence"),
    "support_plan.eviction_prevented": ("support_plan_id", "threat", "how", "prevented_on"),
}
PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "breathing_space": ("money/breathing-spaces/{}", "breathing_space_id"),
    "debt": ("money/debts/{}", "debt_id"),
    "benefit": ("money/claims/{}", "claim_id"),
    "support_plan": ("money/support-plans/{}", "support_plan_id"),
}
