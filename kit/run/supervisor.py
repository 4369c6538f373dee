"""`make run`: the whole platform on this machine, from one command to one Ctrl-C.

    python -m kit.run.supervisor [--state FOLDER] [--fleeting] [--status | --stop | --reset]

Starts PostgreSQL and NATS, imports the code once, and forks every api and worker from this one process,
which therefore never has a thread, an event loop or an open socket of its own. Its children end with it,
however it ends.
"""

import argparse
import gc
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Protocol

from kit.contracts.event_type import OWNERS, VAULTS
from kit.run.embedded import databases, ports, secrets, status
from kit.run.embedded.environments import ADMIN, NATS_USERS, Environments
from kit.run.embedded.homes import find_home, remove_home
from kit.run.embedded.keeping import Kept
from kit.run.embedded.nats import NatsServer
from kit.run.embedded.parts import Parts, Role, demo_loader, platform_parts
from kit.run.embedded.postgres import Cluster
from kit.run.embedded.processes import EngineFailed, Forked, Running, fork, last_words, rotate_logs, stop
from kit.run.embedded.welcome import is_ready, welcome

ROOT = Path(__file__).resolve().parents[2]
_ROLES: tuple[Role, ...] = ("api", "worker")
_TITLES = {"postgres": "PostgreSQL", "nats": "NATS"}
_ADMIN_URL, _DEMO_LOADER = "NEWSTART_POSTGRES_ADMIN_URL", "NEWSTART_DEMO_LOADER"
_JOB_SECONDS = 300.0
_READY_SECONDS = 60.0
_GRACE_SECONDS = 20.0
_STARTS_BEFORE_GIVING_UP = 3


class Stopping(BaseException):
    """Someone asked us to stop; raised by the signal's handler wherever we are."""


class Engine(Protocol):
    """PostgreSQL or NATS."""

    log: Path | None

    def start(self) -> Running: ...
    def wait_ready(self, process: Running) -> None: ...
    def stop(self, process: Running) -> None: ...


