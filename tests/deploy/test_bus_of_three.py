"""The council's bus as rendered, run by three real servers; and the region's, called by a council's."""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import nats
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from deploy.k8s import make_secrets, region
from deploy.k8s.lint import Rendered
from kit.contracts.event_type import OWNERS
from kit.events import leaf_nodes
from kit.run import topology_job
from kit.run.embedded import secrets
from tests.deploy.nats_servers import certificates, free_port, server, wait_healthy

pytestmark = [pytest.mark.full, pytest.mark.timeout(240)]


def files(rendered: Rendered, made: secrets.Secrets) -> dict[str, str]:
    (found,) = (dict(one["data"]) for one in rendered.of("ConfigMap") if "nats.conf" in one["data"])
    return {**found, "auth.conf": make_secrets.auth_conf(made)}


def made_secrets(folder: Path) -> secrets.Secrets:
    return secrets.load(folder / "kept.json", OWNERS, [*OWNERS, make_secrets.TOPOLOGY])


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Certificates of the bus's own authority, known as the pods know it: by SSL_CERT_FILE."""
    certificates(tmp_path / "tls")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "tls/ca.crt"))
    return tmp_path / "tls"


@pytest.fixture
def three(
    council: Rendered, trusted: Path, tmp_path: Path
) -> Iterator[tuple[list[object], list[int], secrets.Secrets]]:
    """(processes, client ports, secrets) of three servers with routes by mutual TLS."""
    made = made_secrets(tmp_path)
    texts = {**files(council, made), "region.conf": ""}
    clients, monitors, routes = ([free_port() for _ in range(3)] for _ in range(3))
    with ExitStack() as stack:
        running: list[object] = []
        for number in range(3):
            folder = tmp_path / f"nats-{number}"
            instead = {
                "0.0.0.0:4222": f"127.0.0.1:{clients[number]}",
                "0.0.0.0:8222": f"127.0.0.1:{monitors[number]}",
                "0.0.0.0:6222": f"127.0.0.1:{routes[number]}",
                '"/data"': f'"{folder / "data"}"',
                "/run/nats/nats.pid": str(folder / "pid"),
                "/etc/nats-tls": str(trusted),
                **{f"nats-{one}.nats-servers:6222": f"127.0.0.1:{port}" for one, port in enumerate(routes)},
            }
            running.append(stack.enter_context(server(folder, texts, instead, f"nats-{number}")))
        for number in range(3):
            wait_healthy(monitors[number], tmp_path / f"nats-{number}")
        yield running, clients, made


async def test_every_stream_is_on_three_servers_and_losing_one_loses_nothing(
    three: tuple[list[object], list[int], secrets.Secrets],
) -> None:
    running, ports, made = three
    urls = {user: [f"tls://{user}:{made.nats[user]}@127.0.0.1:{port}" for port in ports] for user in made.nats}
    await topology_job.apply(urls["topology"][0], 3)
    client = await nats.connect(urls["triage"], inbox_prefix=b"_INBOX_triage", max_reconnect_attempts=-1)
    look = await nats.connect(urls["topology"], inbox_prefix=b"_INBOX_topology", max_reconnect_attempts=-1)
    try:
        publish = client.jetstream(timeout=10).publish
        for number in range(20):
            await publish("newstart.triage.contact.recorded", b"{}", headers={"Nats-Msg-Id": f"before-{number}"})
        seen = await look.jetstream(timeout=10).stream_info("TRIAGE")
        assert seen.config.num_replicas == 3
        assert seen.cluster is not None
        leader = int(str(seen.cluster.leader)[-1])

        running[leader].kill()  # type: ignore[attr-defined]  # a process; the fixture keeps them as objects
        for number in range(20):
            for _ in range(60):
                try:
                    await publish("newstart.triage.contact.recorded", b"{}", headers={"Nats-Msg-Id": f"after-{number}"})
                    break
                except nats.errors.Error:
                    await asyncio.sleep(0.5)

        after = await look.jetstream(timeout=10).stream_info("TRIAGE")
        assert after.state.messages == 40, "each once, none lost"
    finally:
        await client.close()
        await look.close()


