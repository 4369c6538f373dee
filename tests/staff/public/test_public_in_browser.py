"""Residents' pages in a real browser: on a phone, by axe, without scripts, on paper; and a kiosk that forgets."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.staff.browsing import axe, narrow

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.full]
PAGES = (
    "/public", "/public/help", "/public/homes", "/public/homes/results", "/public/proposals", "/public/proposals/new",
    "/public/ballots", "/public/panels", "/public/grants", "/public/my-plan", "/kiosk", "/kiosk/help", "/kiosk/number",
)  # fmt: skip
Open = Callable[..., "Page"]


def test_every_page_for_residents_stands_before_axe_wide_and_narrow(open_page: Open) -> None:
    page = open_page(None, "/public")
    for path in PAGES:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(path)
        axe(page)
        narrow(page)
    for path in ("/public/panels", "/public/ballots", "/public/proposals", "/public/grants"):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(path)
        first = page.locator("main .ns-service a").first
        if first.count():
            first.click()
            page.wait_for_url("**/public/*/*")
            axe(page)
            narrow(page)


def test_large_letters_still_fit_a_phone(open_page: Open) -> None:
    page = open_page(None, "/public/letters?size=large&next=/public/help")
    narrow(page, 375)


def test_a_mistake_in_a_vote_is_said_in_the_summary_and_beside_the_field(open_page: Open) -> None:
    page = open_page(None, "/public/ballots")
    page.locator("main .ns-service a").first.click()
    page.wait_for_url("**/public/ballots/*")
    if not page.get_by_role("button", name="Vote: once").count():
        pytest.skip("no vote is open in this demo")
    page.get_by_role("button", name="Vote: once").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    assert page.title().startswith("Error: ")
    page.get_by_role("link", name="Enter your family name").click()
    assert page.evaluate("document.activeElement.id") == "family_name"
    axe(page)
    narrow(page)


def test_help_is_found_without_scripts_and_the_words_stand_in_no_address(open_page: Open) -> None:
    page = open_page(None, "/public/help", scripts=False)
    page.get_by_label("In your own words").fill("my landlord wants us out")
    page.get_by_role("button", name="Find help").click()
    page.wait_for_url("**/public/help/found")
    assert "landlord" not in page.url
    assert page.get_by_role("heading", level=2).count() > 1
    page.locator(".ns-service a").first.click()
    page.locator("dt", has_text="Last confirmed").wait_for()


def test_a_kiosk_is_handed_over_takes_a_number_and_forgets_after_a_minute(open_page: Open) -> None:
    page = open_page("bev-carter", "/kiosk/start")
    axe(page)
    page.get_by_label("Heath hub").check()
    page.get_by_role("button", name="Hand it over").click()
    page.wait_for_url("**/kiosk")
    axe(page)
    page.get_by_role("link", name="Talk to somebody today").click()
    page.get_by_label("Money and debt").check()
    page.get_by_label("I am not safe").check()
    page.get_by_role("button", name="Take a number").click()
    page.get_by_role("heading", name="Your number is").wait_for()
    axe(page)
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie].join()") == "0,0,"
    assert page.evaluate("indexedDB.databases().then(found => found.length)") == 0
    page.goto("/my-work")
    assert "/sign-in" in page.url
    page.clock.install()
    page.goto("/kiosk/help")
    page.get_by_label("In your own words").fill("a secret")
    page.clock.fast_forward(61_000)
    page.get_by_role("heading", name="Are you still there?").wait_for()
    axe(page)
    page.clock.fast_forward(21_000)
    page.wait_for_url("**/kiosk")
    page.go_back()
    assert "a secret" not in page.content()
    assert page.get_by_text("Welcome").count() or page.get_by_label("In your own words").input_value() == ""


def test_a_draw_on_paper_has_its_table_and_no_navigation(open_page: Open, tmp_path: Path) -> None:
    page = open_page(None, "/public/grants")
    page.emulate_media(media="print")
    assert page.locator(".ns-chart__figures table").first.is_visible()
    assert not page.locator(".ns-header").is_visible()
    assert len(page.pdf(path=tmp_path / "grants.pdf")) > 10_000
