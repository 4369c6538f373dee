"""A kiosk in a browser: after "exit this page" nothing of whoever sat there can be read on the device.

Neither by going back, nor in any storage, nor in the files the browser leaves on its disk.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from tests.staff.browsing import CHROMIUM, FLAGS, axe, narrow
from tests.staff.safety.conftest import Served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("staff-safety"), pytest.mark.timeout(300)]

SAID = "quokkaishness at home"
SERVICE = {
    "id": "3188a6d2-2e8d-599d-b3de-b14689c39ef3",
    "name": "Wallabyhood refuge",
    "description": "A safe place",
    "organization": {"name": "Numbatlike Trust"},
    "newstart": {"fresh": True, "confirmed_on": "2026-02-21"},
}
THEIRS = ("quokkaishness", "Wallabyhood", "Numbatlike", SERVICE["id"][:23], "4711")
"""What would tell somebody what they did; the ticket's number too."""
READABLE = """() => [location.href, document.title, document.body.innerText,
    ...[...document.querySelectorAll("input, textarea")].map(each => each.value)].join()"""
CONTROL = "Bandicootery"
"""Stands on a page of its own that says so: whatever looks for traces must find this one."""


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """The folder in which the browser keeps everything."""
    return tmp_path / "profile"


@pytest.fixture
def kiosk(browser: Browser, served: Served, profile: Path) -> Iterator[BrowserContext]:
    """A browser that keeps things on a disk, as a kiosk's does."""
    served.gateway.on("POST /v1/triage/directory/search", {"total_items": 1, "last_page": True, "contents": [SERVICE]})
    served.gateway.on("GET /v1/triage/directory/services/{id}", SERVICE)
    served.gateway.on(
        "POST /v1/triage/hubs/{hub}/tickets", {"number": 4711, "wait": {"minutes": 5, "words": "One before you."}}
    )
    context = browser.browser_type.launch_persistent_context(
        profile, executable_path=CHROMIUM, args=FLAGS, base_url=served.at
    )
    yield context
    context.close()


def sat(page: Page) -> None:
    """Somebody looks for help, reads about a refuge, takes a number."""
    page.goto("/sign-in?next=/kiosk/start")
    page.locator("button[value=bev-carter]").click()
    page.get_by_label("Heath hub").check()
    page.get_by_role("button", name="Hand it over").click()
    page.get_by_role("link", name="Look for help yourself").click()
    page.get_by_label("In your own words").fill(SAID)
    page.get_by_role("button", name="Find help").click()
    expect(page.get_by_text(SAID)).to_be_visible()
    page.get_by_role("link", name="Wallabyhood refuge").click()
    expect(page.get_by_role("heading", name="Wallabyhood refuge")).to_be_visible()
    assert "Wallabyhood" not in page.title()
    axe(page)
    narrow(page)
    page.goto("/kiosk/number")
    page.get_by_label("Somebody hurts or frightens me").check()
    page.get_by_role("button", name="Take a number").click()
    expect(page.get_by_role("heading", name="Your number is 4711")).to_be_visible()
    page.goto("/kiosk/help/found/1")


def test_after_the_exit_nothing_can_be_read_by_going_back(kiosk: BrowserContext) -> None:
    page = kiosk.pages[0]
    sat(page)
    page.get_by_role("button", name="Exit this page").or_(page.get_by_role("link", name="Exit this page")).first.click()
    page.wait_for_url("**/kiosk")
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    steps = page.evaluate("history.length")
    assert steps > 2
    for _ in range(steps):
        # Not there any more, or never where it can be shown: either is well.
        with suppress(Error):
            page.go_back(timeout=5_000)
        page.wait_for_load_state()
        shown = page.evaluate(READABLE)
        for word in THEIRS:
            assert word not in shown, f"{word} can be read at {page.url}"
    page.goto("/kiosk")
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie].join()") == "0,0,"
    assert page.evaluate("indexedDB.databases().then(found => found.length)") == 0
    assert page.evaluate("caches.keys().then(found => found.length)") == 0
    page.goto("/kiosk/number/yours")
    assert page.url.endswith("/kiosk")


def test_after_the_exit_nothing_is_on_the_disk(kiosk: BrowserContext, profile: Path) -> None:
    page = kiosk.pages[0]
    page.route(
        "http://control.example/**",
        lambda route: route.fulfill(body=f"<title>{CONTROL}</title>{CONTROL}", content_type="text/html"),
    )
    page.goto("http://control.example/")
    sat(page)
    page.get_by_role("button", name="Exit this page").or_(page.get_by_role("link", name="Exit this page")).first.click()
    page.wait_for_url("**/kiosk")
    # A browser that is ended writes down what it holds.
    kiosk.close()
    assert traces(profile, CONTROL), "traces are not found even where there are some"
    for word in THEIRS[:-1]:
        assert not traces(profile, word), word


def traces(profile: Path, word: str) -> list[str]:
    """The files of the browser in which that word stands, in either way of writing it."""
    forms = (word.encode(), word.encode("utf-16-le"))
    return [
        str(each.relative_to(profile))
        for each in profile.rglob("*")
        if each.is_file() and any(form in each.read_bytes() for form in forms)
    ]


def test_the_way_to_the_start_forgets_too(kiosk: BrowserContext) -> None:
    page = kiosk.pages[0]
    sat(page)
    page.get_by_role("link", name="New Start Centre").click()
    page.wait_for_url("**/kiosk")
    page.goto("/kiosk/help/found")
    assert page.url.endswith("/kiosk/help")
    expect(page.get_by_label("In your own words")).to_have_value("")
