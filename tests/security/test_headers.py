"""What every answer of the door tells a browser, refusals and faults included: run, frame, sniff, cache nothing."""

from collections.abc import Mapping

import pytest
from starlette.types import Receive, Send

from gateway.answers import guarded
from gateway.limits import ALLOWANCES, Allowance
from tests.gateway.doors import CONCERNS, PERSON, Door, Seen, answer, open_door

_MUST = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-",
    "content-security-policy": "frame-ancestors 'none'",
}


def missing(headers: Mapping[str, str]) -> list[str]:
    return [name for name, words in _MUST.items() if words not in headers.get(name, "")]


async def test_every_kind_of_answer_is_guarded() -> None:
    narrow = {**ALLOWANCES, "search": Allowance(1)}
    async with open_door(allowances=narrow, origins=("https://staff.example",)) as door:
        found = await _answers(door)
    async with open_door(dead=True) as door:
        async with door.get() as got:
            found[got.status] = missing(got.headers)
        # Nothing may hold this one back; what it answers when it fails is guarded too.
        async with door.ask("POST", CONCERNS, data=b"the boy in the red coat") as got:
            assert (got.status, missing(got.headers)) == (503, [])
    assert set(found) >= {200, 204, 400, 401, 403, 404, 405, 413, 429, 503}
    assert not {status: each for status, each in found.items() if each}


async def _answers(door: Door) -> dict[int, list[str]]:
    search = "/v1/casefile/people/search"
    asked: tuple[tuple[str, str, dict[str, str] | None, bytes], ...] = (
        ("GET", PERSON, None, b""),
        ("GET", PERSON, {}, b""),
        ("GET", PERSON, {**door.headers(), "Newstart-Purpose": ""}, b""),
        ("GET", PERSON, door.headers("councillor", "oversight"), b""),
        ("GET", "/v1/nothing", None, b""),
        ("DELETE", search, None, b""),
        ("POST", search, None, b"x" * 300_000),
        ("POST", search, None, b"{}"),
        ("GET", "/docs", {}, b""),
        ("GET", "/links/nothing", {}, b""),
        ("OPTIONS", PERSON, {"Origin": "https://staff.example", "Access-Control-Request-Method": "GET"}, b""),
    )
    found: dict[int, list[str]] = {}
    for method, path, headers, body in asked:
        async with door.ask(method, path, headers=headers, data=body or None) as got:
            found[got.status] = [
                *found.get(got.status, []),
                *(f"{method} {path}: {each}" for each in missing(got.headers)),
            ]
    return found


def test_a_page_s_own_stricter_words_stand() -> None:
    own = (b"content-security-policy", b"default-src 'none'; style-src 'self'; frame-ancestors 'none'")
    fields = guarded([own, (b"cache-control", b"no-cache")])
    assert [value for name, value in fields if name == b"content-security-policy"] == [own[1]]
    assert [value for name, value in fields if name == b"cache-control"] == [b"no-cache"]


@pytest.mark.full
async def test_what_a_service_says_of_its_own_accord_is_no_hole() -> None:
    """A service that answers with HTML or scripts by mistake is still not run by anybody's browser."""

    async def html(_: Seen, receive: Receive, send: Send) -> None:
        await answer(send, b"<script>alert(1)</script>", content_type="text/html")

    async with open_door(handler=html) as door, door.get() as got:
        assert (got.status, missing(got.headers)) == (200, [])
        assert "default-src 'none'" in got.headers["content-security-policy"]
