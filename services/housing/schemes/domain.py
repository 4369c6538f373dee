"""What a scheme is: site, phases, mix, gateways. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Literal

from kit.errors import Conflict, FieldError, Invalid, invalid


class Tenure(StrEnum):
    """What a new home is built as."""

    SOCIAL = "social"
    LONDON_AFFORDABLE = "london_affordable"
    MARKET_50 = "market_50"
    MARKET_60 = "market_60"
    MARKET_80 = "market_80"
    LONDON_LIVING = "london_living"
    SHARED_OWNERSHIP = "shared_ownership"
    MARKET_SALE = "market_sale"


COUNCIL_EQUIVALENT: Final = frozenset({Tenure.SOCIAL})
SOLD: Final = frozenset({Tenure.SHARED_OWNERSHIP, Tenure.MARKET_SALE})
UNDER_MARKET: Final = frozenset(
    {Tenure.LONDON_AFFORDABLE, Tenure.MARKET_50, Tenure.MARKET_60, Tenure.MARKET_80, Tenure.LONDON_LIVING}
)


class Milestone(StrEnum):
    """The gateways, in order. The first four are of the whole scheme, the others of each phase."""

    FEASIBILITY = "feasibility"
    OUTLINE_CASE = "outline_case"
    PLANNING = "planning"
    FULL_CASE = "full_case"
    START_ON_SITE = "start_on_site"
    PRACTICAL_COMPLETION = "practical_completion"
    HANDOVER = "handover"


OF_THE_WHOLE: Final = (Milestone.FEASIBILITY, Milestone.OUTLINE_CASE, Milestone.PLANNING, Milestone.FULL_CASE)
OF_A_PHASE: Final = (Milestone.START_ON_SITE, Milestone.PRACTICAL_COMPLETION, Milestone.HANDOVER)
ADVISED: Final = frozenset({Milestone.OUTLINE_CASE, Milestone.FULL_CASE})
"""Before these the investment panel gives its advice on the appraisal."""

Advice = Literal["proceed", "proceed_with_conditions", "return", "stop"]
GOES_ON: Final = frozenset({"proceed", "proceed_with_conditions"})


class State(StrEnum):
    """Where a scheme stands, from its gateways."""

    PIPELINE = "pipeline"
    APPROVED = "approved"
    ON_SITE = "on_site"
    COMPLETED = "completed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Reached:
    """A gateway passed. Phase 0 is the whole scheme."""

    milestone: Milestone
    phase: int
    reached_on: date


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase: when it is built, and what goes first."""

    number: int
    starts_on: date
    completes_on: date
    demolished: int = 0


@dataclass(frozen=True, slots=True)
class MixLine:
    """So many homes of one size and tenure in one phase."""

    phase: int
    bedrooms: int
    tenure: Tenure
    homes: int


def check(phases: Sequence[Phase], mix: Sequence[MixLine]) -> None:
    """All faults of a programme and its mix at once."""
    faults = []
    numbers = [each.number for each in phases]
    if numbers != list(range(1, len(phases) + 1)):
        faults.append(FieldError("/phases", "Numbered from 1, each once, in order.", "phases"))
    for place, phase in enumerate(phases):
        if phase.completes_on <= phase.starts_on:
            faults.append(FieldError(f"/phases/{place}/completes_on", "It ends after it starts.", "order-of-days"))
    seen = set()
    for place, line in enumerate(mix):
        if line.phase not in numbers:
            faults.append(FieldError(f"/mix/{place}/phase", "No such phase.", "phase"))
        key = (line.phase, line.bedrooms, line.tenure)
        if key in seen:
            faults.append(FieldError(f"/mix/{place}", "This size and tenure stands in this phase already.", "once"))
        seen.add(key)
    if faults:
        raise Invalid("This programme does not hang together", *faults)


