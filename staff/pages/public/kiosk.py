"""A screen in a hub that residents use alone. Nothing of them stays on it.

A host hands the screen over: their sign-in leaves this browser and a sitting takes its place, sealed like a session,
good for taking numbers in that hub alone and only for as long as the host's own sign-in would be. What residents say
is sent at once or forgotten: no storage and no cache, addresses and titles that say nothing of what was looked at, and
pages that are shown only to whoever asked for them: after leaving, going back leads to the empty question. After a
minute without a hand all is wiped.
"""

import base64
import json
import secrets
import time
from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from staff.client import Asker, Refused, SignInAgain
from staff.forms import Form
from staff.page import Anyone, Page, SignedIn
from staff.pages.public.anyone import LETTERS, show
from staff.pages.public.directory import NEEDS, SIZE, forget, keep, look, one
from staff.session import Session

router = APIRouter()
COOKIE: Final = "newstart-kiosk"
_INFO: Final = b"newstart kiosk sitting v1"
TICKET: Final = "public_number"
IDLE_SECONDS: Final = 60
SOONER: Final = {
    "not_safe": "I am not safe",
    "unwell": "I feel ill or am in pain",
    "child_alone": "A child is waiting for me alone",
    "office_closes": "An office closes soon and I must be there",
    "appointment": "I have an appointment here",
}
LANGUAGES: Final = {
    "": "English is fine",
    "ar": "العربية (Arabic)",
    "bn": "বাংলা (Bengali)",
    "bg": "Български (Bulgarian)",
    "lt": "Lietuvių (Lithuanian)",
    "pl": "Polski (Polish)",
    "pt": "Português (Portuguese)",
    "ro": "Română (Romanian)",
    "so": "Soomaali (Somali)",
    "sq": "Shqip (Albanian)",
    "ur": "اردو (Urdu)",
    "bfi": "British Sign Language",
}
IN_THEMSELVES: Final = "ar bn bg lt pl pt ro so sq ur".split()
"""Languages that are said in themselves, for `lang` on their line."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """What a kiosk may do: take numbers in one hub."""

    token: str
    purpose: str
    hub: str
    name: str
    until: float


def _seal(page: Page) -> AESGCM:
    secret = page.request.app.state.settings.secret_key.get_secret_value()
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=_INFO).derive(secret.encode()))


def sealed(page: Page, sitting: Sitting) -> str:
    """The sitting as the cookie holds it."""
    nonce = secrets.token_bytes(12)
    clear = json.dumps(asdict(sitting)).encode()
    return base64.urlsafe_b64encode(nonce + _seal(page).encrypt(nonce, clear, _INFO)).decode()


def sitting_of(page: Page) -> Sitting | None:
    """The sitting of this browser; None when nobody handed the screen over, or too long ago."""
    try:
        raw = base64.urlsafe_b64decode(page.request.cookies.get(COOKIE, ""))
        found = Sitting(**json.loads(_seal(page).decrypt(raw[:12], raw[12:], _INFO)))
    except (ValueError, TypeError, InvalidTag):
        return None
    return found if found.until > time.time() else None


def _show(page: Page, template: str, form: Form | None = None, **context: Any) -> Response:
    context.setdefault("sitting", sitting_of(page))
    return show(page, template, form, kiosk_seconds=IDLE_SECONDS, **context)


@router.get("/kiosk/start")
async def begin(page: SignedIn) -> Response:
    """For a host: which hub this screen stands in."""
    answer = await page.get("/v1/triage/hubs")
    return page.render("public/kiosk_start.html", hubs=answer.items)


@router.post("/kiosk/start")
async def hand_over(page: SignedIn) -> Response:
    """The host's sign-in leaves this browser; what takes its place can take numbers and nothing else."""
    form = await page.form()
    answer = await page.get("/v1/triage/hubs")
    hub = next((each for each in answer.items if each["code"] == form.text("hub")), None)
    if hub is None:
        form.wrong("hub", "Choose the hub that this screen stands in")
        return page.render("public/kiosk_start.html", form, hubs=answer.items)
    purpose = page.purpose_of("POST", f"/v1/triage/hubs/{hub['code']}/tickets")
    held = page.session
    sitting = Sitting(held.token, purpose, hub["code"], hub["name"], held.expires_at)
    page.request.state.session = Session()
    response = RedirectResponse("/kiosk", 303)
    _cookie(page, response, sealed(page, sitting))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _cookie(page: Page, response: Response, value: str) -> None:
    secure = page.request.app.state.settings.staff_url.startswith("https://")
    response.set_cookie(COOKIE, value, httponly=True, samesite="strict", path="/kiosk", secure=secure)


