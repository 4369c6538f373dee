"""What a service is made of. Its `app.py` fills this in; the processes run it."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import MetaData

if TYPE_CHECKING:
    from fastapi import APIRouter

    from kit.events.handlers import Handlers
    from kit.settings import Settings
    from kit.store.db import Database
    from kit.store.jobs import JobHandler
    from kit.store.timers import TimerHandler

    Loop = Callable[[Database, Settings, asyncio.Event], Coroutine[object, object, None]]


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
    lasting_drafts: frozenset[str] = frozenset()
    """Kinds of drafts that are never forgotten, however long nobody types: they end as sent or thrown away."""
    loops: "Mapping[str, Loop]" = field(default_factory=dict)
    """What its worker does over and over besides, until told to stop: `run(database, settings, stop)` by name."""
    vault: MetaData | None = None
    """The tables of its vault, where it has one (`kit.contracts.event_type.VAULTS`)."""
    opened: "Callable[[Settings], AbstractAsyncContextManager[None]] | None" = None
    """What its api and worker need besides their database, from before the first request until after the last."""
    databases: "Callable[[], Mapping[str, Database]] | None" = None
    """What of that must be migrated too before it is ready, by the history that makes it; asked while it is open."""


def opened(service: Service, settings: "Settings") -> AbstractAsyncContextManager[None]:
    """What the service needs besides its database, open while inside."""
    return service.opened(settings) if service.opened else nullcontext()
