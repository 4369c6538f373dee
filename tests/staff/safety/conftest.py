"""The app itself at an address of its own, before a made-up gateway: a browser's own rules need no platform."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from pydantic import HttpUrl, SecretStr

from kit.run.embedded.ports import free
from kit.settings import StaffSettings
from staff.app import StaffApp
from tests.staff.conftest import Asked, MadeUpGateway
from tests.staff.tokens import token_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HUB = {"code": "heath", "name": "Heath hub", "place": "1 Square"}
NAMES = {"tom-abiola": ("universal_worker", "Tom Abiola"), "bev-carter": ("hub_host", "Bev Carter")}


@dataclass(frozen=True)
class Served:
    """Where it answers, by its number and by its other name, and the gateway behind it."""

    at: str
    elsewhere: str
    gateway: MadeUpGateway


def _token(asked: Asked) -> dict[str, Any]:
    role, name = NAMES[asked.body["worker"]]
    return {"access_token": token_of(role, name)}


@pytest.fixture(scope="session")
def served(browser: "Browser") -> Iterator[Served]:
    """The app, served for a browser."""
    port = free(1)[0]
    at = f"http://127.0.0.1:{port}"
    app = StaffApp(
        StaffSettings(
            environment="test",
            secret_key=SecretStr("s" * 40),
            gateway_url=HttpUrl("http://gateway.test"),
            staff_url=at,
        )
    )
    gateway = MadeUpGateway()
    gateway.on("GET /v1/workers", {"items": [], "next": None})
    gateway.on("GET /v1/triage/hubs", {"items": [HUB]})
    gateway.on(
        "GET /demo/sign-ins",
        [{"short_name": slug, "name": name, "role": role, "does": "works"} for slug, (role, name) in NAMES.items()],
    )
    gateway.on("POST /demo/token", _token)
    app.pages.state.gateway = gateway
    server = uvicorn.Server(uvicorn.Config(app, port=port, lifespan="off", log_level="critical"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    limit = time.monotonic() + 30
    while not server.started and time.monotonic() < limit:
        time.sleep(0.02)
    yield Served(at, f"http://localhost:{port}", gateway)
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def window(browser: "Browser", served: Served) -> "Iterator[Callable[..., Page]]":
    """`window("tom-abiola")`: a browser of somebody's own, signed in there."""
    contexts = []

    def opened(worker: str | None = None) -> "Page":
        contexts.append(browser.new_context(base_url=served.at))
        page = contexts[-1].new_page()
        if worker:
            page.goto("/sign-in?next=/purpose")
            page.locator(f"button[value={worker}]").click()
            page.wait_for_url("**/purpose")
        return page

    yield opened
    for each in contexts:
        each.close()
