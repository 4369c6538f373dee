"""One trace from the request through the outbox and the bus to the effect elsewhere; and nobody's data in it."""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from gateway.app import own_app
from gateway.pages import open_pages
from kit.contracts.envelope import Event
from kit.events import inbox as inbox_module
from kit.events.bus import Bus
from kit.events.handlers import Handlers, handled
from kit.events.inbox import Consumer, Inbox
from kit.store.db import Database
from kit.store.unit import UnitOfWork
from kit.testing.bus import BusServer
from kit.testing.databases import ServiceDatabase
from kit.web import context
from tests.kit import ground
from tests.kit.ground import COUNTER, FORMED, MAKER, signed, until
from tests.kit.test_inbox import formed, inbox, paper, take
from tests.kit.test_relay import relaying
from tests.service_doors import app_of


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """What the kit's tracers recorded."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    for module in (context, inbox_module):
        monkeypatch.setattr(module, "_tracer", provider.get_tracer("test"))
    yield exporter
    provider.shutdown()


def ids(span: ReadableSpan) -> tuple[int, int]:
    found = span.get_span_context()
    assert found is not None
    return found.trace_id, found.span_id


async def test_one_trace_from_the_request_to_the_effect(
    spans: InMemorySpanExporter,
    client: httpx.AsyncClient,
    store: Database,
    counted: Database,
    counter: ServiceDatabase,
    bus: BusServer,
) -> None:
    seen: list[trace.SpanContext] = []
    group = Handlers()

    @group.reaction(FORMED)
    async def look(unit: UnitOfWork, event: Event[Any]) -> None:
        seen.append(trace.get_current_span().get_span_context())
        await ground.count_effect(unit, event)

    service = ground.counter(group)
    await ground.lay_out(bus.url("topology"), service)
    out, into = await Bus.connect(bus.url(MAKER), MAKER), await Bus.connect(bus.url(COUNTER), COUNTER)
    stop = asyncio.Event()
    pull = await into.pull("CASEFILE", "housing-reactions")
    consumer = Consumer(pull, Inbox(counted, COUNTER, "reactions", handled(service.handlers, "reactions")), stop)
    consuming = asyncio.create_task(consumer.run())
    caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    async with relaying(store, out):
        headers = signed("casefile.thing.make") | {"Idempotency-Key": "k", "traceparent": caller}
        answer = await client.post("/v1/casefile/things", json={"name": "one"}, headers=headers)
        assert answer.status_code == 201
        await until(lambda: len(counter.rows("select * from effect")) == 1, "the effect")
    stop.set()
    await consuming
    await out.close()
    await into.close()

    server, worker = spans.get_finished_spans()
    assert (server.kind, worker.kind) == (SpanKind.SERVER, SpanKind.CONSUMER)
    assert {ids(span)[0] for span in (server, worker)} == {int("0af7651916cd43dd8448eb211c80319c", 16)}
    assert server.parent is not None
    assert server.parent.span_id == int("b7ad6b7169203331", 16)
    assert worker.parent is not None
    assert worker.parent.span_id == ids(server)[1]
    assert [context.trace_id for context in seen] == [ids(server)[0]]
    assert server.attributes is not None
    assert server.attributes["http.route"] == "/v1/casefile/things"
    assert server.attributes["newstart.request_id"] == answer.headers["X-Request-Id"]


async def test_an_effect_that_causes_an_event_hands_the_trace_on(
    spans: InMemorySpanExporter, store: Database, maker: ServiceDatabase
) -> None:
    group = Handlers()

    @group.reaction(FORMED)
    async def answer(unit: UnitOfWork, event: Event[Any]) -> None:
        ground.announce(unit, uuid4())

    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    event = formed(traceparent=parent)
    made = Inbox(store, MAKER, "reactions", handled([group], "reactions"))
    await take(made, [paper(event)])
    (row,) = maker.rows("select envelope from outbox")
    said = Event[Any].model_validate_json(row["envelope"])
    (span,) = spans.get_finished_spans()
    assert said.traceparent == f"00-0af7651916cd43dd8448eb211c80319c-{ids(span)[1]:016x}-01"
    assert str(said.correlationid) == event["correlationid"]
    assert str(said.causationid) == event["id"]
    assert said.actor == event["actor"]


async def test_a_batch_is_linked_to_each_of_its_causes(spans: InMemorySpanExporter, counted: Database) -> None:
    parents = [f"00-{number:032x}-{number:016x}-01" for number in (1, 2, 3)]
    await take(inbox(counted), [paper(formed(traceparent=parent)) for parent in parents] + [paper(formed())])
    (span,) = spans.get_finished_spans()
    assert span.parent is None
    assert [link.context.trace_id for link in span.links] == [1, 2, 3]


async def test_what_one_act_told_twice_over_stays_in_its_trace(spans: InMemorySpanExporter, counted: Database) -> None:
    parents = [f"00-{7:032x}-{number:016x}-01" for number in (1, 2)]
    await take(inbox(counted), [paper(formed(traceparent=parent)) for parent in parents])
    (span,) = spans.get_finished_spans()
    assert (span.parent and span.parent.span_id, ids(span)[0]) == (1, 7)
    assert [link.context.span_id for link in span.links] == [2]


async def test_a_fault_in_a_span_tells_nobodys_data(
    spans: InMemorySpanExporter, client: httpx.AsyncClient, counted: Database
) -> None:
    await client.get("/v1/casefile/things/break/fault", headers=signed("casefile.thing.read"))
    group = Handlers()

    @group.reaction(FORMED)
    async def fail(unit: UnitOfWork, event: Event[Any]) -> None:
        raise KeyError("Ada Lovelace, 12 December 1815")

    await take(inbox(counted, group), [paper(formed())])
    finished = spans.get_finished_spans()
    assert len(finished) == 3
    for span in finished:
        assert "Ada" not in span.to_json()
    assert finished[0].status.status_code is StatusCode.ERROR


@pytest.mark.full
async def test_a_span_goes_by_the_route_and_never_by_the_address(
    spans: InMemorySpanExporter, client: httpx.AsyncClient
) -> None:
    await client.get(f"/v1/casefile/jobs/{uuid4()}", headers=signed("casefile.job.read"))
    await client.get("/v1/casefile/Ada-Lovelace")
    assert [span.name for span in spans.get_finished_spans()] == ["GET /v1/casefile/jobs/{job_id}", "GET unmatched"]
    figures = (await client.get("/metrics")).text
    assert "Lovelace" not in figures
    assert 'route="/v1/casefile/jobs/{job_id}"' in figures


async def test_a_nonsense_parent_begins_a_trace_of_its_own(
    spans: InMemorySpanExporter, client: httpx.AsyncClient
) -> None:
    for parent in ("nonsense", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "é"):
        headers = [("traceparent", parent.encode("latin-1"))]
        assert (await client.get("/livez", headers=headers)).status_code == 200  # type: ignore[arg-type]
    assert all(span.parent is None for span in spans.get_finished_spans())


def test_the_framework_makes_no_spans_beside_ours() -> None:
    """FastAPI's own hold the address as it came: an id, or what somebody typed into it."""
    for app in (app_of("casefile"), own_app(), open_pages(None)):
        assert not any(app._telemetry[each] for each in ("tracing", "metrics", "logs", "operation_spans"))
