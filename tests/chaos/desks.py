"""Desks at work: good clients that write through the gateway, and keep a ledger of all they meant and heard.

A good client sends an Idempotency-Key with each new thing, and the same one again after a 503, a 504 or a lost
connection. Some take a refusal at its word: told that nothing was saved, they go away.
"""

import asyncio
import itertools
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, Self
from uuid import uuid4

import httpx

from kit.testing.platform import Platform

Kind = Literal["person", "contact", "decision", "concern"]

# The statuses a client may hear while things break. 429 is no fault; 0 stands for a lost connection.
EXPECTED = frozenset({0, 200, 201, 409, 429, 503, 504})
NOTHING_DONE = ("Nothing was saved", "Nothing was sent")
# Enough of them that nobody meets the limit of 600 writes a minute.
WORKERS = ("sade-okafor", "farid-rahman", "tom-abiola", "ewa-nowak", "priya-nair", "hannah-price")
_STILL_RUNNING = "still being worked on"
_PATIENCE_SECONDS = 150.0
_LONGEST_WAIT_SECONDS = 1.0
_PACE_SECONDS = (0.05, 0.25)


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer: when, with which status, in which words."""

    at: float
    status: int
    detail: str


@dataclass(slots=True)
class Write:
    """One thing a client meant to write. `marker` is its key, and the word by which its row is found again."""

    kind: Kind
    marker: str
    heard: list[Heard] = field(default_factory=list)
    answer: dict[str, Any] | None = None
    etag: str = ""
    believed: bool = False

    @property
    def denied(self) -> bool:
        """The client was told that nothing was done, believed it, and went away."""
        return self.believed and self.answer is None


class Wrong(AssertionError):
    """An answer that no client should ever get."""


def check(answer: httpx.Response) -> str:
    """The detail of a refusal, or nothing. `Wrong` for what is neither success nor a proper problem."""
    if answer.status_code not in EXPECTED:
        raise Wrong(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:500]}")
    if answer.is_success:
        return ""
    if answer.headers.get("content-type") != "application/problem+json":
        raise Wrong(f"{answer.status_code} is no problem document: {answer.headers} {answer.text[:500]}")
    document = answer.json()
    if document["status"] != answer.status_code or not {"type", "title", "detail", "instance"} <= document.keys():
        raise Wrong(f"not a whole problem document: {document}")
    if answer.status_code in {429, 503} and not answer.headers.get("retry-after", "").isdigit():
        raise Wrong(f"{answer.status_code} without Retry-After: {answer.headers}")
    return str(document["detail"])


class Desks:
    """So many desks, at work while inside. `writes` is the ledger, `wrong` what should never have been heard."""

    def __init__(self, platform: Platform, desks: int = 4, *, believers: float = 0.2) -> None:
        self.writes: list[Write] = []
        self.wrong: list[str] = []
        self._platform = platform
        self._number = desks
        self._believers = believers
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        workers = itertools.cycle(WORKERS)
        for number in range(self._number):
            self._tasks.append(asyncio.create_task(self._work(number, next(workers)), name=f"desk-{number}"))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Each desk finishes the household it is at."""
        self._stop.set()
        ended = await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        self.wrong += [f"{type(each).__name__}: {each}" for each in ended if isinstance(each, BaseException)]

    def kept(self, kind: Kind | None = None) -> list[Write]:
        """The writes that were answered with success."""
        return [each for each in self.writes if each.answer is not None and kind in (None, each.kind)]

    def said(self) -> Counter[int]:
        """How often each status was heard."""
        return Counter(heard.status for write in self.writes for heard in write.heard)

    @contextmanager
    def watched(self) -> Iterator["Watched"]:
        """What is heard while inside."""
        watched = Watched(self, time.monotonic())
        yield watched
        watched.until = time.monotonic()

    async def more(self, writes: int, within: float = 60.0) -> None:
        """Until that many more writes have succeeded."""
        goal, limit = len(self.kept()) + writes, time.monotonic() + within
        while len(self.kept()) < goal:
            assert not self.wrong, self.wrong
            assert time.monotonic() < limit, f"only {len(self.kept())} of {goal} writes after {within:.0f} s"
            await asyncio.sleep(0.05)

    async def _work(self, number: int, worker: str) -> None:
        token = await asyncio.to_thread(sign_in, self._platform, worker)
        fields = {"Authorization": f"Bearer {token}", "Newstart-Purpose": "front_door"}
        async with httpx.AsyncClient(
            base_url=self._platform.gateway, headers=fields, timeout=20, trust_env=False
        ) as client:
            desk = _Desk(self, client, number)
            while not self._stop.is_set():
                await desk.household()


