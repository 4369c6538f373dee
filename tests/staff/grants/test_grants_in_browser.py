"""Grants officers' pages in a real browser: axe wide and narrow, and the two hands on a payment."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.staff.browsing import axe, narrow

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.full]
LISTS = {
    "/funds": "main table a",
    "/rounds": "main .ns-service a",
    "/awards": "main table a",
    "/panels": "main .ns-service a",
    "/ballots": "main .ns-service a",
    "/proposals": "main .ns-service a",
}
Open = Callable[..., "Page"]


def test_every_list_and_what_it_leads_to_stands_before_axe(open_page: Open) -> None:
    page = open_page("ines-carvalho", "/my-work")
    page.get_by_role("link", name="Grants", exact=True).first.click()
    for path, first in LISTS.items():
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(path)
        axe(page)
        narrow(page)
        page.set_viewport_size({"width": 1280, "height": 900})
        if page.locator(first).count():
            page.locator(first).first.click()
            page.wait_for_url(f"**{path}/*")
            for each in page.locator("main details.govuk-details").all():
                each.evaluate("element => element.open = true")
            axe(page)
            narrow(page)


def test_an_application_is_three_steps_from_my_work(open_page: Open) -> None:
    page = open_page("ines-carvalho", "/my-work")
    page.get_by_role("link", name="Grants", exact=True).first.click()
    page.get_by_role("link", name="Neighbourhood round, winter").click()
    page.get_by_role("link", name="A garden for the square").click()
    page.get_by_role("heading", name="Scores").wait_for()
    axe(page)
    narrow(page)


def test_money_without_a_source_is_said_beside_the_field(open_page: Open) -> None:
    page = open_page("ines-carvalho", "/funds")
    page.locator("main table a").first.click()
    page.wait_for_url("**/funds/*")
    page.get_by_text("Enter money that came in").click()
    page.get_by_label("How much").first.fill("twelve")
    page.get_by_role("button", name="Enter it").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    assert page.title().startswith("Error: ")
    assert page.get_by_label("How much").first.input_value() == "twelve"
    axe(page)
