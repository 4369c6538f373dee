"""The README's pictures, made from the demo: `make pictures`. Small, so that they may live in the repository.

Of the platform that runs at STAFF_AT, or of one started for it with the demo borough (minutes).
"""

import base64
import os
import struct
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from kit.testing.platform import running_platform
from tests.staff.browsing import CHROMIUM, chromium, sign_in

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
LARGEST = 80_000
_WINDOW = {"width": 1040, "height": 760}
_PIXELS = """async shot => {
    const image = new Image();
    image.src = "data:image/png;base64," + shot;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    const given = canvas.getImageData(0, 0, image.width, image.height).data;
    let text = "";
    for (let at = 0; at < given.length; at += 4) text += String.fromCharCode(given[at], given[at + 1], given[at + 2]);
    return [image.width, image.height, btoa(text)];
}"""


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
    shot = base64.b64encode(page.screenshot()).decode()
    # On a page of nobody's, where a script may read what it draws.
    blank = context.new_page()
    wide, high, pixels = blank.evaluate(_PIXELS, shot)
    context.close()
    FOLDER.mkdir(parents=True, exist_ok=True)
    return (FOLDER / f"{name}.png").write_bytes(_small(wide, high, base64.b64decode(pixels)))


def _small(wide: int, high: int, rgb: bytes) -> bytes:
    """A PNG by at most 256 colours, each byte a pixel: a page of words and flat colours has few more."""
    used: dict[bytes, int] = {}
    for at in range(0, len(rgb), 3):
        colour = rgb[at : at + 3]
        used[colour] = used.get(colour, 0) + 1
    palette = sorted(used, key=lambda each: -used[each])[:256]
    nearest = {each: index for index, each in enumerate(palette)}
    for colour in used.keys() - nearest.keys():
        nearest[colour] = min(
            range(len(palette)), key=lambda i: sum((a - b) ** 2 for a, b in zip(colour, palette[i], strict=True))
        )
    rows = (rgb[row * 3 * wide : (row + 1) * 3 * wide] for row in range(high))
    lines = b"".join(b"\0" + bytes(nearest[row[at : at + 3]] for at in range(0, 3 * wide, 3)) for row in rows)
    head = struct.pack(">IIBBBBB", wide, high, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    made = b"\x89PNG\r\n\x1a\n"
    for kind, body in parts:
        made += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return made


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
