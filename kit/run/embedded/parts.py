"""What the supervisor runs: the platform's own code, behind a few callables that a test can stand in for."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from kit.contracts.event_type import OWNERS

Role = Literal["api", "worker", "migrate"]
Say = Callable[[str], None]
DemoLoader = Callable[[str, Say], None]


@dataclass(frozen=True, slots=True)
class Parts:
    """`load` imports all code before the first fork; those named after `accounts` run in forks."""

    load: Callable[[], None]
    accounts: Callable[[], Sequence[Mapping[str, Any]]]
    declare: Callable[[], None]
    run: Callable[[str, Role], None]
    staff: Callable[[], None] | None = None
    """The staff app; left out where only services are wanted."""


def demo_loader(where: str) -> DemoLoader:
    """The function that NEWSTART_DEMO_LOADER names as `module:function`; called as f(gateway_url, say)."""
    module, _, function = where.partition(":")
    loader: DemoLoader = getattr(importlib.import_module(module), function)
    return loader


def platform_parts() -> Parts:
    """The platform itself. Imports stay inside, so that a port in use is told at once."""

    def load() -> None:
        # The whole stack of apis and workers; uvicorn would import its protocol in every child.
        from sqlalchemy.orm import configure_mappers
        from uvicorn.protocols.http import httptools_impl  # noqa: F401 - see above

        from kit.run import process, topology_job  # noqa: F401 - see above
        from kit.store.migrate import service_named

        for name in OWNERS:
            service_named(name)
        importlib.import_module("staff.app")
        # Else every child would do it for itself: 5 MB in each.
        configure_mappers()

    def accounts() -> Sequence[Mapping[str, Any]]:
        from kit.events.topology import nats_accounts

        return nats_accounts()

    def declare() -> None:
        from kit.run import topology_job

        topology_job.run()

    def run(name: str, role: Role) -> None:
        from kit.run import process

        process.run(name, role)

    def staff() -> None:
        from kit.run import process

        process.run_staff()

    return Parts(load, accounts, declare, run, staff)
