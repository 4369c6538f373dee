"""The states of an application, and how two assessors who don't see each other come to one score. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from kit.errors import Conflict, FieldError, Forbidden, Invalid, invalid


class State(StrEnum):
    """Where an application stands. `returned`: the officer gave the panel's recommendation back, once."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    INELIGIBLE = "ineligible"
    ELIGIBLE = "eligible"
    ASSESSED = "assessed"
    RECOMMENDED = "recommended"
    RETURNED = "returned"
    AWARDED = "awarded"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


ALLOWED: Final[Mapping[State, Sequence[State]]] = {
    State.DRAFT: (State.SUBMITTED, State.WITHDRAWN),
    State.SUBMITTED: (State.ELIGIBLE, State.INELIGIBLE, State.WITHDRAWN),
    State.INELIGIBLE: (),
    State.ELIGIBLE: (State.ASSESSED, State.WITHDRAWN),
    State.ASSESSED: (State.RECOMMENDED, State.DECLINED, State.WITHDRAWN),
    State.RECOMMENDED: (State.AWARDED, State.RETURNED, State.WITHDRAWN),
    State.RETURNED: (State.RECOMMENDED, State.DECLINED, State.WITHDRAWN),
    State.AWARDED: (),
    State.DECLINED: (),
    State.WITHDRAWN: (),
}
ENDED: Final = frozenset(state for state, onward in ALLOWED.items() if not onward)


def move(state: State, wanted: State) -> State:
    """`wanted`, or `Conflict` with the states that can be reached from here."""
    if wanted not in ALLOWED[state]:
        raise Conflict(
            f"An application that is {state} cannot become {wanted}", state=state, allowed=list(ALLOWED[state])
        )
    return wanted


def decide_eligibility(unmet: Sequence[str], eligible: bool, reason: str | None) -> State:
    """An officer's word on eligibility. Nobody can waive a rule of the round, nor invent one without saying so."""
    if eligible and unmet:
        raise Conflict(
            "These rules of the round are not met, and nobody can waive them: it was opened with them",
            rules=list(unmet),
        )
    if not eligible and not unmet and not reason:
        raise invalid("/reason", "Every rule of the round is met: say why it is not eligible.", "reason")
    return State.ELIGIBLE if eligible else State.INELIGIBLE


@dataclass(frozen=True, slots=True)
class Score:
    """One assessor's mark for one criterion, with the reason the group will read."""

    criterion: str
    score: int
    reason: str


def check_assessor(actor: str, applied_by: str, interested: Collection[str], before: Collection[str]) -> None:
    """Who may assess: not who applied, nobody with an interest, nobody twice."""
    if actor == applied_by:
        raise Forbidden("Whoever typed an application in does not assess it")
    if actor in interested:
        raise Forbidden("You have declared an interest in this application: somebody else assesses it")
    if actor in before:
        raise Conflict("You have assessed this application already", allowed=[])


def check_scores(criteria: Sequence[Mapping[str, Any]], scores: Sequence[Score]) -> None:
    """Every criterion once, each within its range."""
    most = {each["code"]: int(each["most"]) for each in criteria}
    errors = [
        FieldError(f"/scores/{place}/score", f"From 0 to {most[each.criterion]}.", "range")
        for place, each in enumerate(scores)
        if each.criterion in most and not 0 <= each.score <= most[each.criterion]
    ]
    errors += [
        FieldError(f"/scores/{place}/criterion", "This round has no such criterion.", "criterion")
        for place, each in enumerate(scores)
        if each.criterion not in most
    ]
    given = [each.criterion for each in scores]
    if sorted(given) != sorted(most) and not errors:
        errors.append(FieldError("/scores", f"Score each of these once: {', '.join(most)}.", "every-criterion"))
    if errors:
        raise Invalid("The scores don't fit this round's criteria", *errors)


def widest_gap(sheets: Sequence[Sequence[Score]]) -> int:
    """How far assessors are apart on the criterion on which they differ the most."""
    marks: dict[str, list[int]] = {}
    for each in (score for sheet in sheets for score in sheet):
        marks.setdefault(each.criterion, []).append(each.score)
    return max((max(each) - min(each) for each in marks.values()), default=0)


def total(criteria: Sequence[Mapping[str, Any]], sheets: Sequence[Sequence[Score]]) -> int:
    """The weighted mean of all sheets, in thousandths of the most that can be scored; half a thousandth up."""
    marks: dict[str, list[int]] = {}
    for each in (score for sheet in sheets for score in sheet):
        marks.setdefault(each.criterion, []).append(each.score)
    got = sum(
        (Fraction(sum(marks[each["code"]]), len(marks[each["code"]])) / each["most"] * each["weight"])
        for each in criteria
    )
    whole = sum(int(each["weight"]) for each in criteria)
    return int(Fraction(got) * 1000 / whole + Fraction(1, 2))
