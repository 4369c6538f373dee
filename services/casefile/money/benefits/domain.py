"""The rules of a claim: started, then confirmed with amount and evidence, refused or withdrawn. Pure; pence."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from kit.errors import Conflict, FieldError, Invalid, invalid
from services.casefile.money.pounds import A_YEAR, MOST

State = Literal["started", "confirmed", "refused", "withdrawn"]
Evidence = Literal["award_letter", "payment_seen", "online_account", "office_confirmed"]
ALLOWED: Final[dict[str, tuple[str, ...]]] = {
    "started": ("confirmed", "refused", "withdrawn"),
    # Looked at again, or by a tribunal.
    "refused": ("confirmed",),
    "confirmed": (),
    "withdrawn": (),
}
BENEFITS: Final = (
    "universal_credit",
    "pension_credit",
    "child_benefit",
    "housing_benefit",
    "council_tax_reduction",
    "housing_payment",
    "personal_independence_payment",
    "disability_living_allowance_child",
    "attendance_allowance",
    "carers_allowance",
    "new_style_esa",
    "new_style_jsa",
    "state_pension",
    "maternity_allowance",
    "free_school_meals",
    "healthy_start",
    "warm_home_discount",
    "social_tariff",
    "other",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a claim. The gain is what is more than before: so much so often, and so much once."""

    state: State
    on: date
    gain_pence: int = 0
    every: str | None = None
    once_pence: int = 0
    evidence: Evidence | None = None
    reason: str | None = None


def check_start(benefit: str, started_on: date, today: date) -> None:
    """A claim for a known benefit, once it is made."""
    if benefit not in BENEFITS:
        raise invalid("/benefit", f"One of {', '.join(BENEFITS)}.", "benefit")
    if started_on > today:
        raise invalid("/started_on", "It is recorded once it was made.", "not-in-the-future")


def decide(state: State, started_on: date, told: Outcome, today: date) -> int | None:
    """What came of it; returns the gain in a year. A gain is confirmed by evidence, never by an estimate."""
    if told.state not in ALLOWED[state]:
        raise Conflict(
            f"A claim that is {state} cannot become {told.state}",
            state=state,
            wanted=told.state,
            allowed=list(ALLOWED[state]),
        )
    faults = []
    if not started_on <= told.on <= today:
        detail = f"Not before {started_on.isoformat()}, when it was made, and not to come."
        faults.append(FieldError("/on", detail, "dates-in-order"))
    gains = bool(told.gain_pence or told.once_pence)
    if told.state == "confirmed":
        if not gains:
            detail = "How much more than before, so often or once."
            faults.append(FieldError("/gain_pence", detail, "gain-with-amount"))
        if told.gain_pence and told.every not in A_YEAR:
            faults.append(FieldError("/every", f"One of {', '.join(A_YEAR)}.", "how-often"))
        if told.evidence is None:
            faults.append(FieldError("/evidence", "How we know: an estimate is none.", "gain-with-evidence"))
        if not 0 <= told.gain_pence <= MOST or not 0 <= told.once_pence <= MOST:
            faults.append(FieldError("/gain_pence", "Whole pence, none below nothing.", "amount"))
    else:
        if gains:
            faults.append(FieldError("/gain_pence", "Only a confirmed claim has a gain.", "gain-when-confirmed"))
        if told.state == "refused" and not (told.reason or "").strip():
            faults.append(FieldError("/reason", "Say why, as the office gave it.", "reason"))
    if faults:
        raise Invalid("This outcome is not complete", *faults)
    return told.gain_pence * A_YEAR[told.every] if told.every and told.gain_pence else None
