"""Puts a demo borough into a running platform by the doors real extracts come through, and moves it on by a month.

    python -m demo.loading --size borough --gateway http://127.0.0.1:8080     (`make demo SIZE=borough`)
    python -m demo.loading --next                                             (`make demo-next`)

A file that was taken is not sent again: what broke off goes on where it stood. A platform that already holds another
borough is left alone, since two boroughs would use the same references for different people.
"""

import argparse
import hashlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import httpx
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from demo.borough.making import SIZES, STATE, last_complete_month, load, make, next_month

SOURCES = (
    "housing_stock",
    *(
        "council_tax_accounts",
        "council_tax_arrears",
        "rent_accounts",
        "rent_balances",
        "benefit_claims",
        "school_census",
    ),
    *("school_exclusions", "early_help", "social_care", "adult_care", "domestic_abuse", "homelessness", "hub_contacts"),
)
"""What One View takes, in the order it is sent: a system's accounts before what happened on them."""

SEED = 1
KEPT = Path(__file__).parents[1] / ".state" / "borough"
"""Where boroughs are kept once they are made: with the data of this folder's platform."""
_FORMS = {".parquet": "application/vnd.apache.parquet", ".csv": "text/csv; charset=utf-8"}
_PIECE = 1024 * 1024
_AT_ONCE = 3
_WAIT_SECONDS = 3600

Say = Callable[[str], None]
Tick = Callable[[str, float], None]
"""What is being done, and how much of all there is to do (0 to 1)."""


class CannotLoad(Exception):
    """The platform holds another borough, or refused a file; the text says what to do."""


def prepared(size: str, until: date, kept: Path, tick: Tick) -> Path:
    """The folder of the borough's extracts, made unless it is there."""
    folder = kept / f"{size}-{SEED}-{until:%Y-%m}"
    if not (folder / STATE).exists():
        make(SIZES[size], SEED, until, folder, report=lambda what, done, total: tick(what, done / total))
    return folder


