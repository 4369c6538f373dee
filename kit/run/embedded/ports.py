"""Which port each process of an embedded run listens on, and saying plainly what is in the way."""

import fcntl
import os
import random
import socket
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from errno import EACCES, EADDRINUSE
from functools import cache

import psutil

from kit.contracts.event_type import OWNERS, SERVICES

HOST = "127.0.0.1"

# Below the range from which Linux takes the ports of outgoing connections.
_FREE_RANGE = range(10_000, 30_000)


@dataclass(frozen=True, slots=True)
class Port:
    """One port of the run: who listens there, on which number unless `variable` says otherwise."""

    name: str
    number: int

    @property
    def variable(self) -> str:
        """The environment variable that changes it."""
        return f"NEWSTART_{self.name.upper().replace('-', '_')}_PORT"


DEFAULTS = (
    Port("staff", 8000),
    Port("gateway", 8080),
    *(Port(name, 8101 + offset) for offset, name in enumerate(SERVICES)),
    *(Port(f"{name}-worker", 8111 + offset) for offset, name in enumerate(OWNERS)),
    Port("postgres", 5499),
    Port("nats", 4299),
    Port("nats-monitor", 4298),
)


class PortsRefused(Exception):
    """The run cannot have these ports; each line says which one, why, and what changes it."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


def choose(environment: Mapping[str, str]) -> dict[str, int]:
    """The number of every port by name. Raises PortsRefused for what is no port or is given twice."""
    chosen: dict[str, int] = {}
    lines = []
    for port in DEFAULTS:
        text = environment.get(port.variable, "").strip()
        if text and not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 65535):
            lines.append(f"{port.variable}={text} is not a port: it takes a number from 1 to 65535")
            continue
        number = int(text) if text else port.number
        other = next((name for name, taken in chosen.items() if taken == number), None)
        if other is not None:
            lines.append(f"port {number} is given to both {other} and {port.name}: change it with {port.variable}")
        chosen[port.name] = number
    if lines:
        raise PortsRefused(lines)
    return chosen


def check(ports: Mapping[str, int]) -> None:
    """Raises PortsRefused unless every port can be listened on now."""
    lines = []
    for port in DEFAULTS:
        if port.name not in ports:
            continue
        number = ports[port.name]
        error = _obstacle(number)
        if error == EADDRINUSE:
            lines.append(
                f"port {number} ({port.name}) is in use{_by_whom(number)}: "
                f"end that, or set {port.variable} to a free port"
            )
        elif error == EACCES:
            lines.append(f"port {number} ({port.name}) is not for this user: set {port.variable} to one above 1023")
        elif error:
            lines.append(f"port {number} ({port.name}) cannot be opened (error {error}): set {port.variable}")
    if lines:
        raise PortsRefused(lines)


def free(count: int) -> list[int]:
    """That many different ports on which nothing listens now: for tests and for runs beside each other.

    Who asks here gets none of them, in whatever process, before this one has ended: often minutes pass between the
    choice and the first to listen.
    """
    found: list[int] = []
    for number in random.sample(_FREE_RANGE, len(_FREE_RANGE)):
        if _claimed(number) and _obstacle(number) == 0:
            found.append(number)
            if len(found) == count:
                return found
    raise PortsRefused([f"{count} free ports were wanted and only {len(found)} are left"])


_mine: set[int] = set()


@cache
def _claims() -> int:
    """One file for all: its byte N is locked by the process that has port N."""
    place = f"{tempfile.gettempdir()}/newstart-ports-{os.getuid()}"
    return os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _claimed(number: int) -> bool:
    if number in _mine:
        return False
    try:
        fcntl.lockf(_claims(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
    except OSError:
        return False
    _mine.add(number)
    return True


def _obstacle(number: int) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the servers do it: ports that merely wait out old connections are free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, number))
            probe.listen(1)
        except OSError as error:
            return error.errno or -1
    return 0


def _by_whom(number: int) -> str:
    """` by NAME (process N)` where the system lets us see it."""
    try:
        for connection in psutil.net_connections(kind="tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == number and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    except (psutil.Error, OSError):
        pass
    return ""
