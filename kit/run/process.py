"""One process of the platform: a service's api or worker, or its migrations."""

import asyncio
import gc
import importlib
import os
import signal
import sys
from types import FrameType
from typing import Any, Literal

import uvicorn
import uvloop

from kit.run import telemetry
from kit.run.worker import build_worker
from kit.settings import BadSettings, Settings, StaffSettings, kind_for, load
from kit.store import migrate
from kit.web.app import build_app

Role = Literal["api", "worker", "migrate"]
ROLES: tuple[Role, ...] = ("api", "worker", "migrate")
STAFF = "staff"
_YOUNG = 20_000
"""So many new objects are some ten requests' own."""


def run(name: str, role: Role) -> None:
    """Run until told to stop. Settings come from the environment; all that is wrong with them is said at once."""
    try:
        settings = load(kind_for(name))
    except BadSettings as error:
        sys.exit(str(error))
    # Until all is made (`settled`): a fifth of a start was looking for garbage that is not there.
    gc.disable()
    telemetry.set_up(name, role, settings.version)
    if role == "migrate":
        migrate.upgrade_all(name, settings)
    elif role == "worker":
        uvloop.run(_work(name, settings))
    else:
        _serve(name, settings)


def run_staff() -> None:
    """The staff app until told to stop: pages alone, with neither database nor bus."""
    try:
        settings = load(StaffSettings)
    except BadSettings as error:
        sys.exit(str(error))
    telemetry.set_up(STAFF, "api", settings.version)
    _listen(importlib.import_module(f"{STAFF}.app").api(settings), settings)


def settled() -> None:
    """What is made by now stays for as long as the process: no search for garbage goes through it again.

    An application is some hundred thousand objects; going through them took a quarter of a busy process's time, and
    each whole search a tenth of a second of somebody's answer.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 20)
    gc.enable()


def _serve(name: str, settings: Settings) -> None:
    module = importlib.import_module(f"{migrate.package_of(name)}.app")
    _listen(module.api(settings) if hasattr(module, "api") else build_app(module.SERVICE, settings), settings)


def _listen(app: Any, settings: Settings | StaffSettings) -> None:
    settled()
    _Server(
        uvicorn.Config(
            app,
            settings.host,
            settings.port,
            loop="uvloop",
            http="httptools",
            access_log=False,
            server_header=False,
            forwarded_allow_ips=_trusted_proxies(),
            log_level="warning",
            timeout_graceful_shutdown=int(settings.drain_seconds),
        )
    ).run()


def _trusted_proxies() -> str:
    """Whose X-Forwarded-For is believed: nobody's unless the installation names its proxy.

    uvicorn's own default believes whoever comes from this machine; then every caller there is whoever it likes to be.
    """
    return os.environ.get("FORWARDED_ALLOW_IPS", "")


class _Server(uvicorn.Server):
    """A server that tells its application of the signal to stop: it waits for every answer under way, and an answer
    that never ends of itself (`gateway.live`) must be told to.
    """

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        stopping = getattr(self.config.app, "stopping", None)
        if stopping is not None:
            stopping()
        super().handle_exit(sig, frame)


async def _work(name: str, settings: Settings) -> None:
    worker = build_worker(migrate.service_named(name), settings)
    settled()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stop.set)
    await worker.run()
