"""How an estimate shows its work: each step in words, with its rule and, where there is one, its amount. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

Status = Literal["estimated", "not_entitled", "cannot_be_estimated"]
LABEL: Final = (
    "An estimate from what was told today: not a decision, and no promise. Only the office that pays can decide."
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what was done, by which rule, and the amount it led to (pence; None: no amount)."""

    words: str
    rule: str
    pence: int | None = None


@dataclass(slots=True)
class Working:
    """The steps as they are taken."""

    steps: list[Step] = field(default_factory=list)

    def step(self, words: str, rule: str, pence: int | None = None) -> int:
        """Note a step; its amount is handed back, so that what is shown is what is counted with."""
        self.steps.append(Step(words, rule, pence))
        return pence or 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """One benefit: how much a month (and a week, where it is paid weekly), and every step that led there."""

    benefit: str
    title: str
    status: Status
    month_pence: int
    week_pence: int | None
    steps: Sequence[Step]
    missing: Sequence[str] = ()
    sources: Sequence[str] = ()


def status_of(amount_pence: int) -> Status:
    """Something is paid, or nothing."""
    return "estimated" if amount_pence else "not_entitled"


def cannot(benefit: str, title: str, missing: str, steps: Sequence[Step] = ()) -> Estimate:
    """A figure is in no table: that is the answer."""
    return Estimate(benefit, title, "cannot_be_estimated", 0, None, steps, (missing,))
