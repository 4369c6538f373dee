"""An own NATS server: nobody without a password, and each service only where the catalogue lets it speak."""

import asyncio
import json
import socket
import urllib.request
from pathlib import Path

import nats
import nats.errors
import pytest
from nats.aio.client import Client

from kit.contracts.event_type import OWNERS
from kit.events.bus import inbox_prefix
from kit.run.embedded.nats import NatsServer, program
from kit.run.embedded.ports import HOST, free
from kit.run.embedded.processes import EngineFailed
from kit.testing.bus import BusServer


class Caller:
    """A connection as one user, with what the server said against it."""

    def __init__(self, client: Client, refusals: list[str]) -> None:
        self.client = client
        self.refusals = refusals

    async def publish(self, subject: str) -> None:
        await self.client.publish(subject, b"{}")
        await self.client.flush(5)
        # The server's refusal comes on its own.
        await asyncio.sleep(0.05)


async def call_as(url: str, user: str) -> Caller:
    refusals: list[str] = []

    async def said(error: Exception) -> None:
        refusals.append(str(error))

    client = await nats.connect(
        url, error_cb=said, allow_reconnect=False, connect_timeout=5, inbox_prefix=inbox_prefix(user).encode()
    )
    return Caller(client, refusals)


async def test_a_service_publishes_under_its_own_name_only(bus: BusServer) -> None:
    caller = await call_as(bus.url("triage"), "triage")
    await caller.publish("newstart.triage.contact.recorded")
    assert caller.refusals == []
    for subject in ("newstart.casefile.person.registered", "newstart.vault.risk.casefile", "anything"):
        await caller.publish(subject)
        assert "permissions violation" in caller.refusals[-1].lower()
    assert len(caller.refusals) == 3
    await caller.client.close()


async def test_a_service_hears_nothing_but_answers_to_itself(bus: BusServer) -> None:
    caller = await call_as(bus.url("grants"), "grants")
    for subject in ("newstart.>", ">", "$JS.EVENT.>", f"{inbox_prefix('casefile')}.>"):
        await caller.client.subscribe(subject)
        await caller.client.flush(5)
        await asyncio.sleep(0.05)
        assert "permissions violation for subscription" in caller.refusals[-1].lower()
    await caller.client.close()


async def test_a_service_makes_no_streams_but_topology_does(bus: BusServer) -> None:
    caller = await call_as(bus.url("housing"), "housing")
    with pytest.raises(nats.errors.TimeoutError):
        await caller.client.jetstream(timeout=0.3).add_stream(name="HOUSING", subjects=["newstart.housing.>"])
    await caller.client.close()
    topology = await call_as(bus.url("topology"), "topology")
    made = await topology.client.jetstream().add_stream(name="HOUSING", subjects=["newstart.housing.>"])
    assert made.config.name == "HOUSING"
    await topology.client.close()


@pytest.mark.parametrize("said", [{}, {"user": "triage"}, {"user": "triage", "pass": "guess"}])
def test_nobody_comes_in_without_a_password(bus: BusServer, said: dict[str, str]) -> None:
    with socket.create_connection((HOST, bus.port), timeout=5) as line, line.makefile("rb") as answers:
        assert json.loads(answers.readline().removeprefix(b"INFO "))["auth_required"] is True
        line.sendall(b"CONNECT " + json.dumps({**said, "verbose": False}).encode() + b"\r\nPING\r\n")
        assert answers.readline() == b"-ERR 'Authorization Violation'\r\n"


async def test_what_was_acknowledged_survives_a_kill(bus: BusServer) -> None:
    topology = await call_as(bus.url("topology"), "topology")
    await topology.client.jetstream().add_stream(name="RISK", subjects=["newstart.risk.>"])
    await topology.client.close()
    risk = await call_as(bus.url("risk"), "risk")
    for number in range(20):
        await risk.client.jetstream().publish("newstart.risk.profile.changed", str(number).encode())
    bus.kill()
    await risk.client.close()
    bus.start()
    admin = await call_as(bus.url("admin"), "admin")
    assert (await admin.client.jetstream().stream_info("RISK")).state.messages == 20
    await admin.client.close()


def test_the_running_platform_waits_for_the_disk_and_hides_its_passwords(tmp_path: Path) -> None:
    port, monitor = free(2)
    accounts = [{"user": name} for name in OWNERS]
    server = NatsServer(tmp_path / "nats", port, monitor, accounts, dict.fromkeys(OWNERS, "word"), log=tmp_path / "log")
    process = server.start()
    try:
        server.wait_ready(process)
        with urllib.request.urlopen(f"http://127.0.0.1:{monitor}/jsz?config=true") as answer:
            assert json.load(answer)["config"]["sync_always"] is True
        assert (tmp_path / "nats" / "nats.json").stat().st_mode & 0o777 == 0o600
        assert (tmp_path / "nats").stat().st_mode & 0o777 == 0o700
    finally:
        server.stop(process)


def test_a_start_that_fails_repeats_the_servers_last_words(bus: BusServer, tmp_path: Path) -> None:
    server = NatsServer(tmp_path / "nats", bus.port, free(1)[0], [], {}, log=tmp_path / "log")
    with pytest.raises(EngineFailed, match=r"NATS ended while starting: .*address already in use"):
        server.wait_ready(server.start())


def test_the_program_comes_from_the_wheel() -> None:
    assert program().name == "nats-server"
    assert program().exists()
