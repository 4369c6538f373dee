"""What the measurements stand on: PostgreSQL and NATS of their own, as durable as deployed, and child processes.

Everything listens on loopback, on free ports, keeps its state in a temporary folder, and ends with this process,
however it ends. The parent has no event loop and no open connection, so that it can fork at any time.
"""

import contextlib
import gc
import os
import pickle
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import psutil
import uvicorn
from starlette.types import ASGIApp

from benchmarks import small_service
from benchmarks.http_load import answers
from kit.contracts.event_type import OWNERS, vaults_of
from kit.events.topology import nats_accounts
from kit.run import telemetry
from kit.run.embedded import databases, ports, secrets
from kit.run.embedded.environments import ADMIN, NATS_USERS, Environments
from kit.run.embedded.homes import find_home, refuge_path
from kit.run.embedded.nats import NatsServer
from kit.run.embedded.ports import HOST
from kit.run.embedded.postgres import Cluster
from kit.run.embedded.processes import fork, last_words, stop
from kit.run.process import settled
from kit.store import migrate

T = TypeVar("T")
_READY_SECONDS = 30.0


class Failed(Exception):
    """A measurement could not be made."""


@dataclass(frozen=True, slots=True)
class Child:
    """A process of ours."""

    pid: int

    def busy_seconds(self) -> float:
        """The processor time it has used so far: what it costs, however busy the machine is with other things."""
        times = psutil.Process(self.pid).cpu_times()
        return float(times.user + times.system)


@dataclass(frozen=True, slots=True)
class Server(Child):
    """One that listens for HTTP."""

    port: int


class Ground:
    """PostgreSQL starts and stops with it; databases are made when first asked for, a bus where one is needed."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="newstart-bench-"))
        # PostgreSQL may have to run as another user, who passes through.
        self.folder.chmod(0o711)
        names = [port.name for port in ports.DEFAULTS]
        self.ports = dict(zip(names, ports.free(len(names)), strict=True))
        self.secrets = secrets.load(self.folder / "secrets.json", OWNERS, NATS_USERS)
        self._made: set[str] = set()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self._stack.callback(shutil.rmtree, refuge_path(self.folder), ignore_errors=True)
        home, log = find_home(self.folder), self.folder / "postgres.log"
        password, identity = self.secrets.postgres_admin, self.secrets.cluster
        cluster = Cluster(home, self.ports["postgres"], password, identity=identity, log=log)
        cluster.make()
        postgres = cluster.start()
        self._stack.callback(cluster.stop, postgres)
        self.admin_url = cluster.admin_url
        cluster.wait_ready(postgres)
        # As `make run` does before it forks: what was imported is not searched for garbage again and again.
        gc.collect()
        gc.freeze()
        self.environments = Environments({**os.environ}, self.ports, self.secrets, self.admin_url)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def database(self, name: str) -> str:
        """The address of a service's database, as its own role: the gateway's own, or a small service's."""
        return self.migrated(name) if name == "gateway" else self._database(name, small_service.make_tables)

    def migrated(self, name: str) -> str:
        """The address of a service's own migrated database, its vault migrated before it."""

        def make(address: str) -> None:
            for vault in vaults_of(name):
                migrate.upgrade(vault, self.address(vault))
            migrate.upgrade(name, address)

        return self._database(name, make)

    def address(self, name: str) -> str:
        """The address of a service's database, or of its vault, as the role that it has to itself."""
        return databases.address(self.admin_url, name, self.secrets.postgres[name])

    def prepared(self, name: str) -> dict[str, str]:
        """The environment of a service whose database, with its vault if it has one, is there and empty."""
        passwords = {each: self.secrets.postgres[each] for each in (name, *vaults_of(name))}
        apart(f"make-{name}", lambda: databases.prepare(self.admin_url, passwords, own_server=False))
        return self.environments.service(name)

    def _database(self, name: str, make: Callable[[str], None]) -> str:
        address = self.address(name)
        if name not in self._made:
            self.prepared(name)
            apart(f"{name}-tables", lambda: make(address))
            self._made.add(name)
        return address

    def dsn(self, name: str) -> str:
        """The same address for psycopg itself."""
        return databases.plain(self.database(name))

    @contextmanager
    def bus(self, *, syncs: bool) -> Iterator[NatsServer]:
        """A NATS server meanwhile, empty at first. `syncs`: every write, as deployed; else as NATS does by itself."""
        folder = self.folder / f"nats-{syncs}"
        accounts = [*nats_accounts(), {"user": ADMIN}]
        port, monitor = self.ports["nats"], self.ports["nats-monitor"]
        log = self.folder / "nats.log"
        server = NatsServer(folder, port, monitor, accounts, self.secrets.nats, log=log, durable=syncs)
        process = server.start()
        try:
            server.wait_ready(process)
            yield server
        finally:
            server.stop(process)
            shutil.rmtree(folder, ignore_errors=True)

    def service(self, name: str, **more: str) -> dict[str, str]:
        """The environment of a service's process, its database made."""
        self.database(name)
        return {**self.environments.service(name), "NEWSTART_ENVIRONMENT": "test", **more}

    @contextmanager
    def running(self, name: str, body: Callable[[], None], environment: Mapping[str, str]) -> Iterator[Child]:
        """A child process that runs `body` meanwhile. Raises Failed when it ended before."""
        log = self.folder / f"{name}.log"
        child = fork(name, body, environment=environment, log=log)
        try:
            yield Child(child.pid)
            if child.poll() is not None:
                raise Failed(f"{name} ended: {last_words(log)}")
        finally:
            stop(child, [(signal.SIGTERM, 10)])

    @contextmanager
    def serving(
        self,
        name: str,
        app: Callable[[], ASGIApp],
        port: int,
        environment: Mapping[str, str],
        *,
        ready: str = "/livez",
        traced: bool = True,
    ) -> Iterator[Server]:
        """An HTTP server in a process of its own, once it answers on the path `ready`; peers have no tracing."""
        with self.running(name, partial(_serve, name, app, port, traced), environment) as child:
            limit = time.monotonic() + _READY_SECONDS
            while not answers(port, ready):
                if time.monotonic() > limit:
                    raise Failed(f"{name} did not start: {last_words(self.folder / f'{name}.log')}")
                time.sleep(0.02)
            yield Server(child.pid, port)


def _serve(name: str, app: Callable[[], ASGIApp], port: int, traced: bool) -> None:
    # As kit.run.process serves: the peers get the same server.
    if traced:
        telemetry.set_up(name, "api", "bench")
    config = uvicorn.Config(
        app(),
        HOST,
        port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=2,
    )
    settled()
    uvicorn.Server(config).run()


def apart(name: str, body: Callable[[], T]) -> T:
    """What `body` returns when run in a fork: its event loop, threads and connections end with it."""
    reading, writing = os.pipe()

    def work() -> None:
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(body(), pipe)

    child = fork(name, work, environment=os.environ, log=None, close=[reading])
    try:
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            told = pipe.read()
        if child.wait(_READY_SECONDS) != 0:
            raise Failed(f"{name} failed; see above")
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(signal.SIGKILL)
    result: T = pickle.loads(told)
    return result
