"""Someone at the door: a signed-in person who calls the gateway as a staff app would."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx

from gateway.demo.people import COUNCIL
from kit.clock import LONDON
from kit.testing.platform import Platform


class Person:
    """A demo sign-in with a purpose. Every create gets a fresh Idempotency-Key."""

    def __init__(self, platform: Platform, role: str, purpose: str | None) -> None:
        self.role = role
        fields = {"Authorization": f"Bearer {platform.token(role)}"}
        if purpose:
            fields["Newstart-Purpose"] = purpose
        self._client = httpx.Client(base_url=platform.gateway, headers=fields, timeout=20)

    def __enter__(self) -> "Person":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, **fields: str) -> httpx.Response:
        return self._client.get(path, headers=_named(fields))

    def post(self, path: str, body: Any = None, **fields: str) -> httpx.Response:
        return self._client.post(path, json=body, headers={"idempotency-key": str(uuid4()), **_named(fields)})

    def send(self, method: str, path: str, content: bytes = b"", **fields: str) -> httpx.Response:
        return self._client.request(method, path, content=content, headers=_named(fields))

    def patch(self, path: str, body: Any, **fields: str) -> httpx.Response:
        return self._client.patch(path, json=body, headers=_named(fields))

    def put(self, path: str, body: Any, **fields: str) -> httpx.Response:
        return self._client.put(path, json=body, headers=_named(fields))

    def soon(self, path: str, holds: Callable[[Any], bool], *, within: float = 10.0) -> Any:
        """The answer of `path` once it is as expected; the last one is shown when it never is."""
        limit = time.monotonic() + within
        while True:
            answer = self.get(path)
            if answer.status_code == 200 and holds(answer.json()):
                return answer.json()
            assert time.monotonic() < limit, f"{path} was still {answer.status_code} {answer.text} after {within} s"
            time.sleep(0.05)


@contextmanager
def business_clock(platform: Platform) -> Iterator[Callable[[str], None]]:
    """Moves the whole platform's clock to a London time; at the end it is the real one again."""
    with (
        Person(platform, "administrator", "administration") as keeper,
        Person(platform, "manager", "supervision") as looking,
    ):

        def move(to: str) -> None:
            assert keeper.post("/demo/clock", {"to": to}).status_code == 200
            looking.soon("/v1/triage/queue/counts", lambda counts: _london(counts["as_of"])[:15] == to[:15])
            # The others hear of it by the same event, and each process looks at its own row once a second.
            time.sleep(1.5)

        yield move
        keeper.post("/demo/clock", {"to": datetime.now(LONDON).replace(tzinfo=None).isoformat(timespec="seconds")})


def _london(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(LONDON).isoformat()


def _named(fields: dict[str, str]) -> dict[str, str]:
    """`if_match` is the header field If-Match."""
    return {name.replace("_", "-"): value for name, value in fields.items()}


def advised_by_the_council(platform: Platform) -> None:
    """The council stands in the register of bodies that may advise on debt, as an exempt one."""
    path = f"/v1/casefile/money/debt-bodies/{COUNCIL}"
    entry = {"basis": "exempt_local_authority", "exemption": "FSMA 2000 (Exemption) Order 2001", "since": "2014-04-01"}
    with Person(platform, "administrator", "administration") as keeper:
        if keeper.get(path).status_code != httpx.codes.OK:
            kept = keeper.put(path, entry)
            assert kept.status_code == httpx.codes.CREATED, kept.text


def met(worker: Person, person_id: str, home: str) -> None:
    """They talk, and it is on record: soon the worker is around this household, and may see the inside of its file."""
    told = {"person_id": person_id, "channel": "walk_in", "hub": "heath", "needs": [{"domain": "money"}]}
    answer = worker.post("/v1/triage/contacts", told)
    assert answer.status_code == httpx.codes.CREATED, answer.text
    worker.soon(f"/v1/casefile/households/{home}/timeline", lambda found: bool(found["items"]))
