"""The ground of a drill: a whole platform in a folder of its own, which can be lost and come back."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from kit.contracts.event_type import OWNERS, VAULTS
from kit.run.embedded import databases, secrets, status
from kit.run.embedded.environments import NATS_USERS, Environments
from kit.run.embedded.homes import find_home, remove_home
from kit.run.embedded.ports import DEFAULTS, HOST, free
from kit.run.embedded.postgres import Cluster

_START_SECONDS = 600.0
_STOP_SECONDS = 60.0
_LOADINGS = 3
SCRIPTS = Path(__file__).resolve().parents[1] / "k8s/components/backup"


class DrillFailed(Exception):
    """A step did not do what it should; the text says which and why."""


class Ground:
    """One folder, one set of ports, one set of secrets; engines and processes come and go."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / "state"
        self.kept_secrets = folder / "secrets.json"
        ports = free(len(DEFAULTS))
        self.ports = dict(zip((port.name for port in DEFAULTS), ports, strict=True))
        self._variables = {port.variable: str(self.ports[port.name]) for port in DEFAULTS}

    @contextlib.contextmanager
    def platform(self) -> Iterator[None]:
        """Everything runs; at the end everything has stopped and the data stay. Raises DrillFailed."""
        self._prepare_state()
        environment = {**os.environ, **self._variables}
        environment.pop("NEWSTART_POSTGRES_ADMIN_URL", None)
        with (self.folder / "platform.out").open("ab") as output:
            program = [sys.executable, "-m", "deploy.drill.services_only", "--state", str(self.state)]
            running = subprocess.Popen(program, env=environment, stdout=output, stderr=output)
        try:
            limit = time.monotonic() + _START_SECONDS
            while not status.read(self.state).get("ready"):
                if running.poll() is not None or time.monotonic() > limit:
                    raise DrillFailed(
                        f"the platform did not start:\n{(self.folder / 'platform.out').read_text()[-2000:]}"
                    )
                time.sleep(0.1)
            yield
        finally:
            running.send_signal(signal.SIGTERM)
            try:
                running.wait(_STOP_SECONDS)
            finally:
                running.kill()
                running.wait()
            shutil.copy2(self.state / "secrets.json", self.kept_secrets)

    @contextlib.contextmanager
    def database_alone(self) -> Iterator[None]:
        """Only PostgreSQL runs: nothing writes. An empty server is made ready as a council's administrator would."""
        self._prepare_state()
        made = self.secrets()
        cluster = Cluster(
            find_home(self.state),
            self.ports["postgres"],
            made.postgres_admin,
            identity=made.cluster,
            log=self.folder / "postgres.log",
        )
        if not cluster.made:
            cluster.make()
        process = cluster.start()
        try:
            cluster.wait_ready(process)
            passwords = {name: made.postgres[name] for name in (*OWNERS, *VAULTS)}
            databases.prepare(self.admin_url(), passwords, own_server=True)
            yield
        finally:
            cluster.stop(process)

    def lose_everything(self) -> None:
        """The disks of PostgreSQL and NATS are gone; what is left are the copies and the kept secrets."""
        remove_home(self.state)

    def remove(self) -> None:
        """Nothing stays behind."""
        remove_home(self.state)
        shutil.rmtree(self.folder, ignore_errors=True)

    def admin_url(self, owner: str | None = None) -> str:
        """PostgreSQL's administrator, in an owner's database or in `postgres`."""
        database = databases.role(owner) if owner else "postgres"
        return f"postgresql://newstart_admin:{self.secrets().postgres_admin}@{HOST}:{self.ports['postgres']}/{database}"

    def environments(self) -> Environments:
        """What each process finds, to run it by hand."""
        inherited = {**os.environ, **self._variables}
        return Environments(inherited, self.ports, self.secrets(), self.admin_url(), self.state / "spool")

    def environment(self, name: str) -> dict[str, str]:
        """What a service's processes find."""
        return self.environments().service(name)

    def script(self, name: str, *arguments: str) -> str:
        """Runs one of the cluster's scripts as its pod would, with the wheel's programs. Raises DrillFailed."""
        programs = find_home(self.state).programs / "bin"
        variables = {"PATH": f"{programs}:{os.environ.get('PATH', os.defpath)}"}
        for service in OWNERS:
            found = self.environment(service)
            variables[f"DATABASE_URL_{service.upper()}"] = found["NEWSTART_DATABASE_URL"]
            if "NEWSTART_VAULT_DATABASE_URL" in found:
                vault = next(one for one, owner in VAULTS.items() if owner == service)
                variables[f"DATABASE_URL_{vault.upper()}"] = found["NEWSTART_VAULT_DATABASE_URL"]
        return _done(["sh", str(SCRIPTS / name), *arguments], variables)

    def program(self, service: str, module: str, *arguments: str) -> str:
        """Runs one of our command-line programs with a service's environment. Raises DrillFailed."""
        return _done([sys.executable, "-m", module, *arguments], self.environment(service))

    def load_borough(self, size: str) -> None:
        """Loads a demo borough by the gateway's own doors; goes on where it stood when the machine is slow."""
        program = "import sys; from gateway.demo.loader import load_all; load_all(sys.argv[1], print)"
        command = [sys.executable, "-c", program, f"http://{HOST}:{self.ports['gateway']}"]
        environment = {**os.environ, **self._variables, "DEMO_SIZE": size}
        for attempt in range(_LOADINGS):
            try:
                _done(command, environment)
                return
            except DrillFailed:
                if attempt == _LOADINGS - 1:
                    raise

    def _prepare_state(self) -> None:
        self.state.mkdir(mode=0o711, parents=True, exist_ok=True)
        if self.kept_secrets.exists() and not (self.state / "secrets.json").exists():
            shutil.copy2(self.kept_secrets, self.state / "secrets.json")

    def secrets(self) -> secrets.Secrets:
        """The passwords and keys of this ground."""
        return secrets.load(self.state / "secrets.json", OWNERS, NATS_USERS)


def _done(command: list[str], environment: Mapping[str, str]) -> str:
    done = subprocess.run(command, env=dict(environment), capture_output=True, text=True, timeout=900, check=False)
    if done.returncode:
        raise DrillFailed(f"{' '.join(command[-3:])}: {done.stderr.strip()[-1500:]}")
    return done.stdout.strip()
