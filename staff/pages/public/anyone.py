"""What every public page has: an asker without a token, the size of the letters, files passed on as they are."""

from typing import Any, Final

from starlette.responses import RedirectResponse, Response

from staff.client import Asker, Refused
from staff.forms import Form
from staff.page import Page, local

LETTERS: Final = "letters"
"""The cookie that remembers large letters; it says nothing of anybody and ends with the browser."""
SECTIONS: Final = (
    ("Find help", "/public/help"),
    ("Homes", "/public/homes"),
    ("Proposals", "/public/proposals"),
    ("Votes", "/public/ballots"),
    ("Campaigns", "/public/campaigns"),
    ("Panels", "/public/panels"),
    ("Grants", "/public/grants"),
    ("My plan", "/public/my-plan"),
)


def asker(page: Page) -> Asker:
    """Asks as nobody, whoever is signed in in this browser."""
    return Asker(page.gateway, "", request_id=page.request_id, after=page.after)


def show(page: Page, template: str, form: Form | None = None, **context: Any) -> Response:
    """A public page. Whoever works here and looks at it sees what anyone sees."""
    sections = [
        {"text": words, "href": address, "current": page.path == address, "active": page.path.startswith(address + "/")}
        for words, address in SECTIONS
    ]
    large = page.request.cookies.get(LETTERS) == "large"
    return page.render(template, form, public_sections=sections, large=large, **context)


def letters(page: Page, size: str) -> Response:
    """Back to the page where one was, with letters of that size."""
    response = RedirectResponse(local(page.asked("next") or "/public"), 303)
    if size == "large":
        response.set_cookie(LETTERS, "large", httponly=True, samesite="lax", path="/")
    else:
        response.delete_cookie(LETTERS, path="/")
    return response


async def passed_on(page: Page, path: str, name: str, media_type: str) -> Response:
    """A published file, byte for byte as the gateway gives it: its checks and digests must hold."""
    async with page.gateway.stream(path, {"Accept": "*/*"}) as answer:
        content = await answer.read()
        if answer.status != 200:
            raise Refused(answer.status, "no-file", "There is no such file", "This file has not been published yet.")
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
