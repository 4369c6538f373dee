"""SQLAlchemy engines that outlive a test: a new one would ask PostgreSQL who it is and compile every statement again.

Only what is known about the database and the compiled statements is kept. Connections are not: closing an engine closes
them, and the next test opens its own in its own event loop.
"""

from collections import defaultdict
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_resting: defaultdict[str, list["_Kept"]] = defaultdict(list)


class _Kept(AsyncEngine):
    """An engine that rests when it is disposed of, until the next one is asked for with the same settings."""

    settings: str

    async def dispose(self, close: bool = True) -> None:
        await super().dispose(close)
        _resting[self.settings].append(self)


def kept(url: str, **settings: Any) -> AsyncEngine:
    """What `create_async_engine` gives; one that rests, if there is one."""
    key = f"{url} {sorted(settings.items())}"
    if _resting[key]:
        return _resting[key].pop()
    engine = _Kept(create_async_engine(url, **settings).sync_engine)
    engine.settings = key
    return engine
