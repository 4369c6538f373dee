"""One pure-ASGI middleware: the request's id, its span, its time. No framework work on the hot path."""

import time
from typing import Any

from opentelemetry import propagate, trace
from opentelemetry.trace import SpanKind, StatusCode
from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.ids import new_id

REQUESTS = Histogram(
    "newstart_http_request_seconds",
    "Time to answer, by route template (never by address: addresses hold ids)",
    ["service", "method", "route", "status"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5),
)
_tracer = trace.get_tracer("newstart.web")


class ContextMiddleware:
    """Gives each request an id, opens its span under the caller's, and times it."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        carrier: dict[str, str] = {}
        request_id = ""
        for name, value in scope["headers"]:
            if name == b"traceparent":
                carrier["traceparent"] = value.decode("latin-1")
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

        with _tracer.start_as_current_span(
            scope["method"],
            context=propagate.extract(carrier),
            kind=SpanKind.SERVER,
            # An exception's text may quote a row.
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                await self.app(scope, receive, watch)
            finally:
                route = _template(scope)
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


def _template(scope: Scope) -> str:
    route: Any = scope.get("route")
    return str(getattr(route, "path", "unmatched"))