class Supervisor:
    """One run on one state folder."""

    def __init__(self, state: Path, inherited: Mapping[str, str], parts: Parts, *, durable: bool = True) -> None:
        self.state = state
        self.durable = durable
        self.inherited = dict(inherited)
        self.parts = parts
        self._logs = state / "logs"
        self._ports: Mapping[str, int] = {}
        self._began = time.monotonic()
        self._ready = False
        self._engines: list[tuple[Kept, Engine]] = []
        self._children: list[Kept] = []
        self._jobs: list[Forked] = []
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        self._descriptors = [self._wake_read, self._wake_write]

    def run(self) -> int:
        """Starts everything, keeps it running until a signal, stops everything. Returns the exit code."""
        self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._ports = ports.choose(self.inherited)
            self._descriptors.append(status.lock(self.state))
            earlier = status.read(self.state)
            self._note()
            status.outlast(earlier)
            ports.check({name: port for name, port in self._ports.items() if self._is_ours(name)})
        except status.AlreadyRunning as error:
            self.say(f"Nothing was started: {error}. Stop it with Ctrl-C there, or `make stop` here.")
            return 2
        except ports.PortsRefused as error:
            self.say("Nothing was started:\n  " + "\n  ".join(error.lines))
            return 2
        with self._signals():
            try:
                self._start()
                staff = f"http://{ports.HOST}:{self._ports['staff']}" if self.parts.staff is not None else ""
                welcome(self.state, self._gateway, self.say, staff)
                # Only now: whoever waits for it finds the tokens of the welcome.
                self._ready = True
                self._note()
                self._keep()
            except Stopping:
                self.say("Stopping")
            except EngineFailed as error:
                self.say(f"The platform could not start: {error}")
                return 1
            finally:
                self._stop()
        return 0

    def say(self, text: str) -> None:
        """One line for the person watching, with the seconds since the start."""
        try:
            print(f"[{time.monotonic() - self._began:6.1f} s] {text}", flush=True)
        except OSError:
            # The terminal is gone; stopping well matters more.
            return

    @property
    def _gateway(self) -> str:
        return f"http://{ports.HOST}:{self._ports['gateway']}"

    def _is_ours(self, name: str) -> bool:
        return name != "postgres" or _ADMIN_URL not in self.inherited

    # The start, in order of need.

    def _start(self) -> None:
        rotate_logs(self._logs)
        status.release_all(self.state)
        kept = secrets.load(self.state / "secrets.json", OWNERS, NATS_USERS)
        if admin_url := self.inherited.get(_ADMIN_URL, ""):
            self.say(f"Using the PostgreSQL of {_ADMIN_URL}")
        else:
            admin_url = self._start_postgres(kept)
        environments = Environments(self.inherited, self._ports, kept, admin_url, self.state / "spool")

        # PostgreSQL comes up meanwhile.
        # Hardly anything of it is garbage: looking for some took a fifth of the time.
        gc.disable()
        self.parts.load()
        gc.collect()
        gc.freeze()
        gc.enable()
        self.say("Code imported")

        self._start_nats(kept)
        for engine, its in self._engines:
            if engine.process:
                its.wait_ready(engine.process)
            self.say(f"{_TITLES[engine.name]} ready on {ports.HOST}:{self._ports[engine.name]}")
        self._prepare(environments)
        for owner in OWNERS:
            for role in _ROLES:
                self._begin_child(f"{owner}-{role}", partial(self.parts.run, owner, role), environments.service(owner))
        if self.parts.staff is not None:
            self._begin_child("staff", self.parts.staff, environments.staff())
        self._note()
        self._wait_ready()
        also = ", and the staff app" if self.parts.staff is not None else ""
        self.say(f"{len(self._children)} processes ready: api and worker of {', '.join(OWNERS)}{also}")
        if loader := self.inherited.get(_DEMO_LOADER):
            self.say("Loading the demo")

            def load() -> None:
                demo_loader(loader)(self._gateway, self.say)

            self._see_out("demo", self._fork("demo", load, environments.ours(), log=False))

    def _start_postgres(self, kept: secrets.Secrets) -> str:
        """Starts our own PostgreSQL, made first if need be; its administrator's address."""
        home, log = find_home(self.state), self._logs / "postgres.log"
        cluster = Cluster(
            home,
            self._ports["postgres"],
            kept.postgres_admin,
            identity=kept.cluster,
            log=log,
            durable=self.durable,
        )
        if aside := cluster.put_aside_foreign():
            self.say(f"Found the data of an earlier checkout at this path; they are kept in {aside}")
        if not cluster.made:
            self.say("Making a PostgreSQL cluster")
            cluster.make()
        self._begin_engine("postgres", cluster)
        return cluster.admin_url

    def _start_nats(self, kept: secrets.Secrets) -> None:
        # Its administrator is for people at the command line and for tests: no process of ours is it.
        accounts = [*self.parts.accounts(), {"user": ADMIN}]
        server = NatsServer(
            self.state / "nats",
            self._ports["nats"],
            self._ports["nats-monitor"],
            accounts,
            kept.nats,
            log=self._logs / "nats.log",
            durable=self.durable,
        )
        self._begin_engine("nats", server)

    def _begin_engine(self, name: str, engine: Engine) -> None:
        kept = Kept(name, engine.start, log=engine.log)
        kept.begin()
        self._engines.append((kept, engine))

    def _begin_child(self, name: str, body: Callable[[], None], environment: Mapping[str, str]) -> None:
        start = partial(self._fork, name, body, environment)
        child = Kept(name, start, log=self._logs / f"{name}.log")
        self._children.append(child)
        child.begin()

    def _prepare(self, environments: Environments) -> None:
        """Roles, databases, migrations, streams: each in a fork, since libpq and NATS need sockets and
        loops.
        """
        passwords = {name: environments.secrets.postgres[name] for name in (*OWNERS, *VAULTS)}

        def make_databases() -> None:
            try:
                databases.prepare(environments.admin_url, passwords, own_server=self._is_ours("postgres"))
            except EngineFailed as error:
                sys.exit(str(error))

        self._finish({"databases": self._fork("databases", make_databases, environments.ours())})
        jobs = {}
        for owner in OWNERS:
            name, migrate = f"{owner}-migrate", partial(self.parts.run, owner, "migrate")
            jobs[name] = self._fork(name, migrate, environments.service(owner))
        jobs["topology"] = self._fork("topology", self.parts.declare, environments.topology())
        self._finish(jobs)
        self.say("Databases migrated, streams declared")

    def _fork(self, name: str, body: Callable[[], None], environment: Mapping[str, str], *, log: bool = True) -> Forked:
        path = self._logs / f"{name}.log" if log else None
        return fork(name, body, environment=environment, log=path, close=self._descriptors)

    def _finish(self, jobs: Mapping[str, Forked]) -> None:
        """Waits for jobs that must all succeed before the start can go on."""
        self._jobs = list(jobs.values())
        limit = time.monotonic() + _JOB_SECONDS
        for name, job in jobs.items():
            log = self._logs / f"{name}.log"
            try:
                code = job.wait(max(0.1, limit - time.monotonic()))
            except subprocess.TimeoutExpired:
                raise EngineFailed(f"{name} did not end within {_JOB_SECONDS:.0f} s; see {log}") from None
            if code:
                raise EngineFailed(f"{name} failed: {last_words(log)} (see {log})")

    def _see_out(self, name: str, job: Forked) -> None:
        """Waits for a job however long it takes (it says how far it is); whatever runs is looked after meanwhile."""
        self._jobs = [job]
        while (code := job.poll()) is None:
            self._look_after()
        if code:
            raise EngineFailed(f"{name} failed: the lines above say where")

    def _wait_ready(self) -> None:
        waiting = {child.name: child for child in self._children}
        limit = time.monotonic() + _READY_SECONDS
        while waiting:
            for name, child in list(waiting.items()):
                # An api's port has its service's name.
                if is_ready(self._ports[name.removesuffix("-api")]):
                    del waiting[name]
                elif news := child.look(held=False):
                    if child.failures >= _STARTS_BEFORE_GIVING_UP:
                        raise EngineFailed(f"{name} keeps ending: {last_words(child.log)} (see {child.log})")
                    self.say(news)
            if time.monotonic() > limit:
                late = ", ".join(waiting)
                raise EngineFailed(f"not ready after {_READY_SECONDS:.0f} s: {late}; see {self._logs}")
            time.sleep(0.05)

    # While it runs.

    def _keep(self) -> None:
        while True:
            self._look_after()

    def _look_after(self) -> None:
        news = [kept.look(held=status.held(self.state, kept.name)) for kept in self._all()]
        for line in filter(None, news):
            self.say(line)
        if any(news):
            self._note()
        # Woken by a signal, a child's end among them; else once a second.
        if select.select([self._wake_read], [], [], 1.0)[0]:
            os.read(self._wake_read, 512)

    def _all(self) -> list[Kept]:
        return [*(kept for kept, _ in self._engines), *self._children]

    def _note(self) -> None:
        pids = {kept.name: kept.process.pid for kept in self._all() if kept.process}
        status.write(self.state, self._gateway, self._ready, pids)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def asked(number: int, frame: FrameType | None) -> None:
            raise Stopping

        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, asked)
        try:
            yield
        finally:
            signal.set_wakeup_fd(-1)

    # The end.

    def _stop(self) -> None:
        """Services first, with time to finish what they are doing; then NATS; PostgreSQL last."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for job in self._jobs:
            # A migration is one transaction, and the demo's loader goes on where it stood.
            stop(job, [(signal.SIGTERM, 5)])
        running = {child.name: child.process for child in self._children if child.process}
        for process in running.values():
            process.send_signal(signal.SIGTERM)
        limit = time.monotonic() + _GRACE_SECONDS
        for name, process in running.items():
            try:
                process.wait(max(0.0, limit - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"{name} did not stop within {_GRACE_SECONDS:.0f} s and is killed")
                process.send_signal(signal.SIGKILL)
                process.wait(5)
        for kept, engine in reversed(self._engines):
            if kept.process:
                engine.stop(kept.process)
        status.write(self.state, self._gateway, ready=False, processes={})
        self.say("Everything has stopped; the data stay for the next start")


def main(arguments: list[str], parts: Parts | None = None) -> int:
    """The command line; the exit code is 2 when nothing was started, 1 when a start failed, else 0."""
    parser = argparse.ArgumentParser("python -m kit.run.supervisor", description="The platform, here.")
    parser.add_argument("--state", type=Path, default=ROOT / ".state", help="folder for data, logs, secrets")
    parser.add_argument("--fleeting", action="store_true", help="faster; data may die with the machine (tests)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--status", action="store_true", help="say what runs")
    what.add_argument("--stop", action="store_true", help="stop what runs")
    what.add_argument("--reset", action="store_true", help="remove data, logs and secrets")
    chosen = parser.parse_args(arguments)
    state: Path = chosen.state.absolute()
    if chosen.status:
        return _tell_status(state)
    if chosen.stop:
        print("Stopped" if state.exists() and status.stop(state) else "Nothing runs from this checkout")
        return 0
    if chosen.reset:
        return _reset(state)
    return Supervisor(state, os.environ, parts or platform_parts(), durable=not chosen.fleeting).run()


def _tell_status(state: Path) -> int:
    if not state.exists() or not status.is_running(state):
        print("Nothing runs from this checkout")
        return 0
    seen = status.read(state)
    stage = "Running" if seen.get("ready") else "Starting"
    print(f"{stage}: {seen.get('gateway')}, supervisor process {seen.get('supervisor')}")
    for name, entry in seen.get("processes", {}).items():
        print(f"  {name:<16} process {entry['pid']}")
    return 0


def _reset(state: Path) -> int:
    if state.exists() and status.is_running(state):
        print("It is running: stop it first")
        return 2
    remove_home(state)
    print("Data, logs and secrets are gone")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
