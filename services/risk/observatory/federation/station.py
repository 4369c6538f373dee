"""`python -m services.risk.observatory.federation.station`: the line alone, in a process of its own.

Where a region has no borough of its own to work for, this is all that runs beside its api. A worker does the same.
"""

import asyncio
import os
import signal
import sys

from kit.settings import BadSettings, VaultSettings, load
from kit.store.db import Database
from services.risk.observatory.federation import exchange


async def _run(settings: VaultSettings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    database = Database(settings.database_url.get_secret_value(), pool=3, name="risk-observatory")
    try:
        await exchange.run(database, settings, stop, float(os.environ.get("NEWSTART_OBSERVATORY_SECONDS", "5")))
    finally:
        await database.close()


def main() -> int:
    """Until told to stop; 2 when the settings don't do."""
    try:
        settings = load(VaultSettings)
    except BadSettings as refusal:
        print(refusal.detail, file=sys.stderr)
        return 2
    asyncio.run(_run(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
