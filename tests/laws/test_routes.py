"""Every address of every service is guarded, also one that no document shows.

That the gateway's table lists each documented one with the same action is `tests/gateway/test_docs.py`.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from fastapi import FastAPI

from gateway.app import own_app
from gateway.routes import GUARDED_ROUTES
from kit.contracts.catalogue import OWNERS
from kit.store.migrate import service_named
from kit.web.app import build_app
from kit.web.routing import ACTION, UnitRoute

# For the cluster and for the documents; the gateway passes none of them on.
FREE = {"/livez", "/readyz", "/version", "/metrics", "/openapi.json"}


@cache
def app_of(owner: str) -> FastAPI:
    """Made once: one with three hundred routes costs more than asking each of them."""
    return own_app() if owner == "gateway" else build_app(service_named(owner))


def routes(app: FastAPI) -> Iterator[tuple[str, Any]]:
    """Every route with its whole path; FastAPI keeps an included router's routes within it."""
    for route in app.routes:
        if hasattr(route, "effective_candidates"):
            for each in route.effective_candidates():
                # A router within a router would need another turn; `build_app` refuses them.
                assert not hasattr(each, "effective_candidates")
                yield each.path, each.original_route
        else:
            yield str(getattr(route, "path", "")), route


@pytest.mark.parametrize("owner", OWNERS)
def test_every_route_names_its_action_and_works_in_a_unit(owner: str) -> None:
    guarded = 0
    for path, route in routes(app_of(owner)):
        if path in FREE:
            continue
        assert isinstance(route, UnitRoute), path
        action = (route.openapi_extra or {})[ACTION]
        assert action.split(".")[0] == owner, (path, action)
        guarded += 1
    assert guarded >= 8


@pytest.mark.full
@pytest.mark.parametrize("owner", OWNERS)
def test_the_documents_show_every_guarded_route(owner: str) -> None:
    """So that what holds for the documents holds for all there is."""
    app = app_of(owner)
    shown = {(path, method.upper()) for path, each in app.openapi()["paths"].items() for method in each}
    there = {(path, method) for path, route in routes(app) if path not in FREE for method in route.methods}
    assert shown == there


def test_nothing_free_is_passed_on() -> None:
    assert not [route for route in GUARDED_ROUTES if route.path in FREE]


@pytest.mark.parametrize("owner", OWNERS)
async def test_every_guarded_route_turns_a_stranger_away(owner: str) -> None:
    """Before it reads the body, and before it asks the database, which is not there."""
    import httpx

    from kit.web.identity import Verifier
    from tests.kit.ground import PUBLIC_KEYS, token

    app = app_of(owner)
    app.state.database = None
    app.state.verifier = Verifier(PUBLIC_KEYS, owner)
    wrong = {"Authorization": f"Bearer {token('nobody.may.this', audience=owner)}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
        for path, route in routes(app):
            if path in FREE:
                continue
            for method in route.methods:
                address = path.replace("{", "").replace("}", "")
                for headers, status in (({}, 401), (wrong, 403)):
                    answer = await client.request(method, address, headers=headers, content=b"{")
                    assert (answer.status_code, path) == (status, path)
                    assert answer.headers["content-type"] == "application/problem+json"
