"""The bus's own configuration, run by the real server."""

import http.client
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.k8s import make_secrets
from deploy.k8s.lint import Rendered
from kit.contracts.event_type import OWNERS
from kit.run.embedded import secrets
from kit.run.embedded.nats import program


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answer(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@pytest.fixture
def monitor(pilot: Rendered, tmp_path: Path) -> Iterator[int]:
    """The server with the pilot's nats.conf; only its ports and folders are this machine's."""
    config_map = next(one for one in pilot.of("ConfigMap") if "nats.conf" in one["data"])
    port, monitor_port = free_port(), free_port()
    text = config_map["data"]["nats.conf"]
    for there, here in {
        "0.0.0.0:4222": f"127.0.0.1:{port}",
        "0.0.0.0:8222": f"127.0.0.1:{monitor_port}",
        '"/data"': f'"{tmp_path / "data"}"',
        "/run/nats/nats.pid": str(tmp_path / "nats.pid"),
    }.items():
        assert there in text
        text = text.replace(there, here)
    (tmp_path / "nats.conf").write_text(text)
    made = secrets.load(tmp_path / "kept.json", OWNERS, [*OWNERS, make_secrets.TOPOLOGY])
    (tmp_path / "auth.conf").write_text(make_secrets.auth_conf(made))
    server = subprocess.Popen(
        [program(), "--config", str(tmp_path / "nats.conf")],
        env={"SERVER_NAME": "nats-0"},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        for _ in range(200):
            if server.poll() is not None:
                assert server.stderr is not None
                pytest.fail(f"the server refused its configuration: {server.stderr.read()[-500:]}")
            try:
                if answer(monitor_port, "/healthz")[0] == 200:
                    break
            except OSError:
                time.sleep(0.05)
        yield monitor_port
    finally:
        server.kill()
        server.communicate()


def test_runs_answers_each_probe_and_syncs_every_write(pilot: Rendered, monitor: int) -> None:
    stateful_set = pilot.find("StatefulSet", "nats")
    assert stateful_set is not None
    container = stateful_set["spec"]["template"]["spec"]["containers"][0]
    probes = {name: container[name]["httpGet"]["path"] for name in container if name.endswith("Probe")}

    assert len(probes) == 3
    assert {name: answer(monitor, path)[0] for name, path in probes.items()} == dict.fromkeys(probes, 200)
    about = json.loads(answer(monitor, "/varz")[1])
    assert about["server_name"] == "nats-0"
    assert about["auth_required"] is True
    assert json.loads(answer(monitor, "/jsz")[1])["config"]["sync_always"] is True
