"""Tests speak to this machine only: anything else would make them depend on the world, or harm it."""

import ipaddress
import socket
import sys
from typing import Any

_LOCAL_NAMES = frozenset({"", "localhost", "localhost.localdomain", socket.gethostname()})


class OutsideNetwork(AssertionError):
    """A test tried to reach another machine."""


def keep_local() -> None:
    """From now on until the end of this process. (An audit hook also sees what asyncio and http clients do.)"""
    sys.addaudithook(_watch)


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        opened, address = arguments
        if opened.family in (socket.AF_INET, socket.AF_INET6) and not _is_local(address[0]):
            raise OutsideNetwork(f"a test may not connect to {address[0]}")
    elif event == "socket.getaddrinfo":
        host = arguments[0]
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not _is_local(name):
            raise OutsideNetwork(f"a test may not look up {name}")


def _is_local(host: str) -> bool:
    if host in _LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
