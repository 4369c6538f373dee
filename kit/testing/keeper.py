"""Keeps one PostgreSQL for a run of tests: `python -m kit.testing.keeper FOLDER`, started by the first to need it.

Every test process holds a shared lock on FOLDER/users from before this one starts until it ends, however it ends.
We wait for that lock alone: the last one out turns the light off, and a killed test run leaves nothing behind.
"""

import fcntl
import json
import secrets
import sys
from pathlib import Path

from kit.run.embedded.homes import find_home, remove_home
from kit.run.embedded.ports import free
from kit.run.embedded.postgres import Cluster

FACTS, USERS, STATE = "cluster.json", "users", "state"


def main(folder: Path) -> None:
    """Starts the server, says in FOLDER/cluster.json how to reach it, and stops it when nobody is left."""
    users = (folder / USERS).open()
    state = folder / STATE
    state.mkdir(mode=0o711)
    password, log = secrets.token_urlsafe(16), folder / "postgres.log"
    cluster = Cluster(find_home(state), free(1)[0], password, identity="tests", log=log, durable=False)
    cluster.make()
    server = cluster.start()
    try:
        cluster.wait_ready(server)
        fresh = folder / f"{FACTS}.new"
        fresh.write_text(json.dumps({"admin_url": cluster.admin_url, "server": server.pid}))
        fresh.replace(folder / FACTS)
        fcntl.flock(users, fcntl.LOCK_EX)
        # Held until we end, so that nobody new finds the old address or a folder half removed.
        (folder / FACTS).unlink()
    finally:
        cluster.stop(server)
        remove_home(state)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