@router.get("/kiosk")
async def start(page: Anyone) -> Response:
    """Two doors: find help, or take a number. Whoever is here has left what they looked at behind."""
    forget(page)
    return _show(page, "public/kiosk.html")


@router.get("/kiosk/leave")
async def leave(page: Anyone) -> Response:
    """Whoever sat here has gone: everything of theirs goes too, and the screen is as it was before they came."""
    page.request.state.session = Session()
    response = RedirectResponse("/kiosk", 303)
    response.delete_cookie(LETTERS, path="/")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@router.get("/kiosk/help")
async def ask(page: Anyone) -> Response:
    """The directory's question."""
    return _show(page, "public/kiosk_help.html", needs=NEEDS)


@router.post("/kiosk/help")
async def search(page: Anyone) -> Response:
    """What fits, on the answer itself: going back shows the question, not what was asked."""
    form = await page.form()
    if not keep(page, form.text("said"), form.text("need"), ""):
        form.wrong("said", "Say in a few words what would help, or choose from the list")
        return _show(page, "public/kiosk_help.html", form, needs=NEEDS)
    return RedirectResponse("/kiosk/help/found", 303)


@router.get("/kiosk/help/found")
async def found(page: Anyone) -> Response:
    """What fits best, first."""
    answer = await look(page)
    if answer is None:
        return RedirectResponse("/kiosk/help", 303)
    return _show(page, "public/help_found.html", needs=NEEDS, **answer)


@router.get("/kiosk/help/found/{place}")
async def service(page: Anyone, place: int) -> Response:
    """One service, by its place among what was found: no address says which. Only while somebody looks."""
    answer = await look(page, (place - 1) // SIZE + 1) if place > 0 else None
    listed = answer["list"]["contents"] if answer is not None else []
    if answer is None or (place - 1) % SIZE >= len(listed):
        return RedirectResponse("/kiosk/help", 303)
    id_ = listed[(place - 1) % SIZE]["id"]
    return _show(page, "public/help_service.html", number=answer["number"], **await one(page, UUID(id_)))


@router.get("/kiosk/number")
async def contact(page: Anyone) -> Response:
    """A first contact: what it is about, which language, whether it cannot wait. No name is asked."""
    return _show(page, "public/kiosk_number.html", needs=NEEDS, sooner=SOONER, languages=LANGUAGES, own=IN_THEMSELVES)


@router.post("/kiosk/number")
async def take_number(page: Anyone) -> Response:
    """A number, and how long it takes."""
    form = await page.form()
    sitting = sitting_of(page)
    given = {"needs": NEEDS, "sooner": SOONER, "languages": LANGUAGES, "own": IN_THEMSELVES}
    if sitting is None:
        form.wrong("", "This screen cannot take numbers now. Go to the desk: they will help you.")
        return _show(page, "public/kiosk_number.html", form, **given)
    about, sooner, language = form.text("about"), form.text("sooner"), form.text("language")
    if about not in NEEDS and about != "unsaid":
        form.wrong("about", "Choose what it is about, or that you would rather say it at the desk")
        return _show(page, "public/kiosk_number.html", form, **given)
    body = {
        "about": about if about in NEEDS else None,
        "sooner": sooner if sooner in SOONER else None,
        "language": language if language in LANGUAGES and language else None,
    }
    try:
        host = Asker(page.gateway, sitting.token, lambda *_: sitting.purpose, request_id=page.request_id)
        answer = await host.post(f"/v1/triage/hubs/{sitting.hub}/tickets", body, key=form.key)
    except SignInAgain:
        return _show(page, "public/kiosk.html", sitting=None, ended=True)
    except Refused as refused:
        form.refused(refused)
        return _show(page, "public/kiosk_number.html", form, **given)
    # Shown on a page of its own: going back to a form that was sent would offer to send it once more.
    kept = {"number": answer["number"], "minutes": answer["wait"]["minutes"], "words": answer["wait"]["words"]}
    page.session.searched = {**page.session.searched, TICKET: json.dumps(kept)}
    return RedirectResponse("/kiosk/number/yours", 303)


@router.get("/kiosk/number/yours")
async def taken(page: Anyone) -> Response:
    """The number, until its owner leaves."""
    kept = page.session.searched.get(TICKET)
    if kept is None:
        return RedirectResponse("/kiosk", 303)
    return _show(page, "public/kiosk_taken.html", ticket=json.loads(kept))