class Watched:
    """A stretch of time."""

    def __init__(self, desks: Desks, since: float) -> None:
        self._desks = desks
        self._since = since
        self.until = float("inf")

    @property
    def heard(self) -> list[Heard]:
        return [heard for write in self._desks.writes for heard in write.heard if self._since <= heard.at <= self.until]

    @property
    def said(self) -> Counter[int]:
        return Counter(each.status for each in self.heard)


class _Desk:
    """One officer: a household after another."""

    def __init__(self, desks: Desks, client: httpx.AsyncClient, number: int) -> None:
        self._desks = desks
        self._client = client
        self._number = number

    async def household(self) -> None:
        """Two people, two contacts with two needs each, and decisions that lead to one case. Maybe a concern."""
        first = await self._register(None)
        if first is None:
            return
        person, household = first["id"], first["household_id"]
        # Both decisions concern one household at the same moment: they must meet in one case.
        await asyncio.gather(self._contact(person, household, "universal"), self._contact(person, None, "statutory"))
        await self._register(household)
        if random.random() < 0.3:
            reference = str(uuid4())
            body = {"what_happened": reference, "reference": reference, "person_ids": [person]}
            await self._send("concern", reference, "/v1/triage/safeguarding-concerns", body)

    async def _register(self, household: str | None) -> dict[str, Any] | None:
        marker = str(uuid4())
        body: dict[str, Any] = {"names": [{"given": "Chaos", "family": marker}], "confirmed_new": True}
        if household:
            body["household_id"] = household
        write = await self._send("person", marker, "/v1/casefile/people", body)
        return write.answer

    async def _contact(self, person: str, household: str | None, outcome: str) -> None:
        marker = str(uuid4())
        body = {
            "channel": "walk_in",
            "person_id": person,
            "what_matters": marker,
            "needs": [{"domain": "money", "goal": marker}, {"domain": "food_and_fuel", "goal": marker}],
        }
        if household:
            body["household_id"] = household
        contact = await self._send("contact", marker, "/v1/triage/contacts", body)
        if contact.answer is None:
            return
        reason = str(uuid4())
        decision = {"outcome": outcome, "reason": reason}
        if outcome == "statutory":
            decision["statutory_service"] = "homelessness"
        path = f"/v1/triage/contacts/{contact.answer['id']}/decisions"
        await self._send("decision", reason, path, decision, **{"If-Match": contact.etag})

    async def _send(self, kind: Kind, marker: str, path: str, body: dict[str, Any], **fields: str) -> Write:
        """Send it until it is answered; returns what came of it."""
        write = Write(kind, marker)
        self._desks.writes.append(write)
        limit = time.monotonic() + _PATIENCE_SECONDS
        believes = random.random() < self._desks._believers
        while time.monotonic() < limit:
            await asyncio.sleep(random.uniform(*_PACE_SECONDS))
            wait = await self._try(write, path, body, {"Idempotency-Key": marker, **fields})
            if write.answer is not None:
                return write
            if believes and len(write.heard) == 1 and any(each in write.heard[0].detail for each in NOTHING_DONE):
                write.believed = True
                return write
            await asyncio.sleep(wait)
        raise Wrong(f"{kind} {marker} was never answered: {write.heard[-3:]}")

    async def _try(self, write: Write, path: str, body: dict[str, Any], fields: dict[str, str]) -> float:
        """One attempt; the seconds to wait before the next."""
        try:
            answer = await self._client.post(path, json=body, headers=fields)
        except httpx.TransportError as error:
            write.heard.append(Heard(time.monotonic(), 0, type(error).__name__))
            return random.uniform(0.1, 0.5)
        detail = check(answer)
        write.heard.append(Heard(time.monotonic(), answer.status_code, detail))
        if answer.is_success:
            write.answer, write.etag = answer.json(), answer.headers.get("etag", "")
        elif answer.status_code == 409 and _STILL_RUNNING not in detail:
            raise Wrong(f"{write.kind}: {answer.text[:500]} after {write.heard}")
        elif answer.status_code == 429:
            return float(answer.headers["retry-after"])
        # Less patient than a good client should be: there is more to see.
        return random.uniform(0.2, _LONGEST_WAIT_SECONDS)


def sign_in(platform: Platform, worker: str) -> str:
    """A token for one of the demo's people, by short name."""
    answer = httpx.post(f"{platform.gateway}/demo/token", json={"worker": worker}, timeout=20, trust_env=False)
    answer.raise_for_status()
    return str(answer.json()["access_token"])
