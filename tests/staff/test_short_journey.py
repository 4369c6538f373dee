"""The shortest way through a browser: sign in, look for somebody under another spelling, open their household."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.door import Person
from tests.staff.browsing import axe
from tests.staff.conftest import Running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("staff-browser")]


@pytest.mark.timeout(300)
def test_somebody_is_found_and_their_household_opened(open_page: Callable[..., Page], running: Running) -> None:
    """Every page of the way is without a fault of accessibility, and no page took a script's error."""
    someone = {"names": [{"given": "Kelly", "family": "Marlowe"}], "date_of_birth": "1979-03-04"}
    with Person(running, "triage_officer", "front_door") as officer:
        made = officer.post("/v1/casefile/people", {**someone, "confirmed_new": True})
        assert made.status_code == 201, made.text
        officer.soon(f"/v1/casefile/people/{made.json()['id']}", lambda found: bool(found["households"]))
    page = open_page("sade-okafor")
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    expect(page.get_by_role("heading", name="My work", level=1)).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Search", exact=True).click()
    page.get_by_label("Name").fill("Keli Marlow")
    for part, value in (("Day", "4"), ("Month", "3"), ("Year", "1979")):
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_role("button", name="Search", exact=True).click()
    axe(page)
    page.get_by_role("link", name="Kelly Marlowe").first.click()
    expect(page.get_by_text("4 March 1979")).to_be_visible()
    axe(page)
    assert not faults
