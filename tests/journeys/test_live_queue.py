"""Two people look at the queue while a third works: what they see is true within two seconds, by any gateway."""

import json
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from gateway.demo.queue import load_queue
from kit.testing.platform import Platform
from tests.journeys.door import Person

pytestmark = [pytest.mark.xdist_group("platform"), pytest.mark.timeout(180)]

COUNTS = "/v1/triage/queue/counts"


class Screen:
    """Somebody's page: it listens, and reads again when it hears that its list changed."""

    def __init__(self, answer: httpx.Response) -> None:
        self.heard: queue.Queue[tuple[float, str, Any]] = queue.Queue()
        self.ended = threading.Event()
        self._answer = answer
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        name = ""
        try:
            for line in self._answer.iter_lines():
                field, _, value = line.partition(": ")
                if field == "event":
                    name = value
                elif field == "data":
                    self.heard.put((time.monotonic(), name, json.loads(value)))
        except httpx.HTTPError:
            pass
        finally:
            self.ended.set()

    def until(self, holds: Callable[[str, Any], bool], seconds: float = 10.0) -> float:
        """When it heard what it waited for (monotonic seconds)."""
        limit = time.monotonic() + seconds
        while True:
            at, name, said = self.heard.get(timeout=max(0.01, limit - time.monotonic()))
            if holds(name, said):
                return at


@contextmanager
def watching(platform: Platform, role: str, purpose: str) -> Iterator[Screen]:
    headers = {"Authorization": f"Bearer {platform.token(role)}", "Newstart-Purpose": purpose}
    address = f"{platform.gateway}/v1/live?list=triage.queue"
    with httpx.Client(timeout=30) as client, client.stream("GET", address, headers=headers) as answer:
        assert answer.status_code == 200
        screen = Screen(answer)
        screen.until(lambda name, _: name == "hello")
        yield screen


@pytest.mark.full
def test_two_screens_are_true_within_two_seconds(platform: Platform) -> None:
    with (
        watching(platform, "triage_officer", "front_door") as one,
        watching(platform, "housing_officer", "homelessness") as two,
        Person(platform, "manager", "supervision") as manager,
        Person(platform, "housing_officer", "homelessness") as housing,
        Person(platform, "triage_officer", "front_door") as officer,
    ):
        everybody = (officer, housing, manager)
        # A manager's list has concerns too.
        before = [each.get(COUNTS).json()["waiting"] for each in everybody]
        body = {"channel": "walk_in", "hub": "heath", "needs": [{"domain": "money", "urgency": "today"}]}
        begun = time.monotonic()
        made = officer.post("/v1/triage/contacts", body)
        assert made.status_code == 201, made.text
        for screen in (one, two):
            assert screen.until(lambda name, said: name == "change" and said["kind"] == "added") - begun < 2.0
        assert [each.get(COUNTS).json()["waiting"] for each in everybody] == [each + 1 for each in before]

        decision = {"outcome": "resolved", "stage": "final", "reason": "settled at the desk"}
        address = f"/v1/triage/contacts/{made.json()['id']}/decisions"
        begun = time.monotonic()
        decided = officer.post(address, decision, if_match=made.headers["etag"])
        assert decided.status_code == 201, decided.text
        for screen in (one, two):
            assert screen.until(lambda name, said: name == "change" and said["kind"] == "removed") - begun < 2.0
        assert [each.get(COUNTS).json()["waiting"] for each in everybody] == before


@pytest.mark.full
def test_the_demo_puts_a_morning_into_an_empty_queue_once(platform: Platform) -> None:
    said: list[str] = []
    load_queue(platform.gateway, said.append)
    load_queue(platform.gateway, said.append)
    assert len(said) <= 1
    with Person(platform, "triage_officer", "front_door") as officer:
        shown = officer.get("/v1/triage/queue").json()["items"]
        # Where another journey had put somebody in, it was not empty, and stays as it is.
        assert len({each["band"] for each in shown}) == 3 or not said
        assert all(each["why"] and each["would_change"] for each in shown)


@pytest.mark.full
def test_a_gateway_told_to_stop_lets_its_listeners_go_at_once(platform: Platform) -> None:
    with watching(platform, "triage_officer", "front_door") as screen:
        begun = time.monotonic()
        with platform.without("gateway-api", signal.SIGTERM):
            assert screen.ended.wait(10)
            # Not after the 15 seconds that a server gives answers under way.
            assert time.monotonic() - begun < 8
    limit = time.monotonic() + 30
    while True:
        try:
            with watching(platform, "triage_officer", "front_door"):
                return
        except (httpx.HTTPError, OSError, AssertionError):
            assert time.monotonic() < limit
            time.sleep(0.2)
