"""What holds of every page: who may send a form, what a browser is told, and that nothing typed is lost."""

import json
import re
import time
from pathlib import Path

from gateway.routes import GUARDED_ROUTES
from staff import session as sessions
from staff.client import Asker
from staff.page import local
from staff.purposes import KnownRoutes
from staff.rendering import HERE
from staff.session import Seal, Session
from tests.staff.conftest import Staff, refused, staff_app

MINE = {"tasks_open": 3}


async def test_a_form_without_this_sessions_token_does_nothing(staff: Staff) -> None:
    for token in ("", "x" * 43):
        answer = await staff.post("/purpose", {"csrf": token, "purpose": "outreach"})
        assert answer.status_code == 403
    assert staff.gateway.asked == []
    assert (await staff.post("/purpose", {"purpose": "outreach"})).status_code == 303


async def test_a_form_from_another_site_is_refused_with_whatever_token(staff: Staff) -> None:
    for fields in ({"origin": "http://evil.test"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}):
        answer = await staff.post("/purpose", {"purpose": "outreach"}, headers=fields)
        assert answer.status_code == 403
        assert "another site" in answer.text


async def test_every_page_says_what_a_browser_must_not_do(staff: Staff) -> None:
    for path in ("/purpose", "/nowhere", "/my-work"):
        fields = (await staff.get(path)).headers
        assert "default-src 'none'" in fields["content-security-policy"]
        assert "unsafe" not in fields["content-security-policy"]
        assert fields["cache-control"] == "no-store"
        assert fields["x-content-type-options"] == "nosniff"


def test_every_form_that_is_sent_carries_the_token() -> None:
    for path in (HERE / "templates").rglob("*.html"):
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", path.read_text(), re.DOTALL):
            assert "csrf_token" in form, f"{path}: {form[:120]}"


def test_nothing_inline_that_the_policy_forbids() -> None:
    for path in (HERE / "templates").rglob("*.html"):
        assert not re.search(r"\sstyle=\"|\son[a-z]+=\"|<script(?![^>]*src=)", path.read_text()), path


async def test_signing_in_makes_another_session() -> None:
    async with staff_app() as staff:
        person = {"role": "universal_worker", "name": "Tom", "short_name": "tom", "does": "helps"}
        staff.gateway.on("GET /demo/sign-ins", [person])
        staff.gateway.on("POST /demo/token", {"access_token": _token()})
        page = await staff.get("/sign-in")
        before = dict(staff.http.cookies)
        token = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert token
        given = token.group(1)
        answer = await staff.http.post("/sign-in", data={"csrf": given, "worker": "x", "next": "//evil.test"})
        assert answer.status_code == 303
        assert answer.headers["location"] == "/"
        assert staff.http.cookies["newstart"] != before["newstart"]
        # The token of before is worth nothing now.
        assert (await staff.http.post("/purpose", data={"csrf": given, "purpose": "outreach"})).status_code == 403


def _token() -> str:
    from tests.staff.tokens import token_of

    return token_of("universal_worker")


def test_a_cookie_that_was_touched_or_is_old_knows_nobody() -> None:
    seal, other = Seal("a" * 40, secure=False), Seal("b" * 40, secure=False)
    now = time.time()
    kept = Session(token="t", expires_at=now + 10_000, roles=("manager",))
    cookies = _cookies(seal, kept)
    assert seal.open(cookies, now).id == kept.id
    assert not other.open(cookies, now).signed_in
    assert not seal.open(cookies, now + sessions.IDLE_SECONDS + 1).signed_in
    assert not seal.open(cookies, now + 10_001).signed_in
    flipped = cookies["newstart"][:40] + ("A" if cookies["newstart"][40] != "A" else "B") + cookies["newstart"][41:]
    assert not seal.open({"newstart": flipped}, now).signed_in


def test_a_long_token_takes_several_cookies() -> None:
    seal = Seal("a" * 40, secure=True)
    kept = Session(token="".join(sessions.new_token() for _ in range(150)), expires_at=time.time() + 100)
    cookies = _cookies(seal, kept)
    assert len([value for value in cookies.values() if value]) > 1
    assert all(len(f"{name}={value}") < 4096 for name, value in cookies.items())
    assert seal.open(cookies, time.time()).token == kept.token


def _cookies(seal: Seal, session: Session) -> dict[str, str]:
    pairs = (each.decode().partition(";")[0].partition("=") for each in seal.fields(session))
    return {name: value for name, _, value in pairs}


async def test_what_was_typed_is_kept_when_the_sign_in_has_ended(staff: Staff) -> None:
    staff.http.cookies.clear()
    words = "They said the landlord changed the locks.\nTwo children."
    answer = await staff.post("/purpose", {"words": words, "purpose": "outreach"})
    assert answer.status_code == 401
    assert "the landlord changed the locks.\nTwo children." in answer.text
    staff.sign_in()
    # Sent again with the token of before: shown once more under the new one, nothing asked of the gateway.
    again = await staff.http.post(
        "/purpose", data={"csrf": "old", "words": words}, headers={"sec-fetch-site": "same-origin"}
    )
    assert again.status_code == 403
    assert "the landlord changed the locks." in again.text
    assert f'value="{staff.csrf}"' in again.text


async def test_a_token_that_the_gateway_no_longer_takes_leads_to_the_sign_in_and_back(staff: Staff) -> None:
    staff.gateway.on("GET /v1/casefile/my-work", lambda _: refused(401))
    answer = await staff.get("/my-work?tab=team")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=%2Fmy-work%3Ftab%3Dteam")


def test_nobody_is_led_away() -> None:
    for address in ("//evil.test", "https://evil.test", "/\\evil.test", "x", "/a\nb", "javascript:x"):
        assert local(address) == "/"
    assert local("/my-work?tab=team") == "/my-work?tab=team"


async def test_a_fault_is_told_without_its_message(staff: Staff) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("Amina Hassan, 14 Heath Road")

    staff.gateway.on("GET /v1/casefile/my-work", broken)
    answer = await staff.get("/my-work")
    assert answer.status_code == 500
    assert "Amina" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_static_files_are_where_pages_say() -> None:
    assert not list(Path(HERE / "static").rglob("*.map"))


def test_the_published_document_says_which_addresses_refuse_even_an_empty_body() -> None:
    routes = KnownRoutes()
    routes.learn(json.loads((HERE.parent / "openapi.json").read_bytes()))
    without = [each for each in GUARDED_ROUTES if each.method in ("POST", "PUT", "PATCH") and each.body == "none"]
    assert len(without) > 10
    filled = [(each.method, re.sub(r"\{[^}]+\}", "0192", each.path)) for each in without]
    assert [each for each in filled if routes.takes_body(*each)] == []
    assert routes.takes_body("POST", "/v1/casefile/plans")


async def test_nothing_is_sent_to_an_address_without_a_body_whatever_the_page_says() -> None:
    async with staff_app() as staff:
        asker = Asker(staff.gateway, "", takes_body=staff.app.pages.state.routes.takes_body)
        staff.gateway.on("POST /v1/casefile/steps/{id}/acceptance", {})
        staff.gateway.on("POST /v1/casefile/tasks", {})
        await asker.post("/v1/casefile/steps/1/acceptance", {})
        await asker.post("/v1/casefile/tasks")
        assert [each.body for each in staff.gateway.asked] == [None, {}]
