"""The port by which the dashboard records what people do: first on the topic, then in the store."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import date
from typing import Protocol

import msgspec

from journey.standing import Act


class ToRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What a person did about an alert, to be recorded.

    anchor: of the alert, or source where it is about one. number: of the last transition seen.
    note: returns what was written, sealed for the action of this event id; None: nothing was.
    """

    la: str
    by: str
    act: Act
    alert_id: str
    number: int
    anchor: str = ""
    source: str = ""
    recipient: str = ""
    until: date | None = None
    reason: str = ""
    outcome: str = ""
    note: Callable[[str], bytes] | None = None
    note_leaf: str = ""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What a person decided about records, to be recorded as an event of this type.

    record_id: names the decision; a later one by the same name replaces it. by: who decided.
    said: the event's other fields, which hold no name of a child.
    """

    la: str
    by: str
    type: str
    record_id: str
    said: Mapping[str, str]


class NotRecorded(Exception):
    """It was not recorded, and nothing happened; the text says why and what to do."""


class Recorder(Protocol):
    """Records what people do; what comes of it is for the platform to say."""

    def why_not(self, la: str) -> str:
        """Return why nothing can be recorded for this authority; empty where it can."""

    def record(self, said: ToRecord) -> str:
        """Return the id of the event once the broker has it; raises NotRecorded where not."""

    def decide(self, decided: Decision) -> str:
        """Return the id of the event once the broker has it; raises NotRecorded where not."""

    def close(self) -> None:
        """Let go of what it holds."""


class RecordsNothing:
    """Where nothing can be recorded, for a reason that the pages show."""

    def __init__(self, why: str) -> None:
        """Take the reason, a sentence."""
        self._why = why

    def why_not(self, la: str) -> str:
        """Return why."""
        return self._why

    def record(self, said: ToRecord) -> str:
        """Raise NotRecorded."""
        raise NotRecorded(self._why)

    def decide(self, decided: Decision) -> str:
        """Raise NotRecorded."""
        raise NotRecorded(self._why)

    def close(self) -> None:
        """There is nothing to let go of."""


class Noticed:
    """Who was noticed to see what lately, so that one page shown twice is one action."""

    def __init__(self, most: int = 10_000) -> None:
        """Remember at most so many."""
        self._most = most
        self._lately: OrderedDict[tuple[str, str, str, int], None] = OrderedDict()

    def is_new(self, la: str, name: str, alert_id: str, number: int) -> bool:
        """Return whether this is the first time that this is asked of the same."""
        key = (la, name, alert_id, number)
        if key in self._lately:
            return False
        self._lately[key] = None
        while len(self._lately) > self._most:
            self._lately.popitem(last=False)
        return True