def next_milestones(reached: Iterable[Reached], phases: int) -> list[tuple[Milestone, int]]:
    """What may be passed now: the next of the whole scheme, or after those the next of each phase."""
    done = {(each.milestone, each.phase) for each in reached}
    for milestone in OF_THE_WHOLE:
        if (milestone, 0) not in done:
            return [(milestone, 0)]
    found = []
    for phase in range(1, phases + 1):
        following = next((each for each in OF_A_PHASE if (each, phase) not in done), None)
        if following is not None:
            found.append((following, phase))
    return found


def check_reach(reached: Sequence[Reached], new: Reached, phases: int, today: date) -> None:
    """`Conflict` out of order, with what may come; `Invalid` for a day before the one it follows, or in the future."""
    may = next_milestones(reached, phases)
    if (new.milestone, new.phase) not in may:
        allowed = [f"{milestone}:{phase}" for milestone, phase in may]
        raise Conflict(f"{new.milestone} of phase {new.phase} does not come now", allowed=allowed)
    if new.reached_on > today:
        raise invalid("/reached_on", "This day has not come yet.", "not-in-future")
    # A phase follows the whole scheme's gateways and its own.
    before = [each.reached_on for each in reached if each.phase in (0, new.phase)]
    if before and new.reached_on < max(before):
        raise invalid("/reached_on", f"The gateway before it was passed on {max(before).isoformat()}.", "order-of-days")


def check_advice(milestone: Milestone, advice: Advice | None, decision: Advice, words: str | None) -> None:
    """The panel's advice comes first where it is asked for, and whoever decides against it says why."""
    if milestone in ADVISED and advice is None:
        raise invalid("/advice", "The investment panel's advice comes before this gateway.", "investment-panel")
    if advice is not None and (advice in GOES_ON) != (decision in GOES_ON) and not words:
        raise invalid("/words", "The decision departs from the panel's advice: say why.", "reason")


def state_of(reached: Sequence[Reached], phases: int, *, stopped: bool, on: date | None = None) -> State:
    """Where the scheme stands, or stood on that day."""
    done = {(each.milestone, each.phase) for each in reached if on is None or each.reached_on <= on}
    if stopped:
        return State.STOPPED
    if phases and all((Milestone.HANDOVER, phase) in done for phase in range(1, phases + 1)):
        return State.COMPLETED
    if any(milestone is Milestone.START_ON_SITE for milestone, _ in done):
        return State.ON_SITE
    return State.APPROVED if (Milestone.FULL_CASE, 0) in done else State.PIPELINE


def shares(mix: Iterable[MixLine]) -> Mapping[str, int]:
    """Homes by what they are to people: council-equivalent, under market rent, shared ownership, sold."""
    found = {"council_equivalent": 0, "under_market": 0, "shared_ownership": 0, "market_sale": 0}
    for line in mix:
        if line.tenure in COUNCIL_EQUIVALENT:
            found["council_equivalent"] += line.homes
        elif line.tenure in UNDER_MARKET:
            found["under_market"] += line.homes
        else:
            found[line.tenure.value] += line.homes
    return found


Kinds = Mapping[tuple[int, Tenure], int]
"""Homes by bedrooms and tenure."""


def check_handover(mix: Iterable[MixLine], phase: int, brought: Kinds, before: Kinds) -> None:
    """What is handed over is what the phase was to bring: no home that the mix does not have. `Invalid` otherwise."""
    planned = {(line.bedrooms, line.tenure): line.homes for line in mix if line.phase == phase}
    faults = [
        FieldError(
            "/homes",
            f"{bedrooms} bedrooms, {tenure}: {before.get((bedrooms, tenure), 0) + count} of"
            f" {planned.get((bedrooms, tenure), 0)} planned in phase {phase}.",
            "as-planned",
        )
        for (bedrooms, tenure), count in sorted(brought.items())
        if before.get((bedrooms, tenure), 0) + count > planned.get((bedrooms, tenure), 0)
    ]
    if faults:
        raise Invalid("These homes are not those of the mix", *faults)
