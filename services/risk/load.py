"""`python -m services.risk.load SOURCE FILE`: an extract by command line, through the same code as the door.

For a council's own night jobs on a machine that has risk's settings. The file is checked and queued here; the worker
works it off, and this waits and tells how far it is. Ends with 1 when the file is refused, fails or is held.
"""

import argparse
import asyncio
import getpass
import sys
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from uuid import UUID

from kit.errors import DomainError
from kit.settings import BadSettings, VaultSettings
from kit.settings import load as settings_of
from kit.store.db import Database
from kit.store.unit import Cause, unit_of_work
from services.risk.sources import commands, queries, spool
from services.risk.sources.commands import Sending
from services.risk.sources.domain import Extract
from services.risk.sources.shapes import Form, LoadView

_BLOCK = 1 << 20
_EVERY_SECONDS = 1.0
_PURPOSE = "data_linkage"
_ACTION = "risk.source.load"


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser("python -m services.risk.load", description="Load an extract of a source.")
    parser.add_argument("source", help="its code in the register, e.g. council_tax_arrears")
    parser.add_argument("file", type=Path, help="CSV with a header row, or Parquet (by its name's end)")
    parser.add_argument("--savvi", action="store_true", help="the file is SAVVI's standard form")
    parser.add_argument("--charset", default="", help="UTF-8 unless said; windows-1252")
    parser.add_argument(
        "--extracted-on", type=date.fromisoformat, help="the day it shows (yyyy-mm-dd); today unless said"
    )
    parser.add_argument("--changes", action="store_true", help="it has only what is new or changed")
    parser.add_argument("--no-wait", action="store_true", help="do not wait until it is worked off")
    chosen = parser.parse_args(arguments)
    form: Form = "savvi" if chosen.savvi else "parquet" if chosen.file.suffix == ".parquet" else "csv"
    sending = Sending(form, chosen.charset, chosen.extracted_on, Extract.DELTA if chosen.changes else None)
    try:
        load = asyncio.run(_load(chosen.source, chosen.file, sending, wait=not chosen.no_wait))
    except (DomainError, BadSettings, OSError) as refusal:
        print(refusal.detail if isinstance(refusal, DomainError) else refusal, file=sys.stderr)
        return 1
    print(
        f"{load.source}: {load.state}; {load.rows_new:,} new, {load.rows_known:,} known,"
        f" {load.rows_quarantined:,} put aside{_gone(load)} {load.problem or ''}".rstrip()
    )
    return 0 if load.state == "succeeded" or chosen.no_wait else 1


def _gone(load: LoadView) -> str:
    return f", {load.withdrawn:,} no longer there" if load.withdrawn else ""


async def _load(source: str, file: Path, sending: Sending, *, wait: bool) -> LoadView:
    settings = settings_of(VaultSettings)
    database = Database(settings.database_url.get_secret_value(), pool=2, name="risk-load")
    cause = Cause(f"system:{getpass.getuser()}", _PURPOSE, _ACTION)
    try:
        async with spool.serving(settings):
            async with unit_of_work(database, "risk", cause) as unit:
                load_id = await commands.receive(unit, source, sending, _pieces(file))
            return await _followed(database, cause, load_id, wait=wait)
    finally:
        await database.close()


async def _pieces(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as opened:
        while piece := await asyncio.to_thread(opened.read, _BLOCK):
            yield piece


async def _followed(database: Database, cause: Cause, load_id: UUID, *, wait: bool) -> LoadView:
    while True:
        async with unit_of_work(database, "risk", cause) as unit:
            load = await queries.load(unit, load_id)
        if not wait or load.state in {"succeeded", "failed", "held"}:
            return load
        done = f"{load.rows_done:,}" + (f" of {load.rows:,}" if load.rows else "")
        print(f"\r{load.source}: {load.state}, {done} rows", end="", file=sys.stderr, flush=True)
        await asyncio.sleep(_EVERY_SECONDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
