"""How many households of each ward told the front door of a need, small groups hidden before they leave casefile."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from kit.contracts.envelope import EventData, UtcDatetime, WorkerId
from kit.contracts.event_type import EventType, Sensitivity, live


class WardNeedsState(EventData):
    """A month's counts over the year before, rounded. Null is hidden; none is of fewer than ten."""

    edition_id: UUID
    month: Annotated[str, StringConstraints(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
    since: date
    until: date
    wards: dict[str, dict[str, int | None]] = Field(description="By GSS ward code, by domain of need or `any`")
    published_by: WorkerId
    published_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it was published."""
        return self.published_at


EVENTS: tuple[EventType, ...] = (
    live(
        "casefile.ward_needs.published",
        WardNeedsState,
        "Households with a need, counted by ward; counts only, small ones hidden",
        Sensitivity.OPEN,
        "grants",
    ),
)
