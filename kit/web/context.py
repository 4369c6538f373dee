"""One pure-ASGI middleware: the request's id, its span, its time. No framework work on the hot path."""

import time
from typing import Any, Final

from fastapi.telemetry import TelemetryConfig
from opentelemetry import trace
from opentelemetry.context import attach, detach
from opentelemetry.trace import NonRecordingSpan, SpanKind, StatusCode
from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.ids import new_id
from kit.store.unit import span_of

REQUESTS = Histogram(
    "newstart_http_request_seconds",
    "Time to answer, by route template (never by address: addresses hold ids)",
    ["service", "method", "route", "status"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5),
)
_tracer = trace.get_tracer("newstart.web")

NO_SPANS_OF_ITS_OWN: Final[TelemetryConfig] = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
}
"""For every application of ours: FastAPI's own spans hold addresses as they came, and so ids and whatever is typed."""


class ContextMiddleware:
    """Gives each request an id, opens its span under the caller's, and times it."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        parent = None
        request_id = ""
        for name, value in scope["headers"]:
            if name == b"traceparent":
                parent = span_of(value.decode("latin-1"))
            elif name == b"x-request-id":
                request_id = value.decode("latin-1")[:64]
        request_id = request_id or str(new_id())
        scope.setdefault("state", {})["request_id"] = request_id
        status = 500
        started = time.perf_counter()

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-request-id", request_id.encode("latin-1")),
                ]
            await send(message)

        span = _tracer.start_span(
            scope["method"],
            trace.set_span_in_context(NonRecordingSpan(parent)) if parent else None,
            SpanKind.SERVER,
        )
        # By hand: the ready-made context manager would also put an exception's text on record, which may quote a row.
        token = attach(trace.set_span_in_context(span))
        try:
            await self.app(scope, receive, watch)
        finally:
            route = template(scope)
            REQUESTS.labels(self.service, scope["method"], route, status).observe(time.perf_counter() - started)
            if span.is_recording():
                span.update_name(f"{scope['method']} {route}")
                span.set_attributes(
                    {
                        "http.request.method": scope["method"],
                        "http.route": route,
                        "http.response.status_code": status,
                        "newstart.request_id": request_id,
                    }
                )
                if status >= 500:
                    span.set_status(StatusCode.ERROR)
            detach(token)
            span.end()


def template(scope: Scope) -> str:
    """The whole address of the route without any id, e.g. `/v1/casefile/people/{person_id}`."""
    # A router's route knows only its own part; with what it is included under it stands in FastAPI's own corner.
    route: Any = scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")
    return str(getattr(route, "path", "unmatched"))
