"""`python -m services.casefile.timeline.rebuild`: check the log's chain, then lay the page out anew from it."""

import asyncio
import sys

from kit.settings import Settings, load
from kit.store.db import Database
from kit.store.unit import Cause, unit_of_work
from services.casefile.timeline import commands, queries


async def run() -> None:
    """Refuses to build on a log that is not what it was."""
    database = Database(load(Settings).database_url.get_secret_value(), pool=1, name="timeline-rebuild")
    try:
        async with unit_of_work(database, "casefile", Cause.system("casefile", "timeline.rebuild")) as unit:
            broken = await queries.first_break(unit)
            if broken is not None:
                sys.exit(f"The log is not what it was: entry {broken} breaks the chain. The page is left as it is.")
            print(f"The chain stands. The page was laid out from {await commands.rebuild(unit)} facts.")
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(run())
