"""An OpenTelemetry collector in small: takes OTLP over HTTP on a loopback port and keeps every span."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True, slots=True)
class Got:
    """One span as it came."""

    process: str
    name: str
    trace: str
    span: str
    parent: str
    links: tuple[str, ...]


class Collector:
    """What came so far; `raw` is every byte of it, for looking whether somebody's data is in it."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self._spans: list[Got] = []
        self._lock = threading.Lock()
        self.address = ""

    def take(self, body: bytes) -> None:
        told = ExportTraceServiceRequest.FromString(body)
        with self._lock:
            self.raw.append(body)
            for resource in told.resource_spans:
                named = {each.key: each.value.string_value for each in resource.resource.attributes}
                for scope in resource.scope_spans:
                    self._spans += [
                        Got(
                            named["service.name"], each.name, each.trace_id.hex(), each.span_id.hex(),
                            each.parent_span_id.hex(), tuple(link.trace_id.hex() for link in each.links),
                        )
                        for each in scope.spans
                    ]  # fmt: skip

    def of(self, trace: str) -> list[Got]:
        """The spans of one trace."""
        with self._lock:
            return [each for each in self._spans if each.trace == trace]


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector that listens meanwhile."""
    collector = Collector()

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            collector.take(gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body)
            self.send_response(200)
            self.send_header("content-type", "application/x-protobuf")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    collector.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
