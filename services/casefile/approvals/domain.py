"""The rules of approvals: who may decide, what may follow on what. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from kit.errors import Conflict, Forbidden, invalid


class Kind(StrEnum):
    """What is asked."""

    CLOSING = "closing"
    PLAN = "plan"
    STEP_UP = "step_up"
    STEP_DOWN = "step_down"
    SPENDING = "spending"
    OTHER = "other"


class State(StrEnum):
    """Returned is not refused: it is answered and asked again, or withdrawn."""

    ASKED = "asked"
    RETURNED = "returned"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What somebody did with it."""

    ASKED = "asked"
    RETURNED = "returned"
    ASKED_AGAIN = "asked_again"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


_LEADS_TO: Final[Mapping[Act, State]] = {
    Act.RETURNED: State.RETURNED,
    Act.ASKED_AGAIN: State.ASKED,
    Act.APPROVED: State.APPROVED,
    Act.WITHDRAWN: State.WITHDRAWN,
}
_ALLOWED: Final[Mapping[State, tuple[Act, ...]]] = {
    State.ASKED: (Act.APPROVED, Act.RETURNED, Act.WITHDRAWN),
    State.RETURNED: (Act.ASKED_AGAIN, Act.WITHDRAWN),
    State.APPROVED: (),
    State.WITHDRAWN: (),
}
_SAID: Final = frozenset({Act.RETURNED, Act.ASKED_AGAIN})


def allowed_from(state: State) -> list[str]:
    """What may be done from here."""
    return [each.value for each in _ALLOWED[state]]


def after(
    state: State, act: Act, *, by: str, asked_by: str, words: str, holders: frozenset[str] = frozenset()
) -> State:
    """The state after an act. `Conflict` with what is allowed from here; nobody decides on what they asked themselves,
    or approves what is done with a case they hold; returned, or asked again, says why."""
    if act not in _ALLOWED[state]:
        raise Conflict(
            f"This is {state.value}: it cannot be {act.value.replace('_', ' ')}",
            state=state.value,
            allowed=allowed_from(state),
        )
    if act in (Act.APPROVED, Act.RETURNED) and by == asked_by:
        raise Forbidden("Somebody else decides on what you asked yourself")
    if act is Act.APPROVED and by in holders:
        raise Forbidden("You hold this case: somebody who does not approves it")
    if act in _SAID and not words:
        raise invalid("/words", "Say what is missing, or what you changed.", "reason-given")
    return _LEADS_TO[act]
