"""How long the staff app takes to make each page, at the server, with the demo borough loaded.

`BENCH_STAFF=http://127.0.0.1:8000` measures a `make run` that is there already; otherwise one is started for it.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from benchmarks.rounds import Size
from benchmarks.table import Row
from kit.testing.platform import running_platform

WANTED_MS = 150
_PEOPLE = {"name": "Kelly Pike", "born-day": "21", "born-month": "6", "born-year": "1988"}
_HOME = re.compile(r"/households/[0-9a-f-]{36}")
_TABS = ("", "/timeline", "/plan", "/people", "/notes", "/risk", "/referrals", "/known", "/notes/new")


def run(size: Size) -> list[Row]:
    """The 95th percentile of each page's time at the server; the limit is a page that asks nothing of anybody."""
    with _somewhere("none" if size.name == "tiny" else "demo") as address:
        return _measured(address, 5 if size.name == "tiny" else 60)


def _measured(address: str, rounds: int) -> list[Row]:
    with httpx.Client(base_url=address, timeout=60, follow_redirects=True, trust_env=False) as browser:
        _sign_in(browser, "tom-abiola")
        found = browser.post("/search", data={"csrf": _token(browser, "/search"), **_PEOPLE}).text
        home = _HOME.search(found)
        pages = {"my work": "/my-work", "my team": "/my-work?tab=team", "search": "/search"}
        if home is not None:
            pages |= {f"household{tab}": home.group() + tab for tab in _TABS}
        nothing = _percentile(browser, "/help", rounds)
        worst = {name: _percentile(browser, page, rounds) for name, page in pages.items()}
    return [
        Row(
            f"Staff app: {name}, p95",
            taken,
            None,
            nothing,
            "ms",
            f"under {WANTED_MS}",
            "At the server (Server-Timing), one reader, all behind it included. Limit: a page that asks nothing.",
            taken < WANTED_MS,
        )
        for name, taken in worst.items()
    ]


def _percentile(browser: httpx.Client, page: str, rounds: int) -> float:
    taken = []
    for _ in range(rounds):
        answer = browser.get(page).raise_for_status()
        taken.append(float(answer.headers["server-timing"].partition("dur=")[2]))
    return sorted(taken)[int(len(taken) * 0.95)]


def _sign_in(browser: httpx.Client, worker: str) -> None:
    browser.post("/sign-in", data={"csrf": _token(browser, "/sign-in"), "worker": worker}).raise_for_status()


def _token(browser: httpx.Client, page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get(page).text)
    if found is None:
        raise RuntimeError(f"{page} has no form")
    return found[1]


@contextmanager
def _somewhere(borough: str) -> Iterator[str]:
    if at := os.environ.get("BENCH_STAFF"):
        yield at
        return
    with running_platform({"NEWSTART_DEMO_LOADER": "gateway.demo.loader:load_all", "DEMO_SIZE": borough}) as platform:
        yield f"http://127.0.0.1:{platform.ports['staff']}"
