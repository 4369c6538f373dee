"""What grants tells of residents' panels: tokens and people stay with grants."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.envelope import EventData, Sha256, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live


class PanelState(EventData):
    """A panel, whole, as of this version."""

    panel_id: UUID
    kind: Literal["residents", "data", "forum"]
    state: Literal["gathering", "drawing", "drawn", "ended"]
    round_id: UUID | None = None
    size: int
    members: int = Field(description="Who sit now")
    replaced: int = Field(description="Places that changed hands since it was drawn")
    pool: int = Field(description="How many could be drawn")
    draw_id: UUID | None = Field(default=None, description="The draw that stands")
    draws: int = Field(description="Draws so far, those that were drawn again too")
    smallest_of_thousand: int | None = Field(
        default=None, description="In how many of 1,000 panels anyone was at least"
    )
    commitment: Sha256 | None = None
    drawn_at: UtcDatetime | None = None
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


EVENTS: tuple[EventType, ...] = (
    live("grants.panel.drawn", PanelState, "A panel was drawn by public lottery", Sensitivity.OPEN, "gateway"),
    live("grants.panel.changed", PanelState, "A panel was formed, opened again or ended", Sensitivity.OPEN, "gateway"),
    live(
        "grants.panel.member_replaced",
        PanelState,
        "A panel member was replaced by the same rules",
        Sensitivity.OPEN,
        "gateway",
    ),
)
