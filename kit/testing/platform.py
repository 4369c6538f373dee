"""The whole platform for journeys and chaos tests: the real supervisor, on free ports and in a folder of its own."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from kit.contracts.event_type import OWNERS
from kit.run.embedded import databases, postgres, status
from kit.run.embedded import secrets as run_secrets
from kit.run.embedded.environments import NATS_USERS, TOPOLOGY, Environments
from kit.run.embedded.homes import remove_home
from kit.run.embedded.ports import DEFAULTS, HOST, free

_START_SECONDS = 240.0
_STOP_SECONDS = 60.0
_STOPPING = {"postgres": signal.SIGINT, "nats": signal.SIGTERM}
SUPERVISOR = "kit.run.supervisor"


class Platform:
    """A running platform. Processes go by the supervisor's names: `postgres`, `nats`, `casefile-worker`..."""

    def __init__(self, state: Path, ports: dict[str, int], supervisor: "subprocess.Popen[bytes]") -> None:
        self.state = state
        self.ports = ports
        self.supervisor = supervisor

    @property
    def gateway(self) -> str:
        """The gateway's address."""
        return f"http://{HOST}:{self.ports['gateway']}"

    @property
    def output(self) -> str:
        """What the supervisor has said so far."""
        return (self.state / "supervisor.out").read_text()

    def token(self, role: str) -> str:
        """A demo token of that role."""
        body = json.dumps({"role": role}).encode()
        request = urllib.request.Request(f"{self.gateway}/demo/token", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as response:
            answer = json.load(response)
        return str(answer.get("access_token") or answer["token"])

    def log(self, name: str) -> str:
        """What a process has said since the start."""
        return (self.state / "logs" / f"{name}.log").read_text()

    def secrets(self) -> dict[str, object]:
        """The passwords and keys of this run."""
        found: dict[str, object] = json.loads((self.state / "secrets.json").read_text())
        return found

    def admin_url(self, owner: str | None = None) -> str:
        """PostgreSQL's administrator in that owner's database, or in `postgres`: for looking from outside."""
        database = databases.role(owner) if owner else "postgres"
        return f"postgresql://{postgres.ADMIN}:{self._kept().postgres_admin}@{HOST}:{self.ports['postgres']}/{database}"

    def nats_url(self, user: str) -> str:
        """The bus as that user: a service, `topology` or `admin`."""
        return f"nats://{user}:{self._kept().nats[user]}@{HOST}:{self.ports['nats']}"

    def environment(self, name: str) -> dict[str, str]:
        """What the processes of a service find, or the `topology` job: to run one more by hand."""
        environments = Environments(os.environ, self.ports, self._kept(), self.admin_url(), self.state / "spool")
        return environments.topology() if name == TOPOLOGY else environments.service(name)

    def _kept(self) -> run_secrets.Secrets:
        return run_secrets.load(self.state / "secrets.json", OWNERS, NATS_USERS)

    def pid(self, name: str) -> int:
        """The present process of that name. Raises KeyError when it does not run."""
        return int(status.read(self.state)["processes"][name]["pid"])

    def kill(self, name: str) -> None:
        """Ends a process at once; the supervisor starts it again."""
        os.kill(self.pid(name), signal.SIGKILL)

    def stop(self, name: str, how: signal.Signals | None = None) -> None:
        """Ends a process and keeps it down until `start`; engines shut down in order unless `how` says otherwise."""
        pid = self.pid(name)
        status.hold(self.state, name, True)
        os.kill(pid, how or _STOPPING.get(name, signal.SIGTERM))
        self._until(lambda: name not in status.read(self.state)["processes"], f"{name} to end")

    def start(self, name: str) -> None:
        """Lets a stopped process start again, and waits until it has begun (not until it is ready)."""
        status.hold(self.state, name, False)
        self._until(lambda: name in status.read(self.state)["processes"], f"{name} to start")

    @contextlib.contextmanager
    def without(self, name: str, how: signal.Signals | None = None) -> Iterator[None]:
        """The platform meanwhile works without that process."""
        self.stop(name, how)
        try:
            yield
        finally:
            self.start(name)

    def _until(self, holds: Callable[[], bool], what: str, seconds: float = 40.0) -> None:
        limit = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > limit:
                raise TimeoutError(f"waited {seconds:.0f} s for {what}\n{self.output}")
            time.sleep(0.05)


@contextlib.contextmanager
def running_platform(
    environment: dict[str, str] | None = None, *, module: str = SUPERVISOR, durable: bool = False
) -> Iterator[Platform]:
    """Starts it, yields it when everything is ready, stops it and removes all it kept.

    `environment` adds to ours; `durable` engines keep what they confirmed when they are killed, as in `make run`.
    Raises RuntimeError with the supervisor's own words when it does not start.
    """
    state = Path(tempfile.mkdtemp(prefix="newstart-platform-"))
    state.chmod(0o711)
    ports = dict(zip((port.name for port in DEFAULTS), free(len(DEFAULTS)), strict=True))
    variables = {port.variable: str(ports[port.name]) for port in DEFAULTS}
    with (state / "supervisor.out").open("wb") as output:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", module, *([] if durable else ["--fleeting"]), "--state", str(state)],
            env={**os.environ, **variables, **(environment or {})},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    platform = Platform(state, ports, supervisor)
    try:
        limit = time.monotonic() + _START_SECONDS
        while not status.read(state).get("ready"):
            if supervisor.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(f"the platform did not start:\n{platform.output}")
            time.sleep(0.05)
        yield platform
    finally:
        supervisor.send_signal(signal.SIGTERM)
        try:
            supervisor.wait(_STOP_SECONDS)
        finally:
            supervisor.kill()
            supervisor.wait()
            remove_home(state)
