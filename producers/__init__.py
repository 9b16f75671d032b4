"""The source systems speak: events published to the agencies' topics, one by one or as files."""

from producers.control import Batch, complete_batch, heartbeat, join_source, open_batch
from producers.event import Event, Identifier, Source, new_event
from producers.publisher import Publisher
from producers.results import Accepted, Rejected, Result, Undelivered
from producers.settings import PublisherSettings, read_settings

__all__ = [
    "Accepted",
    "Batch",
    "Event",
    "Identifier",
    "Publisher",
    "PublisherSettings",
    "Rejected",
    "Result",
    "Source",
    "Undelivered",
    "complete_batch",
    "heartbeat",
    "join_source",
    "new_event",
    "open_batch",
    "read_settings",
]
