"""The staff app for tests: quick, before a made-up gateway; or whole, in a browser, on a real platform."""

import json
import os
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import HttpUrl, SecretStr

from gateway.routes import GUARDED_ROUTES
from kit.settings import StaffSettings
from staff.app import StaffApp
from staff.client import Answer, Gateway, Refused, SignInAgain
from staff.oidc import signed_in
from tests.staff.tokens import token_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HERE = "http://staff.test"
BODILESS: dict[str, Any] = {
    "paths": {each.path: {"post": {}} for each in GUARDED_ROUTES if each.method == "POST" and each.body == "none"}
}
"""As much of the gateway's document as says which addresses refuse even an empty body."""


@dataclass(frozen=True)
class Asked:
    """One question that the app put to the gateway."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    fields: dict[str, str]


Reply = Callable[[Asked], Any] | dict[str, Any] | list[Any]


@dataclass
class MadeUpGateway(Gateway):
    """Answers what a test says, and remembers what it was asked. Whatever it was not told of is 404."""

    replies: dict[str, Reply] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__("http://gateway.test")

    def on(self, line: str, reply: Reply) -> None:
        """`on("GET /v1/x/{id}", body)`: the answer to every address of that shape; a callable gets the question."""
        self.replies[line] = reply

    def asked_for(self, line: str) -> list[Asked]:
        """The questions of that shape, in order."""
        return [each for each in self.asked if _fits(line, f"{each.method} {each.path}")]

    async def start(self) -> None:
        """Nothing to open."""

    async def stop(self) -> None:
        """Nothing to close."""

    async def send(self, method: str, path: str, body: Any, fields: Any) -> Answer:
        """The reply, as JSON would bring it."""
        where = urlsplit(path)
        question = Asked(method, where.path, parse_qs(where.query), body, dict(fields))
        self.asked.append(question)
        for line, reply in reversed(self.replies.items()):
            if _fits(line, f"{method} {where.path}"):
                found = reply(question) if callable(reply) else reply
                if isinstance(found, Refused):
                    raise found
                if isinstance(found, Answer):
                    return found
                return Answer(200, json.loads(json.dumps(found)), etag='"1"')
        raise Refused(404, "not-found", "Not found", f"The made-up gateway was not told of {method} {where.path}.")


def _fits(line: str, asked: str) -> bool:
    return re.fullmatch(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(line)), asked) is not None


def refused(status: int, slug: str = "refused", detail: str = "No.", **extra: Any) -> Refused:
    """A refusal as the gateway gives it."""
    kind = SignInAgain if status == 401 else Refused
    return kind(status, slug, "Refused", detail, **extra)


class Staff:
    """The app with somebody signed in, and the gateway that answers it."""

    def __init__(self, app: StaffApp, gateway: MadeUpGateway, http: httpx.AsyncClient) -> None:
        self.app = app
        self.gateway = gateway
        self.http = http

    async def get(self, path: str, **more: Any) -> httpx.Response:
        """A page."""
        return await self.http.get(path, **more)

    async def post(self, path: str, form: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        """A form, with this session's token unless the test brings its own."""
        return await self.http.post(path, data={"csrf": self.csrf, **(form or {})}, **more)

    @property
    def csrf(self) -> str:
        """The form token of whoever is signed in."""
        return self._session.csrf

    def sign_in(self, role: str = "universal_worker", name: str = "Tom Abiola") -> None:
        """Becomes somebody, without the page for it."""
        self._session = signed_in({"access_token": token_of(role, name)})
        self.http.cookies.clear()
        for each in self.app.seal.fields(self._session):
            name_, _, rest = each.decode().partition("=")
            if value := rest.partition(";")[0]:
                self.http.cookies.set(name_, value)


@asynccontextmanager
async def staff_app(**settings: Any) -> AsyncIterator[Staff]:
    """The app before a made-up gateway; nobody is signed in."""
    given = StaffSettings(
        environment="test",
        secret_key=SecretStr("s" * 40),
        gateway_url=HttpUrl("http://gateway.test"),
        staff_url=HERE,
        **settings,
    )
    app = StaffApp(given)
    app.pages.state.routes.learn(BODILESS)
    gateway = MadeUpGateway()
    gateway.on("GET /v1/workers", {"items": [], "next": None})
    app.pages.state.gateway = gateway
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=HERE) as http:
        yield Staff(app, gateway, http)


@pytest.fixture
async def staff() -> AsyncIterator[Staff]:
    """The app before a made-up gateway, with an account manager signed in."""
    async with staff_app() as ready:
        ready.sign_in()
        yield ready


# In a browser. Imported late: quick tests need none of it.


@dataclass(frozen=True)
class Running:
    """Where a platform answers: the pages, and the gateway."""

    staff: str
    gateway: str

    def token(self, role: str) -> str:
        """A demo token of that role."""
        answer = httpx.post(f"{self.gateway}/demo/token", json={"role": role}, timeout=60)
        return str(answer.raise_for_status().json()["access_token"])


@pytest.fixture(scope="session")
def running(browser: "Browser") -> Iterator[Running]:
    """The whole platform with the demo's people and a tiny borough; or the one that runs at STAFF_AT already.

    One for all browser tests of a run. Where there is no browser none is started.
    """
    if at := os.environ.get("STAFF_AT"):
        yield Running(at.rstrip("/"), os.environ.get("GATEWAY_AT", "http://127.0.0.1:8080").rstrip("/"))
        return
    from kit.testing.platform import running_platform

    with running_platform({"NEWSTART_DEMO_LOADER": "gateway.demo.loader:load_all", "DEMO_SIZE": "tiny"}) as platform:
        yield Running(f"http://127.0.0.1:{platform.ports['staff']}", platform.gateway)


@pytest.fixture(scope="session")
def gateway(running: Running) -> str:
    """The gateway's address, for what a test does behind the pages' back."""
    return running.gateway


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Debian's Chromium, without anything it does of its own accord."""
    from tests.staff.browsing import CHROMIUM, chromium

    if not CHROMIUM:
        pytest.skip("NO BROWSER HERE: nothing in a browser is tested. Install it (apt-get install chromium).")
    with chromium() as running:
        yield running


@pytest.fixture
def open_page(browser: "Browser", running: Running) -> "Iterator[Callable[..., Page]]":
    """`open_page("tom-abiola", "/my-work")`: a page of a browser of its own, signed in as that person, or as nobody."""
    from tests.staff.browsing import sign_in

    contexts = []

    def opened(worker: str | None, path: str = "/my-work", *, scripts: bool = True) -> "Page":
        context = browser.new_context(
            base_url=running.staff,
            viewport={"width": 1280, "height": 900},
            java_script_enabled=scripts,
        )
        contexts.append(context)
        # A machine that does much else besides is not what is tested.
        context.set_default_timeout(60_000)
        page = context.new_page()
        if worker is not None:
            sign_in(page, worker)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def shot(tmp_path: Path) -> "Callable[[Page, str], Path]":
    """A picture of the whole page in the test's own folder, to be looked at."""

    def taken(page: "Page", name: str) -> Path:
        path = tmp_path / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return taken
