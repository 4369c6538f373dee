"""The rules of a panel: what follows what, and who may be drawn when. Choosing itself is `sortition`'s. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from kit.errors import Conflict, invalid

MOST_QUOTAS: Final = 100
MOST_RESERVES: Final = 50
SOONEST: Final = timedelta(minutes=15)
"""Between asking for a draw and the first moment its seed can be known.

The list is worked out and published between.
"""


class PanelKind(StrEnum):
    """What it sits for: a round of grants, how data are used, or a standing forum."""

    RESIDENTS = "residents"
    DATA = "data"
    FORUM = "forum"


class PanelState(StrEnum):
    """Gathering: volunteers come. Drawing: the pool is closed. Drawn: it sits. Ended: it has done its work."""

    GATHERING = "gathering"
    DRAWING = "drawing"
    DRAWN = "drawn"
    ENDED = "ended"


class DrawKind(StrEnum):
    """The first draw; one that replaces it, for a public reason; one of empty places."""

    FIRST = "first"
    AGAIN = "again"
    REPLACEMENT = "replacement"


class DrawState(StrEnum):
    """Working: the thousand panels are being found. Announced: committed to and public, the seed is to come."""

    WORKING = "working"
    ANNOUNCED = "announced"
    DRAWN = "drawn"
    FAILED = "failed"


class Standing(StrEnum):
    """Who sits, and who stands by."""

    MEMBER = "member"
    RESERVE = "reserve"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a panel is to be."""

    kind: PanelKind
    title: str
    summary: str
    round_id: UUID | None
    size: int
    one_per_home: bool
    quotas: Sequence[Mapping[str, Any]]
    reserves: int
    dropout: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NewVolunteer:
    """Somebody who put their name forward. `uprn` as it is compared."""

    name: str
    email: str | None
    phone: str | None
    person_id: UUID | None
    uprn: str | None
    features: Mapping[str, str]


ALLOWED: Final[Mapping[PanelState, Sequence[PanelState]]] = {
    PanelState.GATHERING: (PanelState.DRAWING, PanelState.ENDED),
    PanelState.DRAWING: (PanelState.DRAWN, PanelState.GATHERING),
    PanelState.DRAWN: (PanelState.DRAWING, PanelState.ENDED),
    PanelState.ENDED: (),
}


def move(state: PanelState, to: PanelState) -> PanelState:
    """The state after. `Conflict` with the states allowed from here."""
    if to not in ALLOWED[state]:
        raise Conflict(f"This panel is {state.value}", state=state, wanted=to, allowed=list(ALLOWED[state]))
    return to


def check_gathering(state: PanelState) -> None:
    """Pool and quotas change only before the draw is asked for: later nobody's chance may be touched."""
    if state is not PanelState.GATHERING:
        raise Conflict(
            "The pool is closed and its quotas stand: a draw was asked for", state=state, allowed=list(ALLOWED[state])
        )


def check_draw(kind: DrawKind, because: str | None, now: datetime, seed_from: datetime) -> None:
    """A second draw has a public reason; the seed becomes known when the thousand panels are public."""
    if (kind is DrawKind.AGAIN) != bool(because):
        raise invalid(
            "/because", "Say publicly why, exactly when this draws a panel again that was drawn.", "reason-for-again"
        )
    if seed_from < now + SOONEST:
        raise invalid(
            "/seed_from",
            f"At least {SOONEST // timedelta(minutes=1)} minutes from now: the panels are published first.",
            "seed-later",
        )


def check_leaving(leaving: Collection[str], members: Collection[str]) -> None:
    """Those who leave sit on the panel, and somebody stays."""
    if not leaving or not set(leaving) <= set(members):
        raise invalid("/leaving", "Name members of this panel.", "member-of-panel")
    if len(set(leaving)) == len(set(members)):
        raise invalid("/leaving", "Nobody would be left: draw the panel again, with the reason.", "somebody-stays")
