"""The one job that declares streams and durables on the bus, before any worker starts."""

import asyncio
import sys

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from kit.events.bus import Bus
from kit.events.handlers import KINDS, handled
from kit.events.topology import Durable, declare, durables
from kit.store.migrate import OWNERS, service_named


class TopologySettings(BaseSettings):
    """The topology user's own address; no database is needed."""

    model_config = SettingsConfigDict(env_prefix="NEWSTART_", extra="ignore", hide_input_in_errors=True)

    nats_url: SecretStr
    nats_replicas: int = 1


def wanted() -> list[Durable]:
    """The durables that the services' handlers need."""
    found = []
    for name in OWNERS:
        handlers = service_named(name).handlers
        found += durables(name, {kind: handled(handlers, kind) for kind in KINDS})
    return found


async def apply(nats_url: str, replicas: int) -> None:
    """Declare everything; raises TimeoutError when the bus does not answer within 15 seconds."""
    # Imports every service, which takes seconds of a slow machine's; the bus is not to be blamed for them.
    durables_ = wanted()
    async with asyncio.timeout(15):
        bus = await Bus.connect(nats_url, "topology")
        try:
            await declare(bus, durables_, replicas=replicas)
        finally:
            await bus.close()


def run() -> None:
    """From the environment."""
    settings = TopologySettings()
    try:
        asyncio.run(apply(settings.nats_url.get_secret_value(), settings.nats_replicas))
    except TimeoutError:
        sys.exit(
            "The bus did not answer within 15 seconds: is NATS running, and is the topology user's password right?"
        )
