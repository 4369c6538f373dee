"""Send a service's events again: `python -m kit.run.republish <service> --since 2026-11-01T06:00`.

For when the bus has lost a stream: start it again, declare the topology (`python -m kit.run topology`), then let each
owner send what the lost stream held. The ids stay, so nothing takes effect twice. With `--sealed-to <receiver>` only
what was sealed for that service goes again; without it, everything else.
"""

import argparse
import asyncio
import getpass
import json
from collections.abc import Sequence
from datetime import UTC, datetime

from kit.events.republish import republish
from kit.settings import Settings, load
from kit.store.db import Database
from kit.store.migrate import OWNERS
from kit.store.unit import SYSTEM_PURPOSE, Cause


def moment(text: str) -> datetime:
    """An ISO 8601 date or time; without an offset it is UTC. Raises ValueError."""
    given = datetime.fromisoformat(text)
    return given if given.tzinfo else given.replace(tzinfo=UTC)


async def run(service: str, since: datetime, sealed_to: str | None) -> int:
    """With the service's own database; the relay of its worker does the sending. Returns how many events wait."""
    database = Database(load(Settings).database_url.get_secret_value(), pool=1, name=f"{service}-republish")
    cause = Cause(f"operator:{getpass.getuser()}", SYSTEM_PURPOSE, f"{service}.event.republish")
    try:
        return await republish(database, service, cause, since, sealed_to=sealed_to)
    finally:
        await database.close()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m kit.run.republish", description=__doc__)
    parser.add_argument("service", choices=OWNERS, help="the owner of the events")
    parser.add_argument("--since", required=True, type=moment, help="ISO 8601; without an offset it is UTC")
    parser.add_argument("--sealed-to", choices=OWNERS, help="only what was sealed for this receiver")
    options = parser.parse_args(arguments)
    events = asyncio.run(run(options.service, options.since, options.sealed_to))
    print(json.dumps({"service": options.service, "since": options.since.isoformat(), "events": events}))


if __name__ == "__main__":
    main()
