"""What Prometheus is told of the dashboard: which kinds of page were answered, how, and how soon.

And every night, how many open alerts nobody attends to.

A kind of page is the route's own pattern, so that no child and no alert is in a label.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import product

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from consumers.coarse import up_to_five
from consumers.store.untouched import Reconciled
from dashboard.access import ROUTES

_NO_ROUTE = "none"
_ROUTES = {_NO_ROUTE, *(declared.partition(" ")[2] for declared in ROUTES)}
FAILURES = (500, 503)
_BOUNDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class DashboardMetrics:
    """The metrics of one dashboard process."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        """Register the metrics."""
        self._answers = Counter(
            "joinedup_dashboard_answers",
            "Requests answered, by kind of page and status.",
            ["route", "status"],
            registry=registry,
        )
        for route, status in product(_ROUTES, FAILURES):  # so that the first one is a rise
            self._answers.labels(route, str(status))
        self._seconds = Histogram(
            "joinedup_dashboard_answer_seconds",
            "How long it took until a request was answered, by kind of page.",
            ["route"],
            buckets=_BOUNDS,
            registry=registry,
        )

        self._unseen = Gauge(
            "joinedup_dashboard_unseen_alerts",
            "Open alerts that no named person had seen at the last nightly reconciliation, rounded"
            " up to the next five.",
            ["la"],
            registry=registry,
        )
        self._unattended = Gauge(
            "joinedup_dashboard_unattended_alerts",
            "Open alerts that had escalated by themselves at the last nightly reconciliation,"
            " rounded up to the next five.",
            ["la"],
            registry=registry,
        )
        self._reconciled = Gauge(
            "joinedup_dashboard_reconciled_seconds",
            "When the last nightly reconciliation was, in seconds since 1970 UTC.",
            ["la"],
            registry=registry,
        )

        self._known_time = Gauge(
            "joinedup_dashboard_known_time_seconds",
            "Known time up to which all partitions of the store are joined, in seconds since 1970"
            " UTC; 0 where the store did not answer.",
            registry=registry,
        )

    def known_time_is(self, seconds: Callable[[], float]) -> None:
        """Show, each time it is asked, up to when what the pages show is joined."""
        self._known_time.set_function(seconds)

    def answered(self, route: str, status: int, seconds: float) -> None:
        """Count an answer."""
        self._answers.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def reconciled(self, la: str, counts: Reconciled, at: float) -> None:
        """Show what a nightly reconciliation came to; at: seconds since 1970 UTC."""
        self._unseen.labels(la).set(up_to_five(counts.unseen))
        self._unattended.labels(la).set(up_to_five(counts.escalated))
        self._reconciled.labels(la).set(at)


class Counted:
    """Middleware that counts each answer once it began; put around all the others."""

    def __init__(self, app: ASGIApp, metrics: DashboardMetrics) -> None:
        """Take what answers, and where to count."""
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and count it."""
        began = time.monotonic()

        async def noticed(message: Message) -> None:
            if message["type"] == "http.response.start":
                taken = time.monotonic() - began
                self._metrics.answered(_route(scope), message["status"], taken)
            await send(message)

        await self._app(scope, receive, noticed)


def _route(scope: Scope) -> str:
    """Return the pattern that the address matched, without any value of it."""
    return str(getattr(scope.get("route"), "path", _NO_ROUTE))
