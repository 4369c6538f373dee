"""`python deploy/health.py`: whether the process of this container lives. The image's health command.

An api answers on NEWSTART_PORT, a worker on NEWSTART_METRICS_PORT; one of them has to. Standard library only, and
nothing of ours: it runs every ten seconds. Exit code 0 alive, 1 not.
"""

import http.client
import os
import sys
from collections.abc import Mapping

_SECONDS = 2.0
_PORTS = {"NEWSTART_PORT": "8000", "NEWSTART_METRICS_PORT": "9000"}


def alive(environment: Mapping[str, str]) -> bool:
    """Whether one of the two ports answers `/livez` with 200."""
    return any(_answers(int(environment.get(name) or usual)) for name, usual in _PORTS.items())


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS / len(_PORTS))
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if alive(os.environ) else 1)
