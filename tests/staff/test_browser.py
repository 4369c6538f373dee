"""In a real browser, on the demo: the first steps of everybody's day. `STAFF_AT`: on a platform that runs."""

import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.staff.browsing import axe, narrow, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("staff-browser")]
Opened = Callable[..., Page]
WORDS = "The landlord changed the locks on Tuesday.\nShe slept at her sister's – “only till Friday”."


def find(page: Page, name: str, year: str = "", day: str = "", month: str = "") -> None:
    """Searches for somebody."""
    page.goto("/search?new=1")
    page.get_by_label("Name").fill(name)
    for part, value in (("Day", day), ("Month", month), ("Year", year)):
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_role("button", name="Search", exact=True).click()


def open_kelly(page: Page) -> str:
    """Kelly Pike's household; its address."""
    find(page, "Kelly Pike", "1988", "21", "6")
    page.get_by_role("link", name="Kelly Pike").first.click()
    return page.url.partition("?")[0]


TABS = ("timeline", "plan", "people", "notes", "risk", "referrals", "known")
STATES = {
    "work": {
        "work": "/my-work",
        "team": "/my-work?tab=team",
        "unallocated": "/my-work?tab=unallocated",
        "filtered": "/my-work?rating=red&rating=none&review=overdue&sort=-review",
        "none": "/my-work?layer=statutory",
        "purpose": "/purpose",
        "help": "/help",
        "missing": "/households/nobody",
    },
    "home": {"home": "HOME", **{tab: f"HOME/{tab}" for tab in TABS}},
    "doing": {
        "story-filtered": "HOME/timeline?service=casefile&kind=note&order=oldest",
        "paper": "HOME/timeline?print=1",
        "write": "HOME/notes/new",
        "open-file": "HOME/open-file",
    },
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", STATES)
def test_every_page_and_state_passes_and_fits_a_phone(
    open_page: Opened, shot: Callable[[Page, str], Path], part: str
) -> None:
    page = open_page(None, "/sign-in")
    narrow(page)
    page = open_page("tom-abiola")
    home = open_kelly(page)
    for name, address in STATES[part].items():
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(address.replace("HOME", home))
        axe(page)
        shot(page, name)
        narrow(page)
        shot(page, f"{name}-320")


def test_mistakes_are_told_where_they_are(open_page: Opened) -> None:
    page = open_page("tom-abiola")
    home = open_kelly(page)
    for address, button in ((f"{home}/notes/new", "Put it on the file"), (f"{home}/open-file", "Yes, open it")):
        page.goto(address)
        page.get_by_role("button", name=button).last.click()
        expect(page.get_by_role("alert")).to_contain_text("There is a problem")
        assert page.title().startswith("Error: ")
        axe(page)
        narrow(page)


def test_a_count_is_true_in_two_browsers_within_two_seconds(open_page: Opened, gateway: str) -> None:
    pages = [open_page("sade-okafor"), open_page("farid-rahman")]
    for page in pages:
        page.wait_for_selector("html[data-following=on]", state="attached")
    counts = [
        page.locator("#now .ns-ticket", has_text="waiting in the queue").locator(".ns-ticket__count") for page in pages
    ]
    took: list[float] = []
    # The best of three: a machine that does much else besides is not what is measured.
    while len(took) < 3 and min(took, default=9.0) >= 2:
        before = int(counts[0].inner_text())
        somebody_rings(gateway)
        began = time.monotonic()
        for count in counts:
            expect(count).to_have_text(str(before + 1), timeout=10_000)
        took.append(time.monotonic() - began)
    assert min(took) < 2, took


def somebody_rings(gateway: str) -> None:
    """A contact that waits in the queue."""
    with httpx.Client(base_url=gateway, timeout=20) as http:
        token = http.post("/demo/token", json={"worker": "sade-okafor"}).json()["access_token"]
        told = {"channel": "phone", "needs": [{"domain": "money"}], "what_matters": "To keep the flat"}
        fields = {"Authorization": f"Bearer {token}", "Newstart-Purpose": "front_door", "Idempotency-Key": str(uuid4())}
        answer = http.post("/v1/triage/contacts", json=told, headers=fields)
        assert answer.status_code == 201, answer.text


def begun(page: Page, home: str) -> str:
    """A note of its own address."""
    page.goto(f"{home}/notes/new")
    return page.url


def kept(page: Page) -> None:
    """The note says that it is kept at the server."""
    expect(page.locator("[data-kept]")).to_contain_text("Kept at", timeout=10_000)


def test_words_are_back_after_the_browser_the_network_and_the_sign_in_died(open_page: Opened) -> None:
    page = open_page("ewa-nowak")
    home = a_file_of_her_own(page)
    note = begun(page, home)
    page.get_by_label("What happened?").fill(WORDS)
    kept(page)
    # The browser dies.
    page.context.close()
    page = open_page("ewa-nowak", note)
    expect(page.get_by_label("What happened?")).to_have_value(WORDS)
    # The network dies, and then the page: what was typed meanwhile waits on the device, and cannot be read there.
    page.context.set_offline(True)
    page.get_by_label("What happened?").press_sequentially(" And the boiler")
    expect(page.locator("[data-kept]")).to_contain_text("No connection", timeout=10_000)
    assert "boiler" not in page.evaluate("JSON.stringify({...localStorage})")
    page.context.set_offline(False)
    page.evaluate("document.querySelector('form[data-autosave]').keptByScript.stopped = true")
    page.goto(note)
    words = page.get_by_label("What happened?").input_value()
    assert sorted(words) == sorted(WORDS + " And the boiler")
    kept(page)
    # The sign-in ends: what is typed is said to be safe, and is saved after a new one in another tab.
    page.context.clear_cookies()
    page.get_by_label("What happened?").press_sequentially("!")
    expect(page.locator("[data-kept]")).to_contain_text("signed out", timeout=10_000)
    other = page.context.new_page()
    other.goto("/sign-in")
    other.locator("button[value=ewa-nowak]").click()
    expect(page.locator("[data-kept]")).to_contain_text("Kept at", timeout=15_000)
    page.get_by_role("button", name="Put it on the file").last.click()
    expect(page.get_by_text("The note is on the file")).to_be_visible()


def a_file_of_her_own(page: Page) -> str:
    """A household whose file is open to her: by its broken glass, once an hour."""
    home = open_kelly(page)
    if page.get_by_role("link", name="Open this file").count():
        page.get_by_role("link", name="Open this file").click()
        page.get_by_label("Why do you need it now?").fill("She rang, and her account manager is away today")
        page.get_by_role("button", name="Yes, open it").click()
        expect(page.get_by_text("The file is open to you for one hour")).to_be_visible()
        axe(page)
    return home


def test_two_windows_are_shown_side_by_side(open_page: Opened) -> None:
    page = open_page("tom-abiola")
    note = begun(page, open_kelly(page))
    page.get_by_label("What happened?").fill("First words")
    kept(page)
    other = page.context.new_page()
    other.goto(note)
    other.get_by_label("What happened?").fill("Other words")
    kept(other)
    page.get_by_label("What happened?").fill("First words and more")
    expect(page.locator("[data-kept]")).to_contain_text("changed in another window", timeout=10_000)
    page.get_by_role("button", name="Keep it for later").click()
    expect(page.get_by_role("heading", name="This note was changed in another window")).to_be_visible()
    expect(page.locator(".ns-version").nth(0)).to_have_text("First words and more")
    expect(page.locator(".ns-version").nth(1)).to_have_text("Other words")
    axe(page)
    narrow(page)
    page.get_by_role("button", name="Go on with this one").click()
    expect(page.get_by_label("What happened?")).to_have_value("First words and more")
    page.get_by_role("button", name="Throw it away").click()


def test_a_turned_screen_sends_nothing_private(open_page: Opened) -> None:
    page = open_page("tom-abiola")
    home = open_kelly(page)
    assert "Risk" in page.content()
    page.keyboard.press("F9")
    expect(page.get_by_text("The screen is turned")).to_be_visible()
    for address in (home, f"{home}/risk", f"{home}/notes", f"{home}/people", f"{home}/timeline"):
        page.goto(address)
        assert page.url.partition("?")[0] == home
        for word in ("Risk", "Warning", "Amber", "Bills pile up", "Last contact", "Notes"):
            assert word not in page.inner_text("main"), word
    expect(page.get_by_text("That my girl stays at her school")).to_be_visible()
    axe(page)
    narrow(page)
    page.get_by_role("button", name="Turn it back").click()
    expect(page.get_by_role("heading", name="Last contact")).to_be_visible()


def test_a_warning_comes_before_the_session_ends(open_page: Opened) -> None:
    page = open_page(None, "/sign-in")
    page.clock.install()
    page.locator("button[value=tom-abiola]").click()
    page.wait_for_url("**/my-work")
    page.clock.fast_forward("56:00")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("signed out")
    axe(page)
    dialog.get_by_role("button", name="Stay signed in").click()
    expect(dialog).to_be_hidden()


def test_the_whole_way_without_scripts(open_page: Opened) -> None:
    page = open_page("tom-abiola", scripts=False)
    home = open_kelly(page)
    note = begun(page, home)
    page.get_by_label("What happened?").fill(WORDS)
    page.get_by_label("Phone call").check()
    page.get_by_role("button", name="Keep it for later").click()
    expect(page.get_by_text("The note is kept for later")).to_be_visible()
    page.goto(note)
    expect(page.get_by_label("What happened?")).to_have_value(WORDS)
    page.get_by_role("button", name="Put it on the file").last.click()
    expect(page.get_by_text("The note is on the file")).to_be_visible()
    expect(page.get_by_text("She slept at her sister's").first).to_be_visible()
    page.goto("/my-work?rating=red#results")
    expect(page.get_by_role("link", name="Remove the filter Rating: Red")).to_be_visible()


def test_by_keyboard_alone(open_page: Opened) -> None:
    page = open_page(None, "/sign-in")
    tab_to(page, "Tom Abiola")
    page.keyboard.press("Enter")
    page.wait_for_url("**/my-work")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Skip to main content"
    tab_to(page, "Search")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search")
    tab_to(page, "Name")
    page.keyboard.type("Kelly Pike")
    tab_to(page, "Year")
    page.keyboard.type("1988")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search#results")
    assert page.evaluate("document.activeElement.id") == "results"


def test_paper_is_black_on_white_with_whose_file_it_is(open_page: Opened, tmp_path: Path) -> None:
    page = open_page("tom-abiola")
    page.goto(f"{open_kelly(page)}/timeline?print=1")
    page.emulate_media(media="print")
    expect(page.locator(".ns-print-header")).to_contain_text("Printed by Tom Abiola")
    expect(page.get_by_role("navigation", name="Sections")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    paper = page.pdf(path=tmp_path / "timeline.pdf", tagged=True)
    assert paper.startswith(b"%PDF")
