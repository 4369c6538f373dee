"""Streams, durable consumers and rights on the bus, declared here alone and applied by one job.

Everything follows from the catalogue: who owns a stream, who may read which types, and so who may speak where.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StoreCompression,
    StreamConfig,
)
from nats.js.errors import NotFoundError

from kit.contracts.catalogue import CATALOGUE, OWNERS, VAULT, consumed_by, stream_of, streams
from kit.events.bus import Bus, inbox_prefix
from kit.events.handlers import KINDS, Kind

_DAY = 86_400
_STREAM_AGE_SECONDS = 90 * _DAY
_VAULT_AGE_SECONDS = 3 * _DAY
_DUPLICATE_WINDOW_SECONDS = 20 * 60
_ACK_WAIT_SECONDS = 30
_MAX_ACK_PENDING = 2048
WATCHES_THE_BUS = "gateway"
"""Asks from one place how far behind each consumer is: asking costs the server."""


@dataclass(frozen=True, slots=True)
class Durable:
    """One durable pull consumer: whose, of which kind, on which stream, hearing which subjects."""

    stream: str
    service: str
    kind: Kind
    subjects: tuple[str, ...]

    @property
    def name(self) -> str:
        return durable_name(self.service, self.kind)


def durable_name(service: str, kind: Kind) -> str:
    """The durable's name, the same on every stream."""
    return f"{service}-{kind}"


def durables(service: str, types: Mapping[Kind, Iterable[str]]) -> list[Durable]:
    """The durables that a service's handlers need."""
    found = []
    for kind in KINDS:
        by_stream: dict[str, set[str]] = {}
        for name in types[kind]:
            declared = CATALOGUE[name]
            by_stream.setdefault(declared.stream, set()).add(declared.nats_subject)
        found += [
            Durable(stream, service, kind, tuple(sorted(subjects))) for stream, subjects in sorted(by_stream.items())
        ]
    return found


async def declare(bus: Bus, wanted: Iterable[Durable], *, replicas: int = 1) -> None:
    """Make the streams and durables what they should be; changes nothing that already is."""
    context = bus.client.jetstream(timeout=10)
    for stream in streams():
        await _stream(context, stream.name, list(stream.subjects), replicas)
    for durable in wanted:
        await context.add_consumer(durable.stream, _consumer(durable, replicas))


async def _stream(context: JetStreamContext, name: str, subjects: list[str], replicas: int) -> None:
    config = StreamConfig(
        name=name,
        subjects=subjects,
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        compression=StoreCompression.S2,
        discard=DiscardPolicy.OLD,
        max_age=_VAULT_AGE_SECONDS if name == VAULT else _STREAM_AGE_SECONDS,
        duplicate_window=_DUPLICATE_WINDOW_SECONDS,
        num_replicas=replicas,
        # Erasure by sequence must stay possible.
        deny_delete=False,
        allow_direct=False,
    )
    try:
        await context.update_stream(config)
    except NotFoundError:
        await context.add_stream(config)


def _consumer(durable: Durable, replicas: int) -> ConsumerConfig:
    return ConsumerConfig(
        name=durable.name,
        durable_name=durable.name,
        filter_subjects=list(durable.subjects),
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=_ACK_WAIT_SECONDS,
        # No limit and no backoff: the inbox decides what is a dead letter, and delays by its own word.
        max_deliver=-1,
        max_ack_pending=_MAX_ACK_PENDING,
        num_replicas=replicas,
    )


def nats_accounts() -> list[dict[str, Any]]:
    """One user per service, with what it may publish and hear; `topology` alone may create."""
    return [_user(service) for service in OWNERS] + [_topology_user()]


def _user(service: str) -> dict[str, Any]:
    publish = [f"newstart.{service}.>", f"newstart.vault.*.{service}", "$JS.API.INFO"]
    read_streams = {declared.stream for declared in consumed_by(service, planned=True)}
    for stream in sorted(read_streams):
        for kind in KINDS:
            name = durable_name(service, kind)
            publish += [f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{name}", f"$JS.ACK.{stream}.{name}.>"]
    if service == WATCHES_THE_BUS:
        # Names and counts of consumers, never what a stream holds.
        publish += [f"$JS.API.CONSUMER.LIST.{stream.name}" for stream in streams()]
    return {
        "user": service,
        "permissions": {
            "publish": {"allow": publish},
            "subscribe": {"allow": [f"{inbox_prefix(service)}.>"]},
        },
    }


def _topology_user() -> dict[str, Any]:
    streams_ = [stream_of(service) for service in OWNERS] + [VAULT]
    return {
        "user": "topology",
        "permissions": {
            "publish": {
                "allow": [
                    "$JS.API.INFO",
                    *(f"$JS.API.STREAM.*.{stream}" for stream in streams_),
                    "$JS.API.CONSUMER.>",
                ]
            },
            "subscribe": {"allow": [f"{inbox_prefix('topology')}.>"]},
        },
    }