async def test_nobody_gets_in_without_trust_or_in_the_clear(
    three: tuple[list[object], list[int], secrets.Secrets], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, ports, made = three

    async def attempt(scheme: str) -> None:
        url = f"{scheme}://triage:{made.nats['triage']}@127.0.0.1:{ports[0]}"
        client = await nats.connect(url, allow_reconnect=False, max_reconnect_attempts=0, connect_timeout=3)
        await client.close()

    await attempt("tls")
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises((ssl.SSLError, nats.errors.Error, OSError)):
        await attempt("tls")
    with pytest.raises((ssl.SSLError, nats.errors.Error, OSError)):
        await attempt("nats")


async def test_only_packages_cross_to_the_region_and_only_answers_come_back(
    rendered: Callable[[str], Rendered], trusted: Path, tmp_path: Path
) -> None:
    """The hub's and the member's own files; one server each, for what crosses does not depend on copies."""
    above, area = "E12000007", "E09000002"
    kept = region.load(tmp_path / "region.json", [above, area])
    made = made_secrets(tmp_path)
    leaf, ports, monitors = free_port(), [free_port(), free_port()], [free_port(), free_port()]
    (tmp_path / "ca.crt").write_bytes((trusted / "ca.crt").read_bytes())
    with ExitStack() as stack:
        for number, overlay in enumerate(("observatory-regional", "council")):
            folder = tmp_path / f"side-{number}"
            texts = files(rendered(overlay), made)
            # A cluster of one: the three are another test's.
            before, _, after = texts["nats.conf"].partition("cluster {")
            texts["nats.conf"] = before + "jetstream {" + after.partition("jetstream {")[2]
            instead = {
                "0.0.0.0:4222": f"127.0.0.1:{ports[number]}",
                "0.0.0.0:8222": f"127.0.0.1:{monitors[number]}",
                '"/data"': f'"{folder / "data"}"',
                "/run/nats/nats.pid": str(folder / "pid"),
                "/etc/nats-tls": str(trusted),
            }
            if overlay == "council":
                texts["leaf.conf"] = region.member_conf(kept, above, area, f"127.0.0.1:{leaf}")
                instead["/etc/nats/region-ca.crt"] = str(tmp_path / "ca.crt")
            else:
                texts["leaf.conf"] = region.hub_conf(kept, above, [area])
                instead["0.0.0.0:7422"] = f"127.0.0.1:{leaf}"
            stack.enter_context(server(folder, texts, instead, f"side-{number}"))
            wait_healthy(monitors[number], folder)

        async def speaker(user: str, password: str, port: int) -> Client:
            prefix = f"_INBOX_{user}".encode()
            return await nats.connect(f"tls://{user}:{password}@127.0.0.1:{port}", inbox_prefix=prefix)

        hub = await speaker(leaf_nodes.user(above), kept[above]["own"], ports[0])
        member = await speaker(leaf_nodes.user(area), kept[area]["own"], ports[1])
        council = await speaker("risk", made.nats["risk"], ports[1])
        try:
            heard: list[str] = []

            async def take(message: Msg) -> None:
                heard.append(message.subject)
                await message.respond(b"taken")

            await hub.subscribe(leaf_nodes.subject(above, "*"), cb=take)
            await hub.flush()
            answer = None
            for _ in range(40):
                try:
                    answer = await member.request(leaf_nodes.subject(above, area), b"{}", timeout=1)
                    break
                except nats.errors.Error:
                    await asyncio.sleep(0.25)
            assert answer is not None
            assert answer.data == b"taken"

            # Neither an event of the council's nor another area's package gets there.
            await council.publish("newstart.risk.profile.computed", b"{}")
            await council.publish(leaf_nodes.subject(above, area), b"{}")
            await member.publish(leaf_nodes.subject(above, "E09000025"), b"{}")
            await asyncio.sleep(1)
            assert set(heard) == {leaf_nodes.subject(above, area)}
            assert len(heard) == 1
        finally:
            for each in (hub, member, council):
                await each.close()
