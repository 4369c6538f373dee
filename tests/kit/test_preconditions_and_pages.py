"""ETag and If-Match; lists that page by cursor."""

import base64
import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import Invalid
from kit.ids import new_id
from kit.testing.databases import ServiceDatabase
from kit.web.pages import decode_cursor, encode_cursor, paging
from tests.kit.ground import signed

READ, CHANGE, MAKE = "casefile.thing.read", "casefile.thing.change", "casefile.thing.make"
THINGS = "/v1/casefile/things"


def add(maker: ServiceDatabase, name: str) -> str:
    thing_id = new_id()
    maker.execute("insert into thing (id, name, version) values (%s, %s, 3)", [thing_id, name])
    return str(thing_id)


async def change(client: httpx.AsyncClient, thing_id: str, if_match: str | None) -> httpx.Response:
    headers = signed(CHANGE) | ({"If-Match": if_match} if if_match is not None else {})
    return await client.patch(f"{THINGS}/{thing_id}", json={"name": "new"}, headers=headers)


async def test_a_change_must_name_its_version(client: httpx.AsyncClient, maker: ServiceDatabase) -> None:
    answer = await change(client, add(maker, "one"), None)
    assert answer.status_code == 428
    assert answer.json()["type"].endswith("/precondition-required")


async def test_a_change_of_a_version_that_is_gone_is_refused(client: httpx.AsyncClient, maker: ServiceDatabase) -> None:
    thing_id = add(maker, "one")
    answer = await change(client, thing_id, '"2"')
    assert answer.status_code == 412
    body = answer.json()
    assert (body["your_version"], body["current_version"], body["current"]) == (2, 3, {"name": "one"})
    assert maker.rows("select name from thing") == [{"name": "one"}]


@pytest.mark.parametrize("etag", ["*", '"1", "2"', '"abc"', '"-1"', '""', '"٣"', '"' + "9" * 40 + '"'])
async def test_a_version_we_never_gave_is_no_version(
    client: httpx.AsyncClient, maker: ServiceDatabase, etag: str
) -> None:
    thing_id = add(maker, "one")
    headers = [*signed(CHANGE).items(), ("If-Match", etag.encode())]
    answer = await client.patch(f"{THINGS}/{thing_id}", json={"name": "new"}, headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 422


async def test_the_right_version_changes_and_counts_on(client: httpx.AsyncClient, maker: ServiceDatabase) -> None:
    thing_id = add(maker, "one")
    answer = await change(client, thing_id, '"3"')
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"4"')
    assert (await change(client, thing_id, '"3"')).status_code == 412
    assert maker.rows("select sequence from outbox") == [{"sequence": 4}]


# Pages ------------------------------------------------------------------------------------------------------


async def page(client: httpx.AsyncClient, address: str) -> Any:
    return await client.get(address, headers=signed(READ))


async def test_a_walk_shows_each_row_once_while_others_are_added(
    client: httpx.AsyncClient, maker: ServiceDatabase
) -> None:
    there = {add(maker, f"before {number}") for number in range(25)}
    seen: list[str] = []
    address: str | None = f"{THINGS}?limit=4"
    added = 0
    while address:
        answer = await page(client, address)
        seen += [item["id"] for item in answer.json()["items"]]
        # One lands behind what was shown (an old id), one ahead of it.
        maker.execute(
            "insert into thing values (%s, %s, 1)", [f"00000000-0000-7000-8000-{added:012d}", f"behind {added}"]
        )
        if added < 3:
            there.add(add(maker, f"ahead {added}"))
        added += 1
        links = answer.headers.get("Link", "")
        assert bool(links) == (answer.json()["next"] is not None)
        address = links.removeprefix("<").partition(">")[0] or None
        assert not links or links.endswith('; rel="next"')
    assert len(seen) == len(set(seen))
    assert set(seen) == there


async def test_an_empty_list_is_one_empty_page(client: httpx.AsyncClient) -> None:
    answer = await page(client, THINGS)
    assert answer.json() == {"items": [], "next": None}
    assert "Link" not in answer.headers


async def test_a_full_last_page_has_no_next(client: httpx.AsyncClient, maker: ServiceDatabase) -> None:
    for number in range(4):
        add(maker, str(number))
    assert (await page(client, f"{THINGS}?limit=4")).json()["next"] is None


@pytest.mark.parametrize("limit", ["0", "-1", "201", "many"])
async def test_a_page_has_a_size(client: httpx.AsyncClient, limit: str) -> None:
    assert (await page(client, f"{THINGS}?limit={limit}")).status_code == 422


def forged() -> dict[str, str]:
    place = json.dumps([str(uuid4())]).encode()
    return {
        "unsigned": base64.urlsafe_b64encode(b"\0" * 12 + place).decode(),
        "no base64": "!!!",
        "too short": "AAAA",
        "empty": "",
        "not ASCII": "%C3%A9",
        "another key's": encode_cursor(b"another", [str(uuid4())]),
        "too long": "A" * 501,
    }


@pytest.mark.parametrize("kind", forged())
async def test_a_cursor_that_is_not_ours_is_refused(client: httpx.AsyncClient, kind: str) -> None:
    answer = await page(client, f"{THINGS}?after={forged()[kind]}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_cursor_opens_its_own_list_only(client: httpx.AsyncClient, maker: ServiceDatabase) -> None:
    names = (await page(client, f"{THINGS}/names")).json()["next"]
    assert (await page(client, f"{THINGS}/names?after={names}")).status_code == 200
    answer = await page(client, f"{THINGS}?after={names}")
    assert answer.status_code == 422


@given(place=st.lists(st.none() | st.integers() | st.text() | st.booleans(), max_size=4), at=st.integers(0, 200))
def test_no_letter_of_a_cursor_can_be_changed(place: list[Any], at: int) -> None:
    paging("/v1/a")
    cursor = encode_cursor(b"key", place)
    assert decode_cursor(b"key", cursor) == place
    at %= len(cursor)
    other = cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :]
    # The last letter may hold bits that base64 does not use.
    if base64.urlsafe_b64decode(other + "==") != base64.urlsafe_b64decode(cursor + "=="):
        with pytest.raises(Invalid):
            decode_cursor(b"key", other)
    paging("/v1/b")
    with pytest.raises(Invalid):
        decode_cursor(b"key", cursor)
