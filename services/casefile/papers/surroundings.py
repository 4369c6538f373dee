"""What casefile's processes need besides their database: the key of objections, and the keys of the packs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kit.settings import Settings
from services.casefile.introductions import digests
from services.casefile.papers.downtime import keys


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[None]:
    """Both, while inside."""
    async with digests.serving(settings), keys.serving(settings):
        yield
