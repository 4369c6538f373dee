"""Every page the app serves, found by following links as the demo's people, before axe: wide, narrow and enlarged.

The list is the app's own: a new page is in it by itself. What cannot be reached stands below with its reason.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.staff.atlas import NOBODY, Atlas, Place, drawn, templates
from tests.staff.browsing import axe, enlarged, narrow, sign_in
from tests.staff.conftest import Running
from tests.staff.states import prepared

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("staff-browser"), pytest.mark.timeout(900)]

NO_PAGE = {
    "/live": "a stream of changes, for scripts",
    "/token": "a form token, for scripts",
    "/drafts/{service}/{kind}/{key}": "what was kept, for scripts",
    "/signed-in": "says that another tab signed in; shown by the sign-in's own test",
    "/sign-in/return": "where an issuer sends people back; there is none in the demo",
    "/contacts/{contact_id}/tasks/{part}": "the address of a form that was sent; opened, it leads back to the list",
    "/contacts/{contact_id}/interpreter/{part}": "the same",
    "/kiosk/number/yours": "shown to whoever took a number, until they leave; tests/staff/safety",
    "/public/leave": "leads away from here, to the weather",
    "/kiosk/leave": "forgets and leads to the start; tests/staff/public",
    "/public/homes/results/{number}": "no letting of the tiny borough has a published result yet",
    "/public/homes/results/{number}/record.json": "the same",
}
"""What no link leads to, or what is no page: nothing else may be missing, and nothing here may be found."""
_WHOLE = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def atlas(running: Running) -> Atlas:
    """Where each page is found."""
    return drawn(running.staff, prepared(running))


@pytest.fixture(scope="module")
def visit(browser: Browser, running: Running) -> Iterator[Callable[[Place], Page]]:
    """Opens an address as whoever found it: each of them keeps one window."""
    windows: dict[str, Page] = {}

    def opened(place: Place) -> Page:
        if place.worker not in windows:
            windows[place.worker] = browser.new_context(base_url=running.staff, viewport=_WHOLE).new_page()
            if place.worker != NOBODY:
                sign_in(windows[place.worker], place.worker)
        page = windows[place.worker]
        page.set_viewport_size(_WHOLE)
        page.goto(place.address)
        return page

    yield opened
    for page in windows.values():
        page.context.close()


def test_every_page_is_found_but_those_named_with_their_reason(atlas: Atlas) -> None:
    assert set(atlas.missing()) == NO_PAGE.keys() - atlas.files.keys()
    assert len(atlas.places) > 80


def test_whoever_is_shown_a_link_may_open_it(atlas: Atlas) -> None:
    assert atlas.broken == []


@pytest.mark.parametrize("template", [each for each in templates() if each not in NO_PAGE])
def test_it_passes_wide_narrow_and_enlarged(atlas: Atlas, visit: Callable[[Place], Page], template: str) -> None:
    if template in atlas.files or (template in atlas.onward and template not in atlas.places):
        # A file to download, or an address that leads to another page: nothing of its own to look at.
        return
    assert template in atlas.places, f"nobody finds {template}"
    for place in atlas.places[template]:
        page = visit(place)
        assert page.locator("h1").count() == 1, place
        # What is folded is part of the page too.
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        axe(page)
        narrow(page)
        enlarged(page)
