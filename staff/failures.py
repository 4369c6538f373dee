"""When a page cannot be made: what is said instead, and how whatever was typed is kept."""

from traceback import extract_tb
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from staff.client import GoTo, PurposeNeeded, Refused, SignInAgain, with_query
from staff.guard import SAFE, FormNotOurs
from staff.page import NotSignedIn, Page
from staff.session import Session

log = structlog.get_logger(__name__)


def install(app: FastAPI) -> None:
    """Every failure has a page that says what happened, what was saved and what to do."""

    @app.exception_handler(NotSignedIn)
    async def not_signed_in(request: Request, _: Exception) -> Response:
        return await _sign_in_first(request)

    @app.exception_handler(FormNotOurs)
    async def form_not_ours(request: Request, problem: Exception) -> Response:
        assert isinstance(problem, FormNotOurs)
        if request.headers.get("x-csrf-token") is not None:
            return Response(status_code=401 if not request.state.session.signed_in else 403)
        if not request.state.session.signed_in:
            return await _sign_in_first(request)
        if not problem.resend:
            return _say(request, 403, "This form could not be checked", "Go back to the page it was on and try again.")
        page = Page(request)
        return page.render("failures/send_again.html", await page.form(), status=403, address=page.here)

    @app.exception_handler(GoTo)
    async def elsewhere(request: Request, problem: Exception) -> Response:
        assert isinstance(problem, GoTo)
        return RedirectResponse(problem.address, 303)

    @app.exception_handler(PurposeNeeded)
    async def purpose_needed(request: Request, problem: Exception) -> Response:
        assert isinstance(problem, PurposeNeeded)
        page = Page(request)
        back = page.here if request.method in SAFE else request.headers.get("referer", "/")
        return page.render("failures/purpose.html", status=403, choices=problem.choices, back=back)

    @app.exception_handler(Refused)
    async def refused(request: Request, problem: Exception) -> Response:
        assert isinstance(problem, Refused)
        if isinstance(problem, SignInAgain):
            return await _sign_in_first(request)
        return _refused(request, problem)

    @app.exception_handler(RequestValidationError)
    async def not_an_address(request: Request, _: Exception) -> Response:
        return _say(request, 404, "Page not found", "Check the address, or start from your work.")

    @app.exception_handler(HTTPException)
    async def no_such_page(request: Request, problem: Exception) -> Response:
        assert isinstance(problem, HTTPException)
        if problem.status_code == 404:
            return _say(request, 404, "Page not found", "Check the address, or start from your work.")
        return _say(request, problem.status_code, "That did not work", str(problem.detail))

    @app.exception_handler(Exception)
    async def fault(request: Request, problem: Exception) -> Response:
        request_id = getattr(request.state, "request_id", "")
        # Its message may hold what a person typed; where it happened does not.
        where = [f"{each.filename}:{each.lineno}" for each in extract_tb(problem.__traceback__)[-8:]]
        log.error("page failed", request_id=request_id, kind=type(problem).__name__, where=where)
        text = "What you had saved is safe. Try again; if it happens again, tell the help desk this reference."
        return _say(request, 500, "Something went wrong on our side", text, reference=request_id)


async def _sign_in_first(request: Request) -> Response:
    """Reading: sign in, then come back here. Writing: what was typed stays on the page until it can be sent again."""
    session: Session = request.state.session
    ended = bool(session.token)
    if ended:
        request.state.session = Session()
    if request.headers.get("x-csrf-token") is not None or "text/event-stream" in request.headers.get("accept", ""):
        return Response(status_code=401)
    page = Page(request)
    if request.method in SAFE:
        return RedirectResponse(with_query("/sign-in", {"next": page.here, "ended": ended or None}), 303)
    return page.render("failures/signed_out.html", await page.form(), status=401, address=page.here)


_TITLES = {
    403: "You cannot open this",
    404: "Page not found",
    409: "This has changed meanwhile",
    412: "Somebody changed this before you",
    429: "Too many questions at once",
    503: "The system is not answering",
}


def _refused(request: Request, problem: Refused) -> Response:
    status = problem.status if problem.status >= 400 else 500
    return _say(
        request,
        status,
        _TITLES.get(status, problem.title),
        problem.detail,
        reference=problem.request_id,
        slug=problem.slug,
        fields=problem.fields,
    )


def _say(request: Request, status: int, title: str, text: str, **context: Any) -> Response:
    page = Page(request)
    if request.headers.get("x-csrf-token") is not None:
        # A script asked: it knows by the status what to do.
        return Response(status_code=status)
    return page.render("failures/said.html", status=status, title=title, text=text, **context)
