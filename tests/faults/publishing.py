"""An agency's publisher that may die between two steps, and goes on sending through an outage.

Run as ``python -m tests.faults.publishing year 6000 120``: so many events about so many children
of two authorities, with the records' own time. Or as ``... probes 0 100 20``: placements of today,
half of which lack a commissioner: the first one's number, how many, and how many each second.
Or as ``... posts 0 100 20``: the same over the HTTP gateway, each until it is answered 202, and
until the gateway says that each is on the timeline.
"""

from __future__ import annotations

import heapq
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

import httpx
from kafka import KafkaProducer

from producers.event import Event
from producers.publisher import Publisher
from producers.results import Accepted, Undelivered
from producers.settings import read_settings
from schemas.topics import TopicSet
from stack.kafka import options_of
from tests.integration.join.stories import (
    DAYS,
    FIRST_DAY,
    Told,
    a_record,
    identifiers,
    joinings,
    moment_of,
    stories,
)
from tests.integration.process import fail_point

LAS = ("999", "330")
WINDOW = 200
GATEWAY, CLIENT_ID, CLIENT_SECRET = "TEST_GATEWAY", "TEST_CLIENT_ID", "TEST_CLIENT_SECRET"
"""Where a system posts, and as whom."""
RETRY_SECONDS = 0.2


def year(events: int, children: int) -> Iterator[Told]:
    """Yield a year of both authorities, in the order of its moments, and a last sign of life."""
    told = [stories(la, children // len(LAS), events // len(LAS)) for la in LAS]
    yield from heapq.merge(*told, key=lambda one: one.kappa)
    end = moment_of(FIRST_DAY + timedelta(days=DAYS + 60))
    for la in LAS:
        yield from (one._replace(kappa=end) for one in joinings(la))


def probes(first: int, count: int) -> Iterator[Told]:
    """Yield placements that started yesterday: an even one names no commissioner."""
    now = datetime.now(UTC)
    day = now.date() - timedelta(days=1)
    for number in range(first, first + count):
        given = {"commissioner": "a-school"} if number % 2 else {}
        record = a_record(
            LAS[number % 4 // 2],
            "ApPlacementStarted",
            "education",
            f"probe-{number}",
            day=day,
            start_on=day,
            provider="ap-1",
            identifiers=identifiers("education", number),
            **given,
        )
        yield Told("ApPlacementStarted", record, 0)


def publish_year(events: int, children: int, first: int | None = None) -> int:
    """Publish the year, or so many first records of it; return how many were accepted."""
    fail, accepted = fail_point(), 0
    with Publisher(read_settings()) as publisher:
        for one in islice(year(events, children), first):
            fail("before-produce")
            publisher.send(Event(one.type, one.record), timestamp=_at(one.kappa))
            fail("after-produce")
            if publisher.in_flight >= WINDOW:
                accepted += _accepted(publisher)
                fail("after-acknowledgement")
        return accepted + _accepted(publisher)


def publish_probes(first: int, count: int, rate: float) -> int:
    """Publish so many probes a second, each until it is accepted; return how many were."""
    began = time.monotonic()
    with Publisher(read_settings()) as publisher:
        if first == 0:
            _insist(publisher, (one for la in LAS for one in joinings(la)))
        for number, one in enumerate(probes(first, count)):
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            _insist(publisher, [one])
    return count


def post_probes(first: int, count: int, rate: float) -> int:
    """Post so many probes a second to the gateway, each until it is taken; return how many were.

    Ask in between, and at the end of each, what became of it, until it is on the timeline.
    """
    with Publisher(read_settings()) as publisher:
        _insist(publisher, (one for la in LAS for one in joinings(la)))
    began = time.monotonic()
    with httpx.Client(base_url=os.environ[GATEWAY], timeout=30) as client:
        system = _System(client)
        posted = []
        for number, one in enumerate(probes(first, count)):
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            posted.append(system.post(_as_posted(one)))
            system.outcome(posted[number // 2])
        for event_id in posted:
            while system.outcome(event_id) != "timeline":
                time.sleep(RETRY_SECONDS)
    return count


def _as_posted(told: Told) -> dict[str, Any]:
    """Return an event as the gateway takes it; who speaks is the client."""
    given = {name: value for name, value in told.record.items() if value is not None}
    del given["source"]
    return {"type": told.type, **json.loads(json.dumps(given, default=_text))}


def _text(value: date) -> str:
    return value.isoformat()


class _System:
    """A system that speaks to the gateway, and asks again for whatever it did not answer."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._who = (os.environ[CLIENT_ID], os.environ[CLIENT_SECRET])
        self._token = ""

    def post(self, event: dict[str, Any]) -> str:
        """Post an event until it is taken; return its id."""
        said = self._answer("POST", "/events", (202,), json=event)
        return str(said.json()["events"][0]["event_id"])

    def outcome(self, event_id: str) -> str:
        """Return what became of an event; empty where nothing is known of it."""
        said = self._answer("GET", f"/events/{event_id}", (200, 404))
        return str(said.json().get("outcome", ""))

    def _answer(
        self, method: str, path: str, wanted: tuple[int, ...], **given: Any
    ) -> httpx.Response:
        while True:
            try:
                if not self._token:
                    self._enter()
                headers = {"Authorization": f"Bearer {self._token}"}
                said = self._client.request(method, path, headers=headers, **given)
            except httpx.TransportError as failure:
                print(type(failure).__name__, file=sys.stderr, flush=True)
                time.sleep(RETRY_SECONDS)
                continue
            if said.status_code in wanted:
                return said
            assert said.status_code in (401, 429, 503), said.text
            self._token = self._token if said.status_code != 401 else ""
            time.sleep(RETRY_SECONDS)

    def _enter(self) -> None:
        grant = {"grant_type": "client_credentials"}
        asked = self._client.post("/token", data=grant, auth=self._who)
        self._token = str(asked.json()["access_token"])


def send_broken(environment: dict[str, str], topics: TopicSet) -> None:
    """Send what nobody can read, as of the first day."""
    producer = KafkaProducer(**options_of(environment), acks="all")
    for la in LAS:
        for value in (b"", b"?", b"{}"):
            producer.send(
                topics.health,
                key=la.encode(),
                value=value,
                partition=topics.partition_of(la),
                timestamp_ms=moment_of(FIRST_DAY),
            )
    producer.flush()
    producer.close()


def _insist(publisher: Publisher, told: Iterable[Told]) -> None:
    for one in told:
        while not isinstance(said := publisher.publish(Event(one.type, one.record)), Accepted):
            assert isinstance(said, Undelivered), said
            print(said, file=sys.stderr, flush=True)


def _accepted(publisher: Publisher) -> int:
    results = list(publisher.results())
    assert all(isinstance(one, Accepted) for one in results), results
    return len(results)


def _at(kappa: int) -> datetime:
    return datetime.fromtimestamp(kappa / 1000, UTC)


def main() -> None:
    """Publish what the command line says."""
    kind, *numbers = sys.argv[1:]
    if kind == "year":
        print(publish_year(*map(int, numbers)))
    elif kind == "posts":
        print(post_probes(int(numbers[0]), int(numbers[1]), float(numbers[2])))
    else:
        print(publish_probes(int(numbers[0]), int(numbers[1]), float(numbers[2])))


if __name__ == "__main__":
    main()
