"""One span for each request that passes, written by hand: automatic instrumentation costs six times as much."""

import re
import secrets

from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, StatusCode, TraceFlags

from gateway.routes.line import Route

_tracer = trace.get_tracer("newstart.gateway")
_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})\Z")


def begin(route: Route, incoming: bytes | None, request_id: str) -> tuple[Span, str]:
    """A span under the caller's (W3C trace context), and the `traceparent` for the service."""
    parent = _parent(incoming)
    span = _tracer.start_span(
        route.name,
        trace.set_span_in_context(NonRecordingSpan(parent)) if parent else None,
        SpanKind.SERVER,
        {"http.request.method": route.method, "http.route": route.path, "newstart.request_id": request_id},
    )
    context = span.get_span_context()
    if not context.is_valid:
        # No telemetry in this process: the trace still has a name, so that events can be told together.
        return span, f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"
    return span, f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def end(span: Span, status: int) -> None:
    """Close the span of a request that was answered with `status` (0: not at all)."""
    if span.is_recording():
        span.set_attribute("http.response.status_code", status)
        if status >= 500:
            span.set_status(StatusCode.ERROR)
    span.end()


def _parent(incoming: bytes | None) -> SpanContext | None:
    found = _TRACEPARENT.match(incoming.decode("latin-1")) if incoming else None
    if found is None:
        return None
    context = SpanContext(int(found[1], 16), int(found[2], 16), True, TraceFlags(int(found[3], 16)))
    return context if context.is_valid else None
