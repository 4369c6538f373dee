"""Two ways of using a page: with a mouse, and with the keyboard alone. A journey goes the same way with either."""

from typing import Protocol

from playwright.sync_api import Locator, Page, expect

_MOST_TABS = 250
_IS_THERE = "each => each === document.activeElement"
_BESIDE = "each => document.activeElement.name === each.name && document.activeElement.type === 'radio'"
_SHOWN = """() => {
    const style = getComputedStyle(document.activeElement);
    const box = document.activeElement.getBoundingClientRect();
    return style.outlineStyle + style.boxShadow !== "nonenone" || box.width < 2;
}"""


class Hands(Protocol):
    """What a person does on a page."""

    def press(self, control: Locator) -> None:
        """Follows a link, presses a button, opens what is folded."""

    def write(self, field: Locator, words: str) -> None:
        """Puts words into a field in place of what stands there."""

    def tick(self, box: Locator) -> None:
        """Chooses a radio or ticks a box."""

    def untick(self, box: Locator) -> None:
        """Takes the tick out of a box."""

    def choose(self, field: Locator, text: str) -> None:
        """Chooses from a list by its words."""


class Mouse:
    """With a mouse, or a finger."""

    def press(self, control: Locator) -> None:
        control.first.click()

    def write(self, field: Locator, words: str) -> None:
        field.first.fill(words)

    def tick(self, box: Locator) -> None:
        box.first.check()

    def untick(self, box: Locator) -> None:
        box.first.uncheck()

    def choose(self, field: Locator, text: str) -> None:
        field.first.select_option(label=text)


class Keyboard:
    """With Tab, Enter, Space, arrows and letters; wherever the focus is can be seen."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, control: Locator) -> None:
        self._reach(control.first)
        self._page.keyboard.press("Enter")

    def write(self, field: Locator, words: str) -> None:
        self._reach(field.first)
        self._page.keyboard.press("ControlOrMeta+a")
        self._page.keyboard.insert_text(words)

    def tick(self, box: Locator) -> None:
        wanted = box.first
        if wanted.get_attribute("type") == "radio":
            self._reach(wanted, or_beside=True)
            for _ in range(40):
                if wanted.evaluate(_IS_THERE):
                    break
                self._page.keyboard.press("ArrowDown")
        else:
            self._reach(wanted)
        if not wanted.is_checked():
            self._page.keyboard.press("Space")
        expect(wanted).to_be_checked()

    def untick(self, box: Locator) -> None:
        wanted = box.first
        self._reach(wanted)
        if wanted.is_checked():
            self._page.keyboard.press("Space")
        expect(wanted).not_to_be_checked()

    def choose(self, field: Locator, text: str) -> None:
        self._reach(field.first)
        self._page.keyboard.type(text)
        expect(field.first.locator("option:checked")).to_have_text(text)

    def _reach(self, wanted: Locator, *, or_beside: bool = False) -> None:
        wanted.wait_for(state="attached")
        there = f"each => ({_IS_THERE})(each) || ({_BESIDE})(each)" if or_beside else _IS_THERE
        for _ in range(_MOST_TABS):
            if wanted.evaluate(there):
                assert self._page.evaluate(_SHOWN), f"the focus cannot be seen on {wanted} at {self._page.url}"
                return
            self._page.keyboard.press("Tab")
        raise AssertionError(f"{wanted} was not reached by Tab at {self._page.url}")
