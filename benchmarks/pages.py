"""How long the staff app takes to make each page, at the server, with the demo borough loaded.

`BENCH_STAFF=http://127.0.0.1:8000` measures a `make run` that is there already; otherwise one is started for it.
"""

import math
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby

import httpx

from benchmarks.rounds import Size
from benchmarks.table import Row
from kit.testing.platform import running_platform
from tests.staff.atlas import NOBODY, Place, drawn

WANTED_MS = 150
_PEOPLE = {"name": "Kelly Pike", "born-day": "21", "born-month": "6", "born-year": "1988"}
_HOME = re.compile(r"/households/[0-9a-f-]{36}")
_PLAN = re.compile(r"/households/[0-9a-f-]{36}/plans/[0-9a-f-]{36}")
_TABS = ("", "/timeline", "/plan", "/plans/new", "/people", "/notes", "/risk", "/referrals", "/known", "/notes/new")
_OF_OTHERS = {
    "sade-okafor": {"queue": "/queue", "conversations": "/contacts", "handovers": "/handovers"},
    "hannah-price": {"approvals": "/approvals", "warnings": "/warnings"},
    # A manager would have to change what she works for first, and a page that shows nothing is made in no time.
    "dame-joan-webb": {"wards": "/wards", "measures": "/measures", "measures by ward": "/measures?by=ward"},
    "marcus-bell": {"homelessness": "/homelessness", "register": "/register", "homes to let": "/adverts"},
    "ines-carvalho": {"rounds": "/rounds", "campaigns": "/campaigns", "panels": "/panels"},
}


def run(size: Size) -> list[Row]:
    """The 95th percentile of each page's time at the server; the limit is a page that asks nothing of anybody."""
    with _somewhere("none" if size.name == "tiny" else "demo") as address:
        return _measured(address, 5 if size.name == "tiny" else 20)


def _measured(address: str, rounds: int) -> list[Row]:
    rows = []
    with _browser(address, "tom-abiola") as browser:
        nothing = _taken(browser, "/help", rounds)
        for name, page in _of_an_account_manager(browser).items():
            rows.append(_row(name, _taken(browser, page, rounds), nothing))
    for worker, pages in _OF_OTHERS.items():
        with _browser(address, worker) as browser:
            rows += [_row(name, _taken(browser, page, rounds), nothing) for name, page in pages.items()]
    rows.append(_every_page(address, rounds))
    return rows


def _every_page(address: str, rounds: int) -> Row:
    """All that links lead the demo's people to, as the browser tests find it; the slowest of them is the figure."""
    found = drawn(address, {})
    places = sorted((place, template) for template, several in found.places.items() for place in several)
    taken: dict[Place, list[float]] = {}
    _ask(address, [place for place, _ in places], rounds, taken)
    # A machine that stops twice for a moment makes any of twenty answers late: what comes near the limit, from either
    # side, is asked for until the figure says more of the page than of the moment.
    near = [place for place, ms in taken.items() if _percentile(ms, 0.95) >= 0.8 * WANTED_MS]
    _ask(address, near, 4 * rounds, taken)
    of_page: dict[str, float] = {}
    for place, template in places:
        if place in taken:
            of_page[template] = max(of_page.get(template, 0.0), _percentile(taken[place], 0.95))
    slowest = sorted(of_page.items(), key=lambda each: -each[1])
    late = [f"{template} {ms:.0f}" for template, ms in slowest if ms >= WANTED_MS]
    told = ", ".join(f"{template} {ms:.0f}" for template, ms in slowest[:5])
    return Row(
        f"Staff app: the slowest of {len(of_page)} pages, p95",
        slowest[0][1],
        None,
        None,
        "ms",
        f"under {WANTED_MS}",
        f"{len(taken)} addresses, {rounds} times each, {len(near)} of them near the limit {5 * rounds} times;"
        f" half of the pages under {sorted(of_page.values())[len(of_page) // 2]:.0f} ms."
        f" Slowest in ms: {told}. {len(late)} over {WANTED_MS}.",
        not late,
    )


def _ask(address: str, places: list[Place], rounds: int, taken: dict[Place, list[float]]) -> None:
    """Each of them so many times, as the person to whom its link was shown; added to what is known of it."""
    for worker, of_one in groupby(places, key=lambda each: each.worker):
        with httpx.Client(base_url=address, timeout=60, follow_redirects=True, trust_env=False) as browser:
            if worker != NOBODY:
                _sign_in(browser, worker)
            for place in of_one:
                # What another's button leads to may lead this person elsewhere: that is no page.
                if not _got(browser, place.address).history:
                    taken.setdefault(place, []).extend(_taken(browser, place.address, rounds))


def _of_an_account_manager(browser: httpx.Client) -> dict[str, str]:
    pages = {"my work": "/my-work", "my team": "/my-work?tab=team", "search": "/search"}
    found = browser.post("/search", data={"csrf": _token(browser, "/search"), **_PEOPLE}).text
    home = _HOME.search(found)
    if home is not None:
        pages |= {f"household{tab}": home.group() + tab for tab in _TABS}
        plan = _PLAN.search(browser.get(home.group() + "/plan").text)
        if plan is not None:
            pages["household, working on the plan"] = plan.group()
    return pages


def _row(name: str, taken: list[float], nothing: list[float]) -> Row:
    slowest, half = _percentile(taken, 0.95), _percentile(taken, 0.5)
    return Row(
        f"Staff app: {name}, p95",
        slowest,
        None,
        _percentile(nothing, 0.95),
        "ms",
        f"under {WANTED_MS}",
        f"At the server (Server-Timing), one reader, all behind it included; half of them under {half:.0f} ms."
        " Limit: a page that asks nothing.",
        slowest < WANTED_MS,
    )


def _percentile(taken: list[float], part: float) -> float:
    """By nearest rank: the smallest of them that so many are not above."""
    return sorted(taken)[math.ceil(len(taken) * part) - 1]


def _taken(browser: httpx.Client, page: str, rounds: int) -> list[float]:
    """Milliseconds at the server, once the page has been made once."""
    _got(browser, page)
    answers = [_got(browser, page) for _ in range(rounds)]
    return [float(each.headers["server-timing"].partition("dur=")[2]) for each in answers]


def _got(browser: httpx.Client, page: str, form: dict[str, str] | None = None) -> httpx.Response:
    """The page. One reader asks faster than a person may: told to come back, we do, and the pause is not counted."""
    while True:
        answer = browser.post(page, data=form) if form else browser.get(page)
        if answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
            return answer.raise_for_status()
        time.sleep(float(answer.headers.get("retry-after", "5")))


@contextmanager
def _browser(address: str, worker: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60, follow_redirects=True, trust_env=False) as browser:
        _sign_in(browser, worker)
        yield browser


def _sign_in(browser: httpx.Client, worker: str) -> None:
    _got(browser, "/sign-in", {"csrf": _token(browser, "/sign-in"), "worker": worker})


def _token(browser: httpx.Client, page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', _got(browser, page).text)
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
