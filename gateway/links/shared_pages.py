"""The page somebody opens with a link and the word they chose: their plan, and who looked at their file.

Looking at the address does nothing, sets nothing, and shows the same to everybody, whether there is such a page or not:
scanners and previews use nothing up and learn nothing. No service, sender or person is named. No script runs, and
nothing is to be kept: not by a cache, not in the history's pages, not by a search engine.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from html import escape
from typing import Annotated, Any, Final
from urllib.parse import parse_qs

from fastapi import APIRouter, Cookie, Path, Request, Response

from gateway.docs_page import page
from gateway.links.opening import Opening, Shown
from gateway.links.pages import FIELDS as _LINK_FIELDS
from kit.errors import Unavailable

COOKIE: Final = "page"
SITTING_SECONDS: Final = 15 * 60
FIELDS: Final = {
    **_LINK_FIELDS,
    "Cache-Control": "no-store, no-cache, private, max-age=0",
    "Pragma": "no-cache",
    "X-Robots-Tag": "noindex, nofollow, noarchive, nosnippet",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_LEAVE: Final = "https://www.bbc.co.uk/weather"
_TITLE: Final = "Your page"
_WHO: Final = {"you": "You", "we": "We", "somebody_else": "Somebody we asked"}

Token = Annotated[str, Path(max_length=128)]


def router(opening: Opening | None, *, secure: bool) -> APIRouter:
    """The two routes of shared pages. `secure`: the door is reached by https, and cookies go by nothing else."""
    routes = APIRouter(tags=["pages"])

    @routes.get("/pages/{token}", response_class=Response)
    async def look_at_page(token: Token) -> Response:
        """The question for the word: the same for every address. It uses nothing up."""
        return _html(_form(), 200)

    @routes.post("/pages/{token}", response_class=Response)
    async def open_page(
        token: Token, request: Request, device: Annotated[str, Cookie(alias=COOKIE, max_length=128)] = ""
    ) -> Response:
        """Open it with `word`, as a form sends it: once, on this device, for a quarter of an hour."""
        sent = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=5)
        word = sent.get("word", [""])[0][:200]
        if not word.strip():
            return _html(_form(fault="Type the word you chose."), 422)
        if opening is None:
            raise Unavailable("Pages are not served here")
        return _answered(await opening.open(token, word, device), secure=secure)

    return routes


def _answered(shown: Shown, *, secure: bool) -> Response:
    if shown.away:
        return _html(_form(fault="It cannot be shown just now. Nothing is lost: try again in a few minutes."), 503)
    if shown.page is None:
        # One answer for a wrong word, an address there never was, and a page that opens no more.
        return _html(_form(fault="That did not open anything. Look at the word again."), 403)
    response = _html(_body(shown.page), 200)
    response.set_cookie(
        COOKIE, shown.device, max_age=SITTING_SECONDS, path="/pages", secure=secure, httponly=True, samesite="strict"
    )
    # What this address left in the browser before goes too; storage and cookies of the sitting stay.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _form(fault: str = "") -> str:
    told = f'<p class="fault" id="fault" role="alert"><strong>{escape(fault)}</strong></p>' if fault else ""
    described = ' aria-describedby="hint fault" aria-invalid="true"' if fault else ' aria-describedby="hint"'
    return (
        f"{_way_out()}<h1>{_TITLE}</h1>{told}"
        '<form method="post" autocomplete="off"><p><label for="word">The word you chose</label></p>'
        '<p id="hint" class="quiet">The one you said face to face. Capitals and spaces make no difference.</p>'
        '<p><input id="word" name="word" type="text" required maxlength="200" autocomplete="off" autocapitalize="none"'
        f' autocorrect="off" spellcheck="false" dir="auto"{described}></p>'
        '<p><button type="submit">Open</button></p></form>'
        "<p>It opens once, on this device, and stays open for 15 minutes. After five wrong words it opens no more: "
        "then ask for a new one.</p>"
    )


def _way_out() -> str:
    return f'<p class="leave"><a href="{_LEAVE}" rel="noreferrer">Leave this page</a></p>'


def _body(shown: Mapping[str, Any]) -> str:
    plan, looked = shown.get("plan"), shown.get("looked")
    parts = [_way_out(), f"<h1>{_TITLE}</h1>"]
    if plan and looked:
        parts.append(
            '<nav aria-label="On this page"><ul class="inline"><li><a href="#plan">Your plan</a></li>'
            '<li><a href="#looked">Who looked</a></li></ul></nav>'
        )
    if plan:
        parts.append(_plan(plan))
    if looked:
        parts.append(_looked(looked))
    parts.append("<p>When you have read it, close this page. It cannot be opened again from another device.</p>")
    return "".join(parts)


def _plan(plan: Mapping[str, Any]) -> str:
    parts = ['<section aria-labelledby="plan"><h2 id="plan">Your plan</h2>']
    if plan.get("what_matters"):
        parts.append(f'<h3>What matters to you</h3><p dir="auto">{_said(plan["what_matters"])}</p>')
    parts += [_goal(number, goal) for number, goal in enumerate(plan.get("goals") or (), start=1)]
    if plan.get("actions"):
        parts.append(f"<h3>{'Also' if plan.get('goals') else 'What is to be done'}</h3>{_actions(plan['actions'])}")
    if not plan.get("goals") and not plan.get("actions"):
        parts.append("<p>Nothing is written in it yet.</p>")
    said = [
        "You agreed to this." if plan.get("agreed") else "You have not agreed to this yet: say what you would change."
    ]
    if plan.get("review_on"):
        said.append(f"We look at it together again on {_day(plan['review_on'])}.")
    parts.append(f"<p>{' '.join(said)}</p></section>")
    return "".join(parts)


def _goal(number: int, goal: Mapping[str, Any]) -> str:
    lang = f' lang="{escape(str(goal["language"]))}"' if goal.get("language") else ""
    english = f"<p>In English: {_said(goal['english'])}</p>" if goal.get("english") else ""
    by = f", by {_day(goal['by'])}" if goal.get("by") else ""
    state = f"Reached{by}" if goal.get("reached") else f"Under way{by}"
    return (
        f'<h3>{number}. <span dir="auto"{lang}>{_said(goal["words"])}</span></h3>{english}'
        f'<p class="quiet">{state}</p>{_actions(goal.get("actions") or ())}'
    )


def _actions(actions: Sequence[Mapping[str, Any]]) -> str:
    if not actions:
        return ""
    return f'<ul class="steps">{"".join(map(_action, actions))}</ul>'


def _action(each: Mapping[str, Any]) -> str:
    who = _WHO.get(str(each.get("who")), "We")
    state = "done" if each.get("done") else f"by {_day(each['due_on'])}" if each.get("due_on") else "to do"
    return f'<li><strong>{who}:</strong> <span dir="auto">{_said(each["words"])}</span> ({state})</li>'


def _looked(looked: Mapping[str, Any]) -> str:
    lines = looked.get("lines") or ()
    head = (
        '<section aria-labelledby="looked"><h2 id="looked">Who looked at your file</h2>'
        f"<p>Since {_day(looked['since'])}: when people read or wrote something about you, and why.</p>"
    )
    if not lines:
        return f"{head}<p>There is nothing here yet.</p></section>"
    return f'{head}<ul class="days">{"".join(_days(lines))}</ul></section>'


def _days(lines: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    by_day: dict[str, list[str]] = {}
    for each in lines:
        by_day.setdefault(str(each["on"]), []).append(
            f"<p><strong>{escape(str(each['team']))}</strong><br>{escape(str(each['why']))}</p>"
        )
    for on, said in by_day.items():
        yield f"<li><h3>{_day(on)}</h3>{''.join(said)}</li>"


def _said(text: object) -> str:
    """Somebody's own words: shown, never read as markup; their lines are kept."""
    return escape(str(text)).replace("\n", "<br>")


def _day(text: object) -> str:
    day = date.fromisoformat(str(text)[:10])
    return f"{day:%A} {day.day} {day:%B %Y}"


def _html(body: str, status: int) -> Response:
    return Response(page(_TITLE, body), status, media_type="text/html; charset=utf-8", headers=FIELDS)
