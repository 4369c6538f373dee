"""The outermost layer: the request's id, its span, and how long the page took, by its template and never by address."""

import time
from typing import Final

from opentelemetry import trace
from opentelemetry.context import attach, detach
from opentelemetry.trace import SpanKind
from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.ids import new_id

PAGES: Final = Histogram(
    "newstart_page_seconds",
    "Time to make a page, by route template",
    ["method", "route", "status"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.15, 0.3, 0.5, 1, 5),
)
_tracer = trace.get_tracer("newstart.staff")


class Watch:
    """Gives each request an id, which the gateway and every service behind it know it by."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = str(new_id())
        scope.setdefault("state", {})["request_id"] = request_id
        started, status, answered = time.perf_counter(), 500, False

        async def watch(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status, answered = message["status"], True
                taken = (time.perf_counter() - started) * 1000
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", request_id.encode()),
                    (b"server-timing", f"page;dur={taken:.1f}".encode()),
                ]
            await send(message)

        span = _tracer.start_span(f"{scope['method']} page", kind=SpanKind.SERVER)
        token = attach(trace.set_span_in_context(span))
        try:
            await self._app(scope, receive, watch)
        except Exception:
            # Told already, with a page; the server would say it again, message and all.
            if not answered:
                raise
        finally:
            route = getattr(scope.get("route"), "path", "none")
            span.update_name(f"{scope['method']} {route}")
            span.end()
            detach(token)
            PAGES.labels(scope["method"], route, str(status)).observe(time.perf_counter() - started)
