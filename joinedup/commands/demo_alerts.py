"""The alerts topic as somebody follows it who watches the demo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

from kafka import KafkaConsumer, TopicPartition

from journey.silence import SOURCE_SILENT
from producers.simulate import LA
from schemas.codec import Codec
from schemas.registry import Registry
from schemas.topics import TopicSet
from stack.kafka import options_of

LONDON = ZoneInfo("Europe/London")
Alert = Mapping[str, Any]
"""One transition as it stands on the alerts topic."""

_COLOURS = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}
_WORDS = {
    "MET_IN_TIME": "met in time",
    "MET_LATE": "met late",
    "MET_IN_TIME_REPORTED_LATE": "met in time, reported late",
    "ENDED": "no longer owed",
}
_TOLD = {
    "DUE_SOON": "due soon",
    "OPENED": "raised",
    "CONFIRMED": "confirmed",
    "AMENDED": "amended",
    "ESCALATED": "escalated",
    "RESOLVED": "resolved",
    "WITHDRAWN": "withdrawn",
    "REOPENED": "raised again",
    "REASSIGNED": "now of another child key",
    "RETURNED": "told again",
    "UNSEEN": "unseen",
    "UNASSIGNED": "unassigned",
}


class AlertsFollower:
    """Reads the transitions of the invented authority, each once, in their order."""

    def __init__(self, topics: TopicSet, environment: Mapping[str, str]) -> None:
        """Take the topic set and the reader's environment."""
        self._registry = Registry(environment["JOINEDUP_REGISTRY_URL"])
        self._codec = Codec(self._registry)
        self._consumer = KafkaConsumer(**connection(environment))
        self._consumer.assign([TopicPartition(topics.alerts, topics.partition_of(LA))])
        self._consumer.seek_to_beginning()

    def __enter__(self) -> Self:
        """Return the follower."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self._consumer.close()
        self._registry.close()

    def new(self, seconds: float) -> Iterator[Alert]:
        """Yield what arrives within this time; what is there already comes at once."""
        for records in self._consumer.poll(timeout_ms=round(seconds * 1000)).values():
            for record in records:
                yield self._codec.decode(record.value).record

    def rest(self) -> Iterator[Alert]:
        """Yield all up to the present end of the topic."""
        (partition,) = self._consumer.assignment()
        end = self._consumer.end_offsets([partition])[partition]
        while self._consumer.position(partition) < end:
            yield from self.new(seconds=0.5)


def connection(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments of a Kafka consumer in this environment, with no group."""
    return {
        **options_of(environment),
        "isolation_level": "read_committed",
        "enable_auto_commit": False,
    }


def line_of(alert: Alert) -> str:
    """Return one line in rich markup: day, what was told, severity, duty, child, particulars."""
    day = alert["as_of"].astimezone(LONDON).date()
    colour = "green" if alert["status"] == "RESOLVED" else _COLOURS[alert["severity"]]
    if alert["status"] == "WITHDRAWN":
        colour = "dim"
    told = _TOLD[alert["kind"]]
    child = "source" if _is_of_source(alert) else alert["child"][:8]
    return (
        f"{day}  [{colour}]{told:<12} {alert['severity']:<8} {alert['duty']:<31}[/]"
        f" {child:<8}  {'; '.join(_particulars(alert))}"
    )


def _is_of_source(alert: Alert) -> bool:
    return str(alert["duty"]) == SOURCE_SILENT.id


def _particulars(alert: Alert) -> Iterator[str]:
    if _is_of_source(alert):
        heard = alert["status"] == "RESOLVED"
        yield f"{alert['child']} is {'heard again' if heard else 'silent'}"
        return
    if alert["kind"] == "RESOLVED":
        yield _WORDS[alert["outcome"]]
    elif alert["detail"]:
        yield alert["detail"]
    if alert["status"] in ("DUE_SOON", "OPEN"):
        yield f"due {alert['due']}"
    if alert["unconfirmed"]:
        yield f"unconfirmed, waits for {', '.join(alert['waiting_for'])}"
    if alert["unreadable"]:
        yield "a record that could not be read may be it"
    if alert["identity_in_review"]:
        yield "identity in review"
