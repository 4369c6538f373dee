"""What a service is made of. Its `app.py` fills this in; the processes run it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import MetaData

if TYPE_CHECKING:
    from fastapi import APIRouter

    from kit.events.handlers import Handlers
    from kit.store.jobs import JobHandler
    from kit.store.timers import TimerHandler


@dataclass(frozen=True, slots=True)
class Service:
    """One owner of one database: its doors, its rules for events, its alarms and its long work."""

    name: str
    summary: str
    metadata: MetaData
    routers: "Sequence[APIRouter]" = ()
    handlers: "Sequence[Handlers]" = ()
    timers: "Mapping[str, TimerHandler]" = field(default_factory=dict)
    jobs: "Mapping[str, JobHandler]" = field(default_factory=dict)
