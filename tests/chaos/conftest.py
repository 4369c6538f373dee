"""One platform for all chaos: the real supervisor, every process. After a failure the next test gets a new one."""

from collections.abc import Generator, Iterator
from contextlib import ExitStack

import pytest

from kit.testing.platform import Platform, running_platform
from tests.chaos.books import Books
from tests.chaos.figures import Figures, table

_FAILED = pytest.StashKey[bool]()
_TOLD = pytest.StashKey[list[tuple[str, str, Figures]]]()


class Platforms:
    """The platform in use, with its books."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._books: Books | None = None

    def get(self) -> Books:
        """Those of the present platform, started if there is none. Its engines keep what they confirmed."""
        if self._books is None:
            self._books = Books(self._stack.enter_context(running_platform(durable=True)))
        return self._books

    def drop(self) -> None:
        """Ends it."""
        self._stack.close()
        self._books = None


@pytest.fixture(scope="session")
def platforms() -> Iterator[Platforms]:
    made = Platforms()
    yield made
    made.drop()


@pytest.fixture
def books(request: pytest.FixtureRequest, platforms: Platforms) -> Iterator[Books]:
    """The platform's books; they remember what tests published by hand."""
    opened = platforms.get()
    opened.figures = Figures()
    yield opened
    failed = request.node.stash.get(_FAILED, False)
    line = (request.node.name.removeprefix("test_").replace("_", " "), "FAILED" if failed else "held", opened.figures)
    request.config.stash.setdefault(_TOLD, []).append(line)
    if request.node.stash.get(_FAILED, False):
        platforms.drop()


@pytest.fixture
def platform(books: Books) -> Platform:
    """The whole platform."""
    return books.platform


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The one table: what was broken, and what it cost."""
    if told := config.stash.get(_TOLD, []):
        terminalreporter.section("faults")
        for line in table(told):
            terminalreporter.write_line(line)
