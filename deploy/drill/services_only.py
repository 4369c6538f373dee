"""`python -m deploy.drill.services_only --state FOLDER`: the platform without the staff app, which keeps nothing."""

import sys
from dataclasses import replace

from kit.contracts.event_type import OWNERS
from kit.run.embedded.parts import platform_parts
from kit.run.supervisor import main


def _load() -> None:
    from kit.run import process  # noqa: F401  # imported before the forks, as the whole platform does
    from kit.store.migrate import service_named

    for name in OWNERS:
        service_named(name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], replace(platform_parts(), load=_load, staff=None)))
