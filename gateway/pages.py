"""What anyone may open without signing in: the API's documents and, in the demo, its sign-ins."""

import json
from collections.abc import Callable
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from gateway.demo.people import SIGN_INS, SignIn
from gateway.docs_page import docs_page, page
from gateway.issuer import DemoIssuer, choose
from gateway.links import pages as link_pages
from gateway.links import shared_pages
from gateway.links.answering import Answering
from gateway.links.opening import Opening
from gateway.messages import demo_page, replies_page
from gateway.messages.demo_page import TakenMessages, none_taken
from gateway.webhooks import inbound_page
from kit.errors import Unavailable
from kit.store.db import Database
from kit.web import problems
from kit.web.context import NO_SPANS_OF_ITS_OWN

OPENAPI = Path(__file__).resolve().parents[1] / "openapi.json"
_PAGE_FIELDS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class TokenRequest(BaseModel):
    """Which of the demo's people to sign in: by role, or by id or short name."""

    model_config = ConfigDict(extra="forbid")

    role: str | None = Field(None, max_length=64)
    worker: str | None = Field(None, max_length=64, description="Id or short name, from GET /demo/sign-ins")


class Token(BaseModel):
    """An OAuth 2 token answer."""

    access_token: str
    token_type: str
    expires_in: int = Field(description="Seconds")


class ReadySignIn(BaseModel):
    """One of the demo's people with a token that is ready to use."""

    role: str
    name: str
    worker: str = Field(description="The subject of the token: this worker's id everywhere")
    short_name: str
    organisation: str
    does: str
    token: str


def open_pages(
    demo: DemoIssuer | None,
    document: Path = OPENAPI,
    taken: TakenMessages = none_taken,
    answering: Answering | None = None,
    opening: Opening | None = None,
    database: Callable[[], Database] | None = None,
    *,
    callback_token: SecretStr | None = None,
    secure: bool = False,
) -> FastAPI:
    """The application of the open lines of the route table.

    `taken`: what the demo's sink took; `callback_token`: by which we know Notify; `secure`: by https.
    """
    app = FastAPI(
        title="New Start: open pages", docs_url=None, redoc_url=None, openapi_url=None, telemetry=NO_SPANS_OF_ITS_OWN
    )
    app.include_router(_documents(document, demo=demo is not None))
    app.include_router(link_pages.router(answering))
    app.include_router(shared_pages.router(opening, secure=secure))
    app.include_router(inbound_page.router(database))
    app.include_router(replies_page.router(database, callback_token))
    if demo is not None:
        app.include_router(_demo(demo))
        app.include_router(demo_page.router(taken, database))
    problems.install(app)
    app.add_middleware(problems.ProblemMiddleware)
    return app


def _documents(path: Path, *, demo: bool) -> APIRouter:
    router = APIRouter()

    @cache
    def document() -> dict[str, Any]:
        if not path.is_file():
            raise Unavailable("The document has not been made: run python -m kit.run.publish")
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if not demo:
            found["paths"] = {at: what for at, what in found["paths"].items() if not at.startswith("/demo")}
        return found

    @cache
    def rendered() -> tuple[str, bytes]:
        return docs_page(document()), json.dumps(document(), ensure_ascii=False).encode()

    @router.get("/")
    async def start() -> Response:
        """The way to the documents page."""
        return Response(status_code=307, headers={"Location": "/docs"})

    @router.get("/docs")
    async def read_docs() -> Response:
        """This page."""
        return _html(rendered()[0])

    @router.get("/docs/style.css")
    async def read_style() -> Response:
        """How the pages look."""
        return Response(_style(), media_type="text/css", headers={"Cache-Control": "max-age=3600"})

    @router.get("/openapi.json")
    async def read_openapi() -> Response:
        """The document of everything that can be asked, for programs."""
        return Response(rendered()[1], media_type="application/json", headers={"Cache-Control": "no-cache"})

    return router


def _demo(issuer: DemoIssuer) -> APIRouter:
    router = APIRouter()

    @router.get("/demo/.well-known/openid-configuration")
    async def discover() -> dict[str, Any]:
        """The demo issuer's OpenID Connect discovery document."""
        return issuer.configuration()

    @router.get("/demo/jwks")
    async def keys() -> dict[str, Any]:
        """The demo issuer's public key."""
        return issuer.jwks()

    @router.post("/demo/token", responses=problems.refused(404, 422))
    async def sign_in(asked: TokenRequest) -> Token:
        """A token for one of the demo's people. Demo only."""
        return Token(**issuer.token(choose(asked.role, asked.worker)))

    @router.get("/demo/sign-ins")
    async def sign_ins() -> list[ReadySignIn]:
        """The demo's people, each with a token that is ready to use. Demo only."""
        return [_ready(each, issuer) for each in SIGN_INS]

    @router.get("/demo")
    async def demo_page() -> Response:
        """The demo's people on a page."""
        return _html(_demo_page())

    return router


def _ready(each: SignIn, issuer: DemoIssuer) -> ReadySignIn:
    return ReadySignIn(
        role=each.roles[0],
        name=each.name,
        worker=str(each.id),
        short_name=each.slug,
        organisation=each.org,
        does=each.does,
        token=issuer.token(each)["access_token"],
    )


def _demo_page() -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(each.name)}</th><td>{escape(each.does)}</td>'
        f"<td><code>{escape(', '.join(each.roles))}</code></td><td><code>{escape(each.slug)}</code></td></tr>"
        for each in SIGN_INS
    )
    return page(
        "Demo sign-ins",
        "<h1>Demo sign-ins</h1><p>All of these people are made up. Ask for a token for a role or a short name:</p>"
        "<pre>curl -s -X POST localhost:8080/demo/token -H 'Content-Type: application/json' "
        '-d \'{"role": "triage_officer"}\'</pre>'
        '<p>What the token opens: <a href="/docs">the API pages</a>.</p>'
        '<table><tr><th scope="col">Name</th><th scope="col">What they do</th><th scope="col">Role</th>'
        f'<th scope="col">Short name</th></tr>{rows}</table>',
    )


def _html(text: str) -> Response:
    return Response(text, media_type="text/html; charset=utf-8", headers=_PAGE_FIELDS)


@cache
def _style() -> bytes:
    return files("gateway").joinpath("style.css").read_bytes()
