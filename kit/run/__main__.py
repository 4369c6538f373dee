"""`python -m kit.run <service> api|worker|migrate`, `python -m kit.run staff api`, or `python -m kit.run topology`."""

import sys

from kit.run import process, topology_job
from kit.store.migrate import OWNERS


def main(arguments: list[str]) -> None:
    if arguments == ["topology"]:
        topology_job.run()
        return
    if arguments == [process.STAFF, "api"]:
        process.run_staff()
        return
    if len(arguments) == 2 and arguments[0] in OWNERS:
        for role in process.ROLES:
            if role == arguments[1]:
                process.run(arguments[0], role)
                return
    sys.exit(f"{__doc__}\nServices: {', '.join(OWNERS)}")


if __name__ == "__main__":
    main(sys.argv[1:])
