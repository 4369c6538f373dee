"""The bus's peers: FastStream with a transaction for each message, and JetStream with nothing around it."""

import asyncio
import os
import time
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import nats
import psycopg
import uvloop
from faststream import AckPolicy, FastStream
from faststream.nats import JStream, NatsBroker, PullSub
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import AckPolicy as JetStreamAck
from nats.js.api import ConsumerConfig, StorageType, StoreCompression, StreamConfig
from pydantic import BaseModel
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from benchmarks.ground import Failed, Ground, apart
from benchmarks.small_service import EFFECTS, FORMED, member_ids, state
from kit import clock
from kit.contracts.casefile.people import HouseholdState
from kit.contracts.envelope import envelope_json
from kit.ids import new_id

_STREAM, _SUBJECT, _DURABLE = "BENCH", "bench.household.formed", "peer"
_WAVE = 1000
_BATCH = 256
_PATIENCE_SECONDS = 120.0
_CONSUMER = "peer"


@dataclass(frozen=True, slots=True)
class JetStream:
    """Messages a second; `slower` is what a pipeline of the two could reach at most."""

    publish: float
    take: float

    @property
    def slower(self) -> float:
        return min(self.publish, self.take)


async def jetstream(bus_url: str, messages: int) -> JetStream:
    """Publish without waiting for each, a wave at a time; then pull in batches and acknowledge each."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        client, context = await _stream(bus_url)
        bodies = _envelopes(messages)
        began = time.perf_counter()
        for start in range(0, messages, _WAVE):
            wave = [
                await context.publish_async(_SUBJECT, body, headers={"Nats-Msg-Id": str(uuid4())})
                for body in bodies[start : start + _WAVE]
            ]
            await asyncio.gather(*wave)
        published = time.perf_counter() - began
        pull = await context.pull_subscribe_bind(_DURABLE, _STREAM)
        began, left = time.perf_counter(), messages
        while left > 0:
            for message in await pull.fetch(min(_BATCH, left), timeout=5):
                await message.ack()
                left -= 1
        await client.flush()
        taken = time.perf_counter() - began
        await pull.unsubscribe()
        await client.close()
    return JetStream(messages / published, messages / taken)


def faststream(ground: Ground, bus_url: str, messages: int) -> float:
    """Messages a second from the stream to committed effects, one transaction each, by FastStream's own loop."""
    apart("fill-stream", lambda: uvloop.run(_fill(bus_url, messages)))
    environment = {
        **os.environ,
        "NEWSTART_DATABASE_URL": ground.database("grants"),
        "NEWSTART_NATS_URL": bus_url,
    }
    with ground.running("faststream", lambda: uvloop.run(_faststream()), environment):
        return apart("count-peer", lambda: _counted(ground.dsn("grants"), messages))


async def _stream(bus_url: str) -> tuple[Client, JetStreamContext]:
    """An empty stream with one durable, made as the topology makes ours."""
    client = await nats.connect(bus_url, connect_timeout=5)
    context = client.jetstream(timeout=20)
    if any(each.config.name == _STREAM for each in await context.streams_info()):
        await context.delete_stream(_STREAM)
    await context.add_stream(
        StreamConfig(
            name=_STREAM,
            subjects=["bench.>"],
            storage=StorageType.FILE,
            compression=StoreCompression.S2,
            duplicate_window=20 * 60,
        )
    )
    await context.add_consumer(
        _STREAM,
        ConsumerConfig(
            name=_DURABLE,
            durable_name=_DURABLE,
            ack_policy=JetStreamAck.EXPLICIT,
            ack_wait=30,
            max_ack_pending=2048,
        ),
    )
    return client, context


async def _fill(bus_url: str, messages: int) -> None:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        client, context = await _stream(bus_url)
        bodies = _envelopes(messages)
        for start in range(0, messages, _WAVE):
            await asyncio.gather(
                *[await context.publish_async(_SUBJECT, body) for body in bodies[start : start + _WAVE]]
            )
        await client.close()


class Envelope(BaseModel):
    """What the peer reads of an event."""

    id: UUID
    subject: UUID
    data: HouseholdState


async def _faststream() -> None:
    engine = create_async_engine(os.environ["NEWSTART_DATABASE_URL"], pool_size=10, max_overflow=0)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    broker = NatsBroker(os.environ["NEWSTART_NATS_URL"], logger=None)
    claim = text(
        "insert into inbox (consumer, event_id) values (:consumer, :id) on conflict do nothing returning event_id"
    )

    @broker.subscriber(
        _SUBJECT,
        stream=JStream(_STREAM, declare=False),
        durable=_DURABLE,
        pull_sub=PullSub(batch_size=_BATCH, timeout=1.0),
        ack_policy=AckPolicy.NACK_ON_ERROR,
    )
    async def take(event: Envelope) -> None:
        async with sessions.begin() as session:
            if (await session.execute(claim, {"consumer": _CONSUMER, "id": event.id})).first() is not None:
                # In a table of the consumer's own kind; the effects of ours are counted apart.
                await session.execute(insert(EFFECTS), [{"event_id": event.id, "members": len(event.data.members)}])

    await FastStream(broker, logger=None).run()


def _counted(dsn: str, messages: int) -> float:
    """Events a second between the first effect and the last, so that starting up does not count."""
    with psycopg.connect(dsn, autocommit=True) as outside:

        def done() -> int:
            row = outside.execute("select count(*) from inbox where consumer = %s", [_CONSUMER]).fetchone()
            assert row is not None, "an aggregate has a row"
            return int(row[0])

        limit = time.perf_counter() + _PATIENCE_SECONDS
        while not (first := done()):
            _not_past(limit)
            time.sleep(0.005)
        began = time.perf_counter()
        while (last := done()) < messages:
            _not_past(limit)
            time.sleep(0.01)
        took = time.perf_counter() - began
        outside.execute(
            "delete from bench_effect where event_id in (select event_id from inbox where consumer = 'peer')"
        )
        outside.execute("delete from inbox where consumer = %s", [_CONSUMER])
    return (last - first) / took


def _not_past(limit: float) -> None:
    if time.perf_counter() > limit:
        raise Failed("the peer did not finish")


def _envelopes(count: int) -> list[bytes]:
    """Events as ours are on the bus."""
    made: list[bytes] = []
    people = member_ids(3)
    for _ in range(count):
        household = new_id()
        fields: dict[str, Any] = {"actor": "worker-1", "purpose": "front_door", "sequence": 1}
        data = state(household, people, date(2026, 4, 1)).model_dump_json()
        made.append(
            envelope_json(
                id=new_id(),
                type=FORMED,
                subject=household,
                time=clock.now(),
                correlationid=new_id(),
                data_json=data,
                **fields,
            )
        )
    return made
