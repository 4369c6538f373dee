"""The council's bus as rendered, run by three real servers; and the region's, called by a council's."""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import nats
import pytest

from deploy.k8s import make_secrets, region
from deploy.k8s.lint import Rendered
from deploy.k8s.validate import HERE
from kit.contracts.event_type import OWNERS
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
            running.append(stack.enter_context(server(folder, texts, instead, monitors[number], f"nats-{number}")))
        for number in range(3):
            wait_healthy(monitors[number], tmp_path / f"nats-{number}")
        yield running, clients, made


async def test_every_stream_is_on_three_servers_and_losing_one_loses_nothing(
    three: tuple[list[object], list[int], secrets.Secrets],
) -> None:
    running, ports, made = three
    # Imported before, because the job has 15 seconds from its first word to the bus.
    topology_job.wanted()
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


async def test_only_packages_cross_to_the_region_and_nothing_comes_back(
    rendered: Callable[[str], Rendered], trusted: Path, tmp_path: Path
) -> None:
    """The hub's and the member's own files; one server each, for what crosses does not depend on copies."""
    passwords = region.load(tmp_path / "members.json", ["heath"])
    made = made_secrets(tmp_path)
    hub, member = rendered("observatory-regional"), rendered("council")
    leaf, ports, monitors = free_port(), [free_port(), free_port()], [free_port(), free_port()]
    (tmp_path / "ca.crt").write_bytes((trusted / "ca.crt").read_bytes())
    with ExitStack() as stack:
        for number, overlay in enumerate((hub, member)):
            folder = tmp_path / f"side-{number}"
            texts = files(overlay, made)
            # A cluster of one: the three are another test's.
            texts["nats.conf"] = (
                texts["nats.conf"].partition("cluster {")[0]
                + "jetstream {"
                + texts["nats.conf"].partition("jetstream {")[2]
            )
            instead = {
                "0.0.0.0:4222": f"127.0.0.1:{ports[number]}",
                "0.0.0.0:8222": f"127.0.0.1:{monitors[number]}",
                '"/data"': f'"{folder / "data"}"',
                "/run/nats/nats.pid": str(folder / "pid"),
                "/etc/nats-tls": str(trusted),
            }
            if overlay is hub:
                texts["members.conf"] = region.members_conf(passwords)
                instead["0.0.0.0:7422"] = f"127.0.0.1:{leaf}"
            else:
                texts["leaf.conf"] = region.leaf_conf("heath", passwords["heath"], f"127.0.0.1:{leaf}")
                instead["/etc/nats/region-ca.crt"] = str(tmp_path / "ca.crt")
            stack.enter_context(server(folder, texts, instead, monitors[number], f"side-{number}"))
            wait_healthy(monitors[number], folder)
        urls = [
            {user: f"tls://{user}:{password}@127.0.0.1:{port}" for user, password in made.nats.items()}
            for port in ports
        ]
        for side in urls:
            await topology_job.apply(side["topology"], 1)
        council = await nats.connect(urls[1]["risk"], inbox_prefix=b"_INBOX_risk")
        there = await nats.connect(urls[0]["topology"], inbox_prefix=b"_INBOX_topology")
        back = await nats.connect(urls[0]["risk"], inbox_prefix=b"_INBOX_risk")
        here = await nats.connect(urls[1]["topology"], inbox_prefix=b"_INBOX_topology")
        try:
            await asyncio.sleep(2)
            crossing = region.CROSSES.replace(">", "published")
            for subject in (crossing, "newstart.risk.profile.computed", "newstart.risk.signal.raised"):
                ack = await council.jetstream(timeout=10).publish(subject, b"{}")
                assert ack.stream == "RISK"
            await back.jetstream(timeout=10).publish(crossing, b"{}")
            await back.jetstream(timeout=10).publish("newstart.risk.profile.computed", b"{}")
            await asyncio.sleep(1)
            region_has = await there.jetstream(timeout=10).stream_info("RISK", subjects_filter=">")
            council_has = await here.jetstream(timeout=10).stream_info("RISK", subjects_filter=">")
            assert region_has.state.subjects == {crossing: 2, "newstart.risk.profile.computed": 1}
            assert council_has.state.messages == 3, "what the region says stays there"
        finally:
            for each in (council, there, back, here):
                await each.close()


def test_what_crosses_is_about_nobody() -> None:
    assert region.about_people() == []
    assert region.about_people("newstart.risk.profile.>"), "and would be noticed"
    assert (HERE / "components/region-hub/region.conf").read_text().count("members.conf") == 2
