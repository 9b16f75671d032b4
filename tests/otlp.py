"""A receiver of traces as OpenTelemetry's collectors are: OTLP over HTTP, in this process."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

WAIT_SECONDS = 60


class Received(NamedTuple):
    """A span as it came; ids in hex."""

    service: str
    name: str
    trace: str
    span: str
    parent: str
    attributes: Mapping[str, str]
    begins: int
    ends: int


class OtlpReceiver:
    """Keeps every span that it is sent; used as a context manager."""

    def __init__(self) -> None:
        self.spans: list[Received] = []
        self.bytes = b""
        kept = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                kept._keep(body)
                answer = ExportTraceServiceResponse().SerializeToString()
                self.send_response(200)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def environment(self) -> dict[str, str]:
        """The standard variables by which a process sends here, without waiting long."""
        return {
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.address,
            "OTEL_BSP_SCHEDULE_DELAY": "200",
        }

    def of_trace(self, trace: str) -> list[Received]:
        return sorted((one for one in self.spans if one.trace == trace), key=lambda one: one.begins)

    def wait_for(self, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while not done():
            assert time.monotonic() < deadline, [one[:3] for one in self.spans]
            time.sleep(0.05)

    def _keep(self, body: bytes) -> None:
        self.bytes += body
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            about = {one.key: one.value.string_value for one in resource.resource.attributes}
            for scope in resource.scope_spans:
                for one in scope.spans:
                    said = {a.key: a.value.string_value for a in one.attributes}
                    self.spans.append(
                        Received(
                            service=about["service.name"],
                            name=one.name,
                            trace=one.trace_id.hex(),
                            span=one.span_id.hex(),
                            parent=one.parent_span_id.hex(),
                            attributes=said,
                            begins=one.start_time_unix_nano,
                            ends=one.end_time_unix_nano,
                        )
                    )
