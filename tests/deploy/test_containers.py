"""The image, run hardened: a resident is registered and talks to somebody, and the case file's timeline tells it.

PostgreSQL and NATS are this machine's (the wheels); every process of ours is a container with a read-only root, no
capabilities, no way to new rights, and 512 MiB. Needs root, podman with runc, and the image (`make image`).
"""

import contextlib
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.drill.ground import Ground
from kit.contracts.event_type import OWNERS
from kit.run.embedded.environments import NATS_USERS, TOPOLOGY, Environments
from kit.run.embedded.nats import NatsServer
from kit.run.embedded.ports import HOST
from kit.testing.platform import Platform
from tests.journeys.door import Person

pytestmark = [pytest.mark.full, pytest.mark.timeout(900)]

IMAGE = "localhost/newstart:latest"
LONG_RUNNING = [(service, role) for service in ("gateway", "triage", "casefile") for role in ("api", "worker")]
HARDENED = [
    "--network=host",
    "--read-only",
    "--tmpfs=/tmp:size=64m",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    "--memory=512m",
    "--no-healthcheck",
]


def podman(folder: Path, *arguments: str, check: bool = True) -> str:
    """podman with runc: crun fails where control groups are of both kinds. Limits as a container may have them."""
    limits = folder / "containers.conf"
    limits.write_text('[containers]\ndefault_ulimits = ["nofile=10000:10000","nproc=32768:32768"]\n')
    done = subprocess.run(
        ["podman", "--runtime=runc", "--cgroup-manager=cgroupfs", *arguments],
        env={**os.environ, "CONTAINERS_CONF": str(limits)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if check and done.returncode:
        pytest.fail(f"podman {arguments[0]}: {done.stdout[-500:]}{done.stderr[-1500:]}")
    return done.stdout.strip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    missing = [tool for tool in ("podman", "runc") if shutil.which(tool) is None]
    if missing or os.geteuid() != 0:
        pytest.skip(f"NOT TRIED: containers need root, podman and runc; missing here: {missing or 'root'}")
    if not podman(tmp_path, "images", "--quiet", IMAGE, check=False):
        pytest.skip(f"NOT TRIED: there is no image {IMAGE}; `make image` builds it")
    return tmp_path


@pytest.fixture
def ground(folder: Path) -> Iterator[Ground]:
    made = Ground(Path(os.path.realpath("/var/tmp")) / f"newstart-containers-{os.getpid()}")
    made.folder.mkdir(mode=0o711)
    try:
        yield made
    finally:
        made.remove()


@contextlib.contextmanager
def containers(ground: Ground, folder: Path) -> Iterator[Environments]:
    """Migrated, declared, and running; stopped and removed at the end."""
    from kit.events.topology import nats_accounts

    kept = ground.secrets()
    bus = NatsServer(
        ground.state / "nats",
        ground.ports["nats"],
        ground.ports["nats-monitor"],
        [*nats_accounts(), {"user": "admin"}],
        kept.nats,
        log=ground.folder / "nats.log",
    )
    process = bus.start()
    environments = ground.environments()
    names = []
    try:
        bus.wait_ready(process)

        def started(name: str, arguments: list[str], environment: dict[str, str], *flags: str) -> None:
            file = folder / f"{name}.env"
            wanted = {key: value for key, value in environment.items() if key.startswith("NEWSTART_")}
            file.write_text("".join(f"{key}={value}\n" for key, value in wanted.items()))
            names.append(f"newstart-test-{name}")
            podman(folder, "run", *flags, f"--name={names[-1]}", f"--env-file={file}", *HARDENED, IMAGE, *arguments)

        for owner in OWNERS:
            started(f"{owner}-migrate", [owner, "migrate"], environments.service(owner))
        started("topology", ["topology"], environments.topology())
        for service, role in LONG_RUNNING:
            started(f"{service}-{role}", [service, role], environments.service(service), "--detach")
        for service, role in LONG_RUNNING:
            port = ground.ports[service if role == "api" else f"{service}-worker"]
            _wait_ready(port, f"{service}-{role}", folder)
        yield environments
    finally:
        for name in names:
            podman(folder, "rm", "--force", "--time=20", name, check=False)
        bus.stop(process)


def _wait_ready(port: int, name: str, folder: Path, seconds: float = 180.0) -> None:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/readyz", timeout=3) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"{name} is not ready: {podman(folder, 'logs', f'newstart-test-{name}', check=False)[-1500:]}")


def test_a_resident_s_story_through_containers(ground: Ground, folder: Path) -> None:
    assert set(NATS_USERS) >= {TOPOLOGY, *OWNERS}
    with ground.database_alone(), containers(ground, folder):
        platform = Platform(ground.state, ground.ports, None)  # type: ignore[arg-type]  # no supervisor: containers
        with Person(platform, "triage_officer", "front_door") as officer:
            amina = {"names": [{"given": "Amina", "family": "Yusuf"}], "date_of_birth": "1997-05-02"}
            registered = officer.post("/v1/casefile/people", amina)
            assert registered.status_code == 201, registered.text
            person, home = registered.json()["id"], registered.json()["household_id"]
        with Person(platform, "universal_worker", "universal_support") as worker:
            # Whoever talked to her may see the inside of her file; everybody else is told of no such household.
            told = {"person_id": person, "channel": "walk_in", "hub": "heath", "needs": [{"domain": "money"}]}
            assert worker.post("/v1/triage/contacts", told).status_code == 201
            story = f"/v1/casefile/households/{home}/timeline?order=oldest"
            wanted = ["casefile.person.registered", "triage.contact.received"]
            page = worker.soon(
                story, lambda found: set(wanted) <= {each["type"] for each in found["items"]}, within=120
            )
        assert [each["type"] for each in page["items"] if each["type"] in wanted] == wanted

        health = ["exec", "newstart-test-casefile-api", "python", "/app/deploy/health.py"]
        podman(folder, *health)
        write = "import os, pathlib; print(os.getuid()); pathlib.Path('/app/x').touch()"
        assert podman(folder, "exec", "newstart-test-casefile-api", "python", "-c", write, check=False) == "10001"
        touched = "import os; print(os.path.exists('/app/x'))"
        assert podman(folder, "exec", "newstart-test-casefile-api", "python", "-c", touched) == "False", (
            "a read-only root"
        )
        status = podman(folder, "exec", "newstart-test-casefile-api", "cat", "/proc/1/status")
        assert "CapEff:\t0000000000000000" in status
        assert "NoNewPrivs:\t1" in status
        assert "Seccomp:\t2" in status

        began = time.monotonic()
        podman(folder, "stop", "--time=40", "newstart-test-casefile-api")
        assert time.monotonic() - began < 25, "it drains and leaves by itself"
        code = podman(folder, "inspect", "--format={{.State.ExitCode}}", "newstart-test-casefile-api")
        assert code == "0"
