"""Idempotency-Key: the same request twice is one effect and one answer."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from kit.store import db
from kit.testing.databases import ServiceDatabase
from tests.kit import ground
from tests.kit.ground import signed

MAKE = "casefile.thing.make"


async def post(client: httpx.AsyncClient, name: str, key: str | None, subject: str = "ada", **more: Any) -> Any:
    headers = signed(MAKE, subject=subject) | ({"Idempotency-Key": key} if key is not None else {})
    return await client.post("/v1/casefile/things", json={"name": name, **more}, headers=headers)


def count(maker: ServiceDatabase, table: str) -> Any:
    return maker.rows(f"select count(*) as n from {table}")[0]["n"]


async def test_a_create_without_a_key_is_refused(client: httpx.AsyncClient, maker: ServiceDatabase) -> None:
    for key in (None, "", "  "):
        answer = await post(client, "one", key)
        assert answer.status_code == 400
        assert answer.json()["type"].endswith("/idempotency-key-missing")
    assert (await post(client, "one", "k" * 201)).status_code == 422
    assert count(maker, "thing") == 0


async def test_the_same_again_gets_the_same_bytes_and_changes_nothing(
    client: httpx.AsyncClient, maker: ServiceDatabase
) -> None:
    first = await post(client, "one", "key")
    again = await post(client, "one", "key")
    assert (again.status_code, again.content) == (first.status_code, first.content) == (201, first.content)
    for name in ("Location", "ETag", "Content-Type", "Event-Id"):
        assert again.headers[name] == first.headers[name]
    assert again.headers["Idempotent-Replay"] == "true"
    assert "Idempotent-Replay" not in first.headers
    assert {table: count(maker, table) for table in ("thing", "outbox", "audit_entry")} == {
        "thing": 1,
        "outbox": 1,
        "audit_entry": 1,
    }


async def test_two_at_the_same_moment_are_one(client: httpx.AsyncClient, maker: ServiceDatabase) -> None:
    answers = await asyncio.gather(*(post(client, "slow", "key") for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert [answer.headers.get("Idempotent-Replay") for answer in answers].count(None) == 1
    assert count(maker, "thing") == count(maker, "outbox") == 1


async def test_two_at_the_same_moment_that_meet_nowhere_else_are_one(
    client: httpx.AsyncClient, maker: ServiceDatabase
) -> None:
    """Nothing in the effect collides here: only the key itself keeps the second from taking effect."""
    maker.execute("alter table thing drop constraint uq_thing_name")
    try:
        answers = await asyncio.gather(*(post(client, "slow", "key") for _ in range(4)))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        assert count(maker, "thing") == count(maker, "outbox") == 1
    finally:
        maker.execute("delete from thing")
        maker.execute("alter table thing add constraint uq_thing_name unique (name)")


async def test_the_key_of_another_request_is_refused(client: httpx.AsyncClient, maker: ServiceDatabase) -> None:
    await post(client, "one", "key")
    other_body = await post(client, "two", "key")
    assert other_body.status_code == 422
    invalid_body = await post(client, "three", "key", size=-1)
    assert invalid_body.status_code == 422
    assert "Idempotency-Key" in invalid_body.json()["detail"]
    assert count(maker, "thing") == 1


async def test_only_success_is_kept(client: httpx.AsyncClient, maker: ServiceDatabase) -> None:
    for name, status in {"refused": 409, "doomed": 500, "forbidden": 403, "answered": 400}.items():
        assert (await post(client, name, "key")).status_code == status
        assert count(maker, "idempotency") == 0
    assert (await post(client, "one", "key")).status_code == 201


async def test_the_kept_answer_wins_over_a_later_refusal(client: httpx.AsyncClient, maker: ServiceDatabase) -> None:
    first = await post(client, "one", "key")
    # The second try meets the first one's row: without the kept answer it would be a 409.
    assert (await post(client, "one", "other")).status_code == 409
    again = await post(client, "one", "key")
    assert (again.status_code, again.content) == (201, first.content)
    maker.execute("alter table thing rename to thing_gone")
    try:
        broken = await post(client, "one", "key")
        assert (broken.status_code, broken.content) == (201, first.content)
    finally:
        maker.execute("alter table thing_gone rename to thing")


async def test_keys_of_two_principals_are_two_keys(client: httpx.AsyncClient, maker: ServiceDatabase) -> None:
    hers = await post(client, "hers", "key", subject="ada")
    his = await post(client, "his", "key", subject="ben")
    assert (hers.status_code, his.status_code) == (201, 201)
    assert (hers.json()["name"], his.json()["name"]) == ("hers", "his")
    assert count(maker, "thing") == 2


async def test_nobody_is_given_anothers_answer(client: httpx.AsyncClient, maker: ServiceDatabase) -> None:
    """The very same request of someone else, refused, looks for a kept answer: it must be their own."""
    await post(client, "one", "key", subject="ada")
    answer = await post(client, "one", "key", subject="ben")
    assert answer.status_code == 409
    assert "Idempotent-Replay" not in answer.headers


async def test_the_key_covers_the_address_too(client: httpx.AsyncClient, maker: ServiceDatabase) -> None:
    await post(client, "one", "key")
    headers = signed(MAKE) | {"Idempotency-Key": "key"}
    answer = await client.post("/v1/casefile/things?again=1", json={"name": "one"}, headers=headers)
    assert answer.status_code == 422


async def test_a_first_request_that_still_runs_is_told(maker: ServiceDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Someone else holds the key's row for longer than a request waits."""
    monkeypatch.setattr(db, "_SESSION_OPTIONS", "-c lock_timeout=100")
    async with ground.running(ground.app_on(maker.url)) as client:
        with psycopg.connect(maker.dsn) as holder:
            holder.execute(
                "insert into idempotency (principal, key, fingerprint, status, headers, body)"
                " values ('ada', 'key', '', 201, '{}', '')"
            )
            answer = await post(client, "one", "key")
            holder.rollback()
    assert answer.status_code == 409
    assert "still being worked on" in answer.json()["detail"]
    assert count(maker, "thing") == 0


async def test_a_location_can_be_followed(client: httpx.AsyncClient) -> None:
    answer = await post(client, "one", "key")
    assert UUID(answer.headers["Location"].rpartition("/")[2]) == UUID(answer.json()["id"])
