"""The page that a one-time link opens: looking does nothing, so a mail scanner that follows it does no harm.

It works without scripts, tells nothing about anybody, and may be kept by no cache and no other site.
"""

from collections.abc import Iterable
from html import escape
from typing import Annotated, Any, Final
from urllib.parse import parse_qs

from fastapi import APIRouter, Path, Request, Response

from gateway.docs_page import page
from gateway.links import forms
from gateway.links.answering import Answering, Given, Outcome
from gateway.links.domain import Kind, Standing
from gateway.links.queries import Opened
from kit.errors import Unavailable

FIELDS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}
_PHONE: Final = "020 7946 0000"
_SOON: Final = {"immediate": "now", "today": "today", "this_week": "within a week", "routine": "in turn"}
_LATE: Final = {
    Standing.ANSWERED: "This link has been used already.",
    Standing.REVOKED: "This link was withdrawn.",
    Standing.EXPIRED: "This link is too old.",
    Standing.BEING_ANSWERED: "Somebody is answering this just now.",
}
_LABELS: Final = {
    "name": "Name",
    "born_on": "Born on",
    "phone": "Phone",
    "email": "E-mail",
    "address": "Address",
    "safe_contact": "How to reach them safely",
    "language": "Language",
    "interpreter": "Interpreter",
    "access_needs": "What they need to take part",
    "helper": "Who speaks for them",
}

Token = Annotated[str, Path(max_length=128)]


def router(answering: Answering | None) -> APIRouter:
    """The two routes of links; without `answering` they describe themselves only."""
    routes = APIRouter(tags=["links"])

    @routes.get("/links/{token}", response_class=Response)
    async def open_link(token: Token) -> Response:
        """The page of a one-time link. Opening it does not use it up."""
        opened = await _ready(answering).opened(token)
        if opened is None:
            return _said("We do not know this link", 404)
        if opened.standing is not Standing.OPEN:
            return _said(_LATE[opened.standing], 410)
        if not forms.choices(opened.kind, opened.state):
            return _said("This has been settled already.", 410)
        return _html(_form(opened), 200)

    @routes.post("/links/{token}", response_class=Response)
    async def answer_link(token: Token, request: Request) -> Response:
        """Answer by a one-time link: `answer` and, if you like, `note`, as a form sends them. It works once."""
        sent = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=20)
        value, note = sent.get("answer", [""])[0], sent.get("note", [""])[0]
        given = await _ready(answering).answer(token, value, note)
        if given.outcome is Outcome.NO_SUCH_CHOICE:
            opened = await _ready(answering).opened(token)
            if opened is not None and opened.standing is Standing.OPEN:
                return _html(_form(opened, fault=True), 422)
        return _after(given)

    return routes


def _ready(answering: Answering | None) -> Answering:
    if answering is None:
        raise Unavailable("Links are not served here")
    return answering


def _form(opened: Opened, *, fault: bool = False) -> str:
    need = escape((opened.need or "").replace("_", " "))
    soon = escape(_SOON.get(opened.urgency or "", "in turn"))
    about = f" It is about {need}, needed {soon}." if need else ""
    if opened.kind is Kind.REFERRAL:
        reference = opened.target_id.hex[-8:].upper()
        heading = f"Referral {reference}"
        says = f"The council's front door asks for your help.{about} Who it is about is shown once you take it on."
    else:
        heading = "Do you have room?"
        says = f"Could you help somebody?{about} Nothing about them is said or asked."
    wrong = '<p role="alert"><strong>Choose one of the answers.</strong></p>' if fault else ""
    radios = "".join(
        f'<p><input type="radio" name="answer" id="a{number}" value="{escape(choice.value)}" required> '
        f'<label for="a{number}">{escape(choice.words)}</label></p>'
        for number, choice in enumerate(forms.choices(opened.kind, opened.state))
    )
    note = (
        '<p><label for="note">Anything we should know (you need not write anything; no medical details)</label></p>'
        f'<p><textarea id="note" name="note" rows="4" cols="60" maxlength="{forms.LONGEST_NOTE}"></textarea></p>'
        if opened.kind is Kind.REFERRAL
        else ""
    )
    return (
        f"<h1>{heading}</h1><p>{says}</p>{wrong}"
        f'<form method="post"><fieldset><legend>Your answer</legend>{radios}</fieldset>{note}'
        '<p><button type="submit">Send this answer</button></p></form>'
        f"<p>The link works once. If anything is unclear, or somebody is in danger, phone {_PHONE}.</p>"
    )


_AFTER: Final = {
    Outcome.NO_SUCH_LINK: ("We do not know this link", 404),
    Outcome.NO_SUCH_CHOICE: ("That was not one of the answers. Open the link again.", 422),
    Outcome.TOO_LATE: ("This has been answered, withdrawn or settled already.", 410),
    Outcome.BEING_ANSWERED: ("Somebody is answering this just now. Look again in a minute.", 409),
    Outcome.NOT_RECEIVED: ("Your answer was not received. Nothing is lost: try again in a few minutes.", 503),
}


def _after(given: Given) -> Response:
    if given.outcome is not Outcome.GIVEN:
        words, status = _AFTER[given.outcome]
        return _said(words, status)
    told = given.told or {}
    shared = told.get("shared")
    if not isinstance(shared, dict):
        return _html("<h1>Thank you</h1><p>We have your answer. You can close this page.</p>", 200)
    rows = "".join(_rows(shared))
    request = escape(str(told.get("request") or ""))
    through_us = f"<p>Reach them through us: {_PHONE}.</p>" if shared.get("through_us") else ""
    return _html(
        "<h1>Thank you</h1><p>We have your answer. This is whom to help. <strong>Print it or write it down now: this"
        f" page cannot be opened again.</strong></p><table>{rows}</table>{through_us}"
        f"<h2>What is asked</h2><p>{request}</p>",
        200,
    )


def _rows(shared: dict[str, Any]) -> Iterable[str]:
    for name, label in _LABELS.items():
        if shared.get(name):
            yield f'<tr><th scope="row">{label}</th><td>{escape(str(shared[name]))}</td></tr>'


def _said(words: str, status: int) -> Response:
    return _html(f"<h1>{escape(words)}</h1><p>Questions? Phone {_PHONE}.</p>", status)


def _html(body: str, status: int) -> Response:
    return Response(page("Answer", body), status, media_type="text/html; charset=utf-8", headers=FIELDS)
