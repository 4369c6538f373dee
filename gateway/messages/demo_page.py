"""The demo's telephones and letter boxes: what would have gone out, and a text sent back as GOV.UK Notify brings one.

Only a demo has this page (`gateway.pages`). A text from here goes the way of a real one from the first step behind
Notify's callback: kept once, sealed, announced.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from html import escape
from typing import Final
from urllib.parse import parse_qs
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from gateway.docs_page import page
from gateway.links.pages import FIELDS
from gateway.messages import replies
from gateway.messages.models import DemoMessage
from gateway.messages.replies import ReceivedText
from kit import clock
from kit.clock import LONDON
from kit.errors import Unavailable
from kit.store.db import Database
from kit.store.unit import Cause, unit_of_work

TakenMessages = Callable[[], Awaitable[Sequence[DemoMessage]]]
_WAYS: Final = {"sms": "Text message", "email": "E-mail", "letter": "Letter"}
_SEVERAL: Final = 10


async def none_taken() -> Sequence[DemoMessage]:
    """For an application that only describes itself."""
    return ()


def router(taken: TakenMessages, database: Callable[[], Database] | None) -> APIRouter:
    """The page and its form. `taken`: what the demo's sink took."""
    routes = APIRouter()

    @routes.get("/demo/messages", response_class=Response)
    async def demo_messages() -> Response:
        """What the demo wrote to its made-up people instead of sending it, the newest first. Demo only."""
        return _html(await taken())

    @routes.post(
        "/demo/messages",
        status_code=303,
        response_class=Response,
        responses={303: {"description": "Sent: back to the page"}, 422: {"description": "The form, and what is wrong"}},
    )
    async def text_as_they_would(request: Request) -> Response:
        """Send a text as one of the demo's telephones: `number` and `text`, as a form sends them. Demo only."""
        if database is None:
            raise Unavailable("Text messages are not received here")
        sent = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=_SEVERAL)
        number, words = (sent.get(name, [""])[0].strip() for name in ("number", "text"))
        text = _received(number, words)
        if text is None:
            return _html(await taken(), number, words, fault="Type a number, such as 07700 900201, and what they say.")
        cause = Cause.system("gateway", "gateway.reply.receive")
        async with unit_of_work(database(), "gateway", cause) as unit:
            await replies.receive(unit, text)
        return Response(status_code=303, headers={**FIELDS, "Location": "/demo/messages"})

    return routes


def _received(number: str, words: str) -> ReceivedText | None:
    """The text as Notify would tell of it; None when there is no number or no word in it."""
    digits = re.sub(r"[\s()+-]", "", number)
    called = f"44{digits[1:]}" if re.fullmatch("0[0-9]{9,10}", digits) else digits
    if not (called and words):
        return None
    try:
        return ReceivedText(id=uuid4(), source_number=called, message=words, date_received=clock.business_now())
    except ValidationError:
        return None


def _html(taken: Sequence[DemoMessage], number: str = "", words: str = "", *, fault: str = "") -> Response:
    said = f'<p class="fault" role="alert">{escape(fault)}</p>' if fault else ""
    text = page(
        "Demo messages",
        "<h1>Demo messages</h1><p>What would have gone out by text message, e-mail or letter. Nobody here is real, and "
        "nothing left this machine. <em>Plain words</em> go where somebody else might read them.</p>"
        f"{said}<details{' open' if fault else ''}><summary>Text back as one of them would</summary>"
        '<div><form method="post"><p><label for="number">From which number</label><br>'
        f'<input type="text" id="number" name="number" value="{escape(number)}" maxlength="32"></p>'
        '<p><label for="text">What they say</label><br>'
        f'<textarea id="text" name="text" rows="3" cols="44" maxlength="2000">{escape(words)}</textarea></p>'
        '<p><button type="submit">Send the text</button></p></form></div></details>'
        + ("".join(map(_message, taken)) or "<p>Nothing was sent yet.</p>"),
    )
    return Response(
        text, status_code=422 if fault else 200, media_type="text/html; charset=utf-8", headers=dict(FIELDS)
    )


def _message(each: DemoMessage) -> str:
    at = each.taken_at.astimezone(LONDON)
    about = f"{_WAYS.get(each.way, each.way)}, {at:%A} {at.day} {at:%B %H:%M}{', plain words' if each.plain else ''}"
    words = re.sub(r"https?://\S+", lambda link: f'<a href="{link[0]}">{link[0]}</a>', escape(each.words))
    return (
        f'<article class="message"><p class="quiet">{about}<br>To {", ".join(map(escape, each.recipient))}</p>'
        f"<h2>{escape(each.title or 'No title')}</h2><p>{words}</p></article>"
    )