@contextmanager
def bar(console: Console) -> Iterator[Tick]:
    """One progress bar for all of it; nothing is drawn where nobody watches."""
    columns = (TextColumn("{task.description:32}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bars:
        task = bars.add_task("The demo borough", total=1.0)
        yield lambda what, done: bars.update(task, description=what, completed=done)


@contextmanager
def door(gateway: str) -> Iterator[httpx.Client]:
    """A client signed in as the demo's analyst, who loads and links."""
    with httpx.Client(base_url=gateway, timeout=httpx.Timeout(30, read=300), trust_env=False) as client:
        token = client.post("/demo/token", json={"role": "analyst"}).raise_for_status().json()["access_token"]
        client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": "data_linkage"})
        yield client


def send(client: httpx.Client, folder: Path, tick: Tick, *, first: bool = True) -> dict[str, int]:
    """Send each extract of the folder that the platform does not have, and wait until all are worked off.

    Returns new rows by source; nothing for sources that were there. With `first`, raises CannotLoad where another
    borough is loaded. Raises CannotLoad where the platform refuses a file.
    """
    files = [path for path in (_file(folder, code) for code in SOURCES) if path is not None]
    total = sum(path.stat().st_size for path in files) or 1
    loads, sent = {}, 0
    # Each file is looked at in a process of its own before it is taken, so a few at a time are sooner done.
    with ThreadPoolExecutor(_AT_ONCE) as senders:
        for path, load_id in zip(files, senders.map(lambda path: _take(client, path, first=first), files), strict=True):
            if load_id is not None:
                loads[path.stem] = load_id
            sent += path.stat().st_size
            tick(f"Sending {path.stem}", 0.3 + 0.2 * sent / total)
    return _wait(client, loads, tick)


def _take(client: httpx.Client, path: Path, *, first: bool) -> str | None:
    """Send the file unless the platform has it. Returns the load's id."""
    digest = _digest(path)
    known = _loads(client, path.stem)
    if any(each["sha256"] == digest and each["state"] != "failed" for each in known):
        return None
    if first and any(each["state"] == "succeeded" for each in known):
        raise CannotLoad(
            f"{path.stem} is loaded from another borough already. `make reset` removes it with all other data."
        )
    return _post(client, path, digest, whole=first)


def _file(folder: Path, code: str) -> Path | None:
    """Parquet where there is one; it is a fraction of the size."""
    found = [folder / f"{code}{ending}" for ending in _FORMS if (folder / f"{code}{ending}").exists()]
    return found[0] if found else None


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _loads(client: httpx.Client, code: str) -> list[dict[str, str]]:
    items: list[dict[str, str]] = client.get(f"/v1/risk/sources/{code}/loads").raise_for_status().json()["items"]
    return items


def _post(client: httpx.Client, path: Path, digest: str, *, whole: bool) -> str:
    """Send one file as a stream; the same file has the same key. Returns the load's id.

    `whole` false: it has a month's news only, also of a source that else sends all that it has.
    """
    key = str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:load:{path.stem}:{digest}"))
    headers = {"Content-Type": _FORMS[path.suffix], "Idempotency-Key": key}
    with path.open("rb") as content:
        pieces = iter(lambda: content.read(_PIECE), b"")
        asked = {} if whole else {"extract": "delta"}
        answer = client.post(f"/v1/risk/sources/{path.stem}/loads", params=asked, content=pieces, headers=headers)
    if answer.is_error:
        raise CannotLoad(f"{path.stem} was refused ({answer.status_code}): {answer.text[:500]}")
    load_id: str = answer.json()["load_id"]
    return load_id


def _wait(client: httpx.Client, loads: dict[str, str], tick: Tick) -> dict[str, int]:
    """Until every load has ended; its rows are counted as they go."""
    new: dict[str, int] = {}
    until = time.monotonic() + _WAIT_SECONDS
    while True:
        begun = 0.0
        for code, load_id in loads.items():
            if code in new:
                continue
            state = client.get(f"/v1/risk/loads/{load_id}").raise_for_status().json()
            if state["state"] in {"failed", "held"}:
                raise CannotLoad(f"{code} could not be loaded: {state['problem']}")
            if state["state"] == "succeeded":
                new[code] = int(state["rows_new"])
            elif state["rows"]:
                begun += min(state["rows_done"] / state["rows"], 1.0)
        waiting = [code for code in loads if code not in new]
        if not waiting:
            break
        if time.monotonic() > until:
            raise CannotLoad("The platform has not worked the files off within an hour; its logs say why")
        tick(f"Loading {waiting[0]}", 0.5 + 0.5 * (len(new) + begun) / len(loads))
        time.sleep(0.3)
    tick("Loaded", 1.0)
    return new


def load_borough(gateway: str, size: str, kept: Path, say: Say, until: date | None = None) -> None:
    """Make the borough unless it is kept, and load what is missing of it."""
    console = Console()
    last = until or last_complete_month(date.today())  # noqa: DTZ011  # the council's own calendar day
    if size not in SIZES:
        raise CannotLoad(f"There is no borough of the size {size}: {', '.join(SIZES)}, or none")
    with door(gateway) as client, bar(console) as tick:
        standing = sorted(kept.glob(f"*-{SEED}-*/{STATE}"), key=lambda path: path.stat().st_mtime)
        if not _loads(client, SOURCES[0]):
            folder = prepared(size, last, kept, lambda what, done: tick(what, 0.3 * done))
            # The demo's day is the one on which these extracts are news: what is fresh in them calls for offers.
            _move_clock(gateway, _drawn_at(folder))
        elif standing:
            # Loaded before, perhaps in another month: the borough of that day stays, and what is missing of it comes.
            folder = standing[-1].parent
            if not folder.name.startswith(f"{size}-"):
                raise CannotLoad(
                    f"The borough {folder.name} is in already; `make reset` removes it with all other data"
                )
        else:
            return
        rows = send(client, folder, tick)
    if rows:
        say(f"The demo borough is in: {sum(rows.values()):,} rows of {len(rows)} extracts; linking follows by itself")
        say(f"It is {_drawn_at(folder):%-d %B %Y} in the demo; make demo-next moves it on by a month")


def step_month(gateway: str, kept: Path, say: Say) -> None:
    """The demo's next month: its news are made and loaded, and the business clock moves past its end."""
    standing = sorted(kept.glob(f"*-{SEED}-*/{STATE}"), key=lambda path: path.stat().st_mtime)
    if not standing:
        raise CannotLoad("No borough was loaded from here yet: `make run` or `make demo` does")
    folder = standing[-1].parent
    with door(gateway) as client, bar(Console()) as tick:
        made = next_month(folder, lambda what, done, total: tick(what, 0.3 * done / total))
        after = _drawn_at(folder)
        _move_clock(gateway, after)
        rows = send(client, made.folder, tick, first=False)
    say(f"It is {after:%-d %B %Y} in the demo; {sum(rows.values()):,} new rows came in")


def _drawn_at(folder: Path) -> datetime:
    """When a borough's extracts are drawn: nine o'clock on the first day after its last month."""
    plan = load(folder)
    index = plan.first.year * 12 + plan.first.month - 1 + plan.months
    return datetime(index // 12, index % 12 + 1, 1, 9)  # noqa: DTZ001  # London, as the door reads it


def _move_clock(gateway: str, to: datetime) -> None:
    with httpx.Client(base_url=gateway, timeout=10, trust_env=False) as client:
        token = client.post("/demo/token", json={"role": "administrator"}).raise_for_status().json()["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Newstart-Purpose": "administration"}
        client.post("/demo/clock", json={"to": to.isoformat()}, headers=headers).raise_for_status()


def main() -> None:
    """The command line of `make demo` and `make demo-next`."""
    parser = argparse.ArgumentParser(prog="python -m demo.loading", description="Load the demo borough.")
    parser.add_argument("--size", choices=tuple(SIZES), default="demo")
    parser.add_argument("--gateway", default="http://127.0.0.1:8080")
    parser.add_argument("--kept", type=Path, default=KEPT, help="where made boroughs are kept")
    parser.add_argument("--next", action="store_true", help="one month more of the borough that was loaded last")
    asked = parser.parse_args()
    try:
        if asked.next:
            step_month(asked.gateway, asked.kept, print)
        else:
            load_borough(asked.gateway, asked.size, asked.kept, print)
    except CannotLoad as refusal:
        parser.exit(1, f"{refusal}\n")
    except httpx.ConnectError:
        parser.exit(1, f"Nothing answers at {asked.gateway}: start the platform with `make run`\n")


if __name__ == "__main__":
    main()
