"""Loading through the door: each file once, going on after a break, never over another borough."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import httpx
import pytest

from demo import loading
from demo.borough.making import Made
from demo.loading import SOURCES, CannotLoad, load_borough, send


class Door:
    """Stands in for the gateway: takes files, keeps what it was asked."""

    def __init__(self) -> None:
        self.loads: dict[str, list[dict[str, object]]] = {code: [] for code in SOURCES}
        self.keys: list[str] = []
        self.refuse = ""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        parts = request.url.path.split("/")
        if parts[3] == "loads":
            (found,) = (each for loads in self.loads.values() for each in loads if each["id"] == parts[4])
            done = {"state": "succeeded"} if found["looked"] else {"looked": True}
            found.update(done)
            return httpx.Response(200, json=found)
        code = parts[4]
        if request.method == "GET":
            return httpx.Response(200, json={"items": self.loads[code]})
        if code == self.refuse:
            return httpx.Response(422, json={"detail": "columns are missing: account_ref"})
        body = request.read()
        self.keys.append(request.headers["Idempotency-Key"])
        parquet = body[:4] == b"PAR1"
        assert request.headers["Content-Type"].startswith("application/vnd.apache.parquet" if parquet else "text/csv")
        load = {"id": f"load-{len(self.keys)}", "sha256": hashlib.sha256(body).hexdigest(), "state": "running"}
        counts = {"rows": 10, "rows_done": 5, "rows_new": 7, "problem": None, "looked": False}
        self.loads[code].append(load | counts)
        return httpx.Response(202, json={"load_id": load["id"], "job_id": load["id"]})


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Door:
    monkeypatch.setattr(loading.time, "sleep", lambda seconds: None)
    return Door()


def client(door: Door) -> httpx.Client:
    return httpx.Client(base_url="http://gateway", transport=httpx.MockTransport(door))


def test_every_source_is_sent_once(tiny: Made, gateway: Door) -> None:
    told: list[float] = []
    with client(gateway) as asked:
        first = send(asked, tiny.folder, lambda what, done: told.append(done))
        again = send(asked, tiny.folder, lambda what, done: None)
    assert first == dict.fromkeys(SOURCES, 7)
    assert again == {}
    assert len(set(gateway.keys)) == len(SOURCES)
    assert told == sorted(told)
    assert told[-1] == 1


@pytest.mark.full
def test_what_broke_off_goes_on_where_it_stood(tiny: Made, gateway: Door) -> None:
    gateway.refuse = "school_census"
    with client(gateway) as asked, pytest.raises(CannotLoad, match="columns are missing"):
        send(asked, tiny.folder, lambda what, done: None)
    before = list(gateway.keys)
    gateway.refuse = ""
    with client(gateway) as asked:
        rest = send(asked, tiny.folder, lambda what, done: None)
    assert "school_census" in rest
    assert "council_tax_accounts" not in rest
    assert set(gateway.keys[: len(before)]).isdisjoint(gateway.keys[len(before) :])


@pytest.mark.full
def test_another_borough_is_left_alone(tiny: Made, small: Made, gateway: Door) -> None:
    with client(gateway) as asked:
        send(asked, tiny.folder, lambda what, done: None)
        with pytest.raises(CannotLoad, match="another borough"):
            send(asked, small.folder, lambda what, done: None)


@pytest.mark.full
def test_a_month_s_news_go_over_what_is_there(tiny: Made, gateway: Door, tmp_path: Path) -> None:
    (tmp_path / "hub_contacts.csv").write_text('"contact_ref"\n"HC1"\n', encoding="utf-8")
    with client(gateway) as asked:
        send(asked, tiny.folder, lambda what, done: None)
        assert send(asked, tmp_path, lambda what, done: None, first=False) == {"hub_contacts": 7}


def test_a_load_that_fails_is_said(tiny: Made, gateway: Door) -> None:
    def failing(request: httpx.Request) -> httpx.Response:
        answer = gateway(request)
        if request.url.path.startswith("/v1/risk/loads/"):
            return httpx.Response(200, json=answer.json() | {"state": "failed", "problem": "the agreement lapsed"})
        return answer

    with (
        httpx.Client(base_url="http://gateway", transport=httpx.MockTransport(failing)) as asked,
        pytest.raises(CannotLoad, match="the agreement lapsed"),
    ):
        send(asked, tiny.folder, lambda what, done: None)


@pytest.mark.full
def test_a_borough_that_is_in_stays_and_none_is_made(
    tiny: Made, gateway: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is kept here any more, and the platform holds a borough: nothing is made or sent."""

    @contextmanager
    def door(address: str) -> Iterator[httpx.Client]:
        with client(gateway) as asked:
            yield asked

    monkeypatch.setattr(loading, "door", door)
    with client(gateway) as asked:
        send(asked, tiny.folder, lambda what, done: None)
    sent, said = len(gateway.keys), list[str]()
    load_borough("http://gateway", "tiny", tmp_path, said.append)
    assert (len(gateway.keys), said, list(tmp_path.iterdir())) == (sent, [], [])
    with pytest.raises(CannotLoad, match="no borough of the size huge"):
        load_borough("http://gateway", "huge", tmp_path, said.append)


@pytest.mark.full
def test_a_new_platform_gets_the_borough_and_a_second_start_nothing(
    gateway: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def door(address: str) -> Iterator[httpx.Client]:
        with client(gateway) as asked:
            yield asked

    monkeypatch.setattr(loading, "door", door)
    clock: list[datetime] = []
    monkeypatch.setattr(loading, "_move_clock", lambda gateway, to: clock.append(to))
    said: list[str] = []
    for _ in range(2):
        load_borough("http://gateway", "tiny", tmp_path, said.append, until=date(2026, 10, 31))
    assert len(gateway.keys) == len(SOURCES)
    assert len(said) == 2
    # The day of the demo is the one on which what is new in the extracts is fresh; a second start leaves it.
    assert clock == [datetime(2026, 11, 1, 9)]  # noqa: DTZ001
    with pytest.raises(CannotLoad, match="tiny-1-2026-10 is in already"):
        load_borough("http://gateway", "demo", tmp_path, said.append)
