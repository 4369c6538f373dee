"""A real browser: signing in, the judge of accessibility, narrow screens, large letters, the keyboard alone."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
"""Where the browser is; empty when this machine has none."""
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_AXE = Axe()
_WIDER = """() => [...document.querySelectorAll("body *")]
    .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
    .filter(each => !each.closest(".ns-scroll, .govuk-visually-hidden"))
    .map(each => each.tagName + "." + each.className).slice(0, 5)"""


_CUT_OFF = """() => [...document.querySelectorAll("h1, h2, p, a, button, label, dt, dd, legend")]
    .filter(each => !each.closest(".govuk-visually-hidden, .ns-scroll, svg, [hidden]") && each.offsetParent)
    .filter(each => ["hidden", "clip"].includes(getComputedStyle(each).overflow))
    .filter(each => each.scrollWidth > each.clientWidth + 2 || each.scrollHeight > each.clientHeight + 2)
    .filter(each => !each.classList.contains("govuk-visually-hidden") && each.clientWidth > 2)
    .map(each => each.tagName + "." + each.className + ": " + each.innerText.slice(0, 40)).slice(0, 5)"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for as long as it is needed."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield running
        finally:
            running.close()


def sign_in(page: Page, worker: str) -> None:
    """As one of the demo's people, by the page for it."""
    page.goto("/sign-in")
    page.locator(f"button[name=worker][value={worker}]").click()
    page.wait_for_url(lambda address: "/sign-in" not in address)


def axe(page: Page) -> None:
    """Fails with every violation of WCAG 2.2 AA and good practice on the page as it stands now."""
    found = _AXE.run(page, options={"runOnly": _TAGS}).response["violations"]
    told = [f"{each['id']} ({each['impact']}): {[node['html'][:200] for node in each['nodes'][:3]]}" for each in found]
    assert not told, f"{page.url}:\n" + "\n".join(told)


def narrow(page: Page, width: int = 320) -> None:
    """At 320 px nothing stands out to the right (WCAG 1.4.10), and axe finds nothing either."""
    page.set_viewport_size({"width": width, "height": 700})
    beyond = page.evaluate(_WIDER)
    assert not beyond, f"{page.url} is wider than {width} px: {beyond}"
    axe(page)


def enlarged(page: Page) -> None:
    """At 200 % nothing is cut off or stands out: the whole page zoomed, and the letters alone (WCAG 1.4.4)."""
    page.set_viewport_size({"width": 640, "height": 450})
    beyond = page.evaluate(_WIDER)
    assert not beyond, f"{page.url} is wider than its window at 200 %: {beyond}"
    page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    try:
        wrong = page.evaluate(_WIDER), page.evaluate(_CUT_OFF)
        assert not any(wrong), f"{page.url} does not stand letters twice as large: {wrong}"
    finally:
        page.evaluate("document.documentElement.style.fontSize = ''")


def tab_to(page: Page, name: str, *, at_most: int = 80) -> None:
    """Presses Tab until the control with that visible name has the focus, and the focus can be seen."""
    for _ in range(at_most):
        page.keyboard.press("Tab")
        active = "(e => (e.innerText || e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.value || ''))"
        if page.evaluate(f"{active}(document.activeElement)").strip().startswith(name):
            seen = page.evaluate(
                "(e => { const s = getComputedStyle(e); return s.outlineStyle + s.boxShadow })(document.activeElement)"
            )
            assert seen != "nonenone", f"{name} has the focus and does not show it"
            return
    raise AssertionError(f"{name} was not reached by Tab on {page.url}")
