"""The README's pictures, made from the demo: `make pictures`. Small, so that they may live in the repository.

Of the platform that runs at STAFF_AT, or of one started for it with the demo borough (minutes).
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from kit.testing.platform import running_platform
from tests.staff.browsing import CHROMIUM, chromium, sign_in

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
LARGEST = 80_000
_WINDOW = {"width": 1040, "height": 700}


def household(page: Page) -> None:
    """Kelly Pike's page, as her account manager sees it."""
    sign_in(page, "tom-abiola")
    page.goto("/search?new=1")
    page.get_by_label("Name").fill("Kelly Pike")
    for part, value in (("Day", "21"), ("Month", "6"), ("Year", "1988")):
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("link", name="Kelly Pike").first.click()
    page.wait_for_url("**/households/*")


def wards(page: Page) -> None:
    """The ward index on a map."""
    sign_in(page, "dame-joan-webb")
    page.goto("/wards")


def panel(page: Page) -> None:
    """A panel's draw, as anybody sees it."""
    page.goto("/public/panels")
    page.locator("main .ns-service a").first.click()
    page.wait_for_url("**/public/panels/*")


PICTURES = {"household": household, "wards": wards, "panel": panel}


@contextmanager
def _somewhere() -> Iterator[str]:
    if at := os.environ.get("STAFF_AT"):
        yield at.rstrip("/")
        return
    size = os.environ.get("DEMO_SIZE") or "demo"
    with running_platform({"NEWSTART_DEMO_LOADER": "gateway.demo.loader:load_all", "DEMO_SIZE": size}) as platform:
        yield f"http://127.0.0.1:{platform.ports['staff']}"


def _taken(browser: Browser, at: str, name: str) -> int:
    # Without motion and the pointer's marks: the same page makes the same picture.
    context = browser.new_context(base_url=at, viewport=_WINDOW, reduced_motion="reduce")
    page = context.new_page()
    PICTURES[name](page)
    page.wait_for_load_state("networkidle")
    FOLDER.mkdir(parents=True, exist_ok=True)
    size = len(page.screenshot(path=FOLDER / f"{name}.png"))
    context.close()
    return size


def main(names: list[str]) -> int:
    """Makes them all, or those named; 1 when one is too large to be committed."""
    if not CHROMIUM:
        print("Pictures need a browser: apt-get install chromium", file=sys.stderr)
        return 2
    heavy = False
    with _somewhere() as at, chromium() as browser:
        for name in names or PICTURES:
            size = _taken(browser, at, name)
            heavy = heavy or size > LARGEST
            print(f"docs/pictures/{name}.png  {size / 1000:.0f} kB{'  too large' if size > LARGEST else ''}")
    return int(heavy)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
