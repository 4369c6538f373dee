"""A NATS server for one test process, with the very rights the platform gives its services."""

import secrets
import shutil
import signal
import tempfile
from pathlib import Path

from kit.events.topology import nats_accounts
from kit.run.embedded.environments import ADMIN, NATS_USERS
from kit.run.embedded.nats import NatsServer
from kit.run.embedded.ports import free
from kit.run.embedded.processes import Running


class BusServer:
    """One server; `fresh` gives every test one without streams. Stop, stall and start it at will."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="newstart-nats-"))
        port, monitor = free(2)
        passwords = {user: secrets.token_urlsafe(8) for user in NATS_USERS}
        accounts = [*nats_accounts(), {"user": ADMIN}]
        log = self._folder / "nats.log"
        self._server = NatsServer(self._folder / "nats", port, monitor, accounts, passwords, log=log, durable=False)
        self._process: Running | None = None

    @property
    def port(self) -> int:
        """For a fault proxy to stand in front of."""
        return self._server.port

    def url(self, user: str) -> str:
        """The address for a service, `topology` or `admin`; what NEWSTART_NATS_URL would hold."""
        return self._server.address(user)

    def fresh(self) -> None:
        """Starts again with nothing in it (well under 100 ms)."""
        self.stop()
        shutil.rmtree(self._folder / "nats", ignore_errors=True)
        self.start()

    def start(self) -> None:
        """Starts it with what it held when it ended."""
        self._process = self._server.start()
        self._server.wait_ready(self._process)

    def stop(self) -> None:
        """Ends it in order."""
        if self._process:
            # A stalled process hears nothing.
            self._process.send_signal(signal.SIGCONT)
            self._server.stop(self._process)
            self._process = None

    def kill(self) -> None:
        """Ends it as a power cut would."""
        self.signal(signal.SIGKILL)
        if self._process:
            self._process.wait(10)
            self._process = None

    def signal(self, number: signal.Signals) -> None:
        """SIGSTOP stalls it, SIGCONT lets it go on."""
        if self._process:
            self._process.send_signal(number)

    def close(self) -> None:
        """Ends it and removes what it stored."""
        self.stop()
        shutil.rmtree(self._folder)
