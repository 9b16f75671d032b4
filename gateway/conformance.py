"""What a supplier's publisher has to show before it is let in, ticked off as it is seen."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from threading import Condition

from producers.event import Event
from producers.results import Accepted, Result, Undelivered
from schemas.identifiers import check

JOINS, CHILD, AGAIN, CORRECTED, RETRACTED, ALIVE = (
    *("joins", "child", "again"),
    *("corrected", "retracted", "alive"),
)
WANTED: Mapping[str, str] = {
    JOINS: "SourceJoined: it says which events it sends, and how long it may be silent",
    CHILD: "an event about a child with a verified identifier by which agencies can be joined",
    AGAIN: "what was not confirmed (over HTTP: 503) is sent again, under the same id",
    CORRECTED: "a correction: the same source_record_id with a higher revision",
    RETRACTED: "a withdrawal: the same source_record_id, a higher revision, retracted",
    ALIVE: "SourceHeartbeat or BatchCompleted: all that it knew by a moment has been sent",
}
"""What is wanted, by name, in the order in which a publisher would come to it."""
_LINKING = frozenset(("NHS", "UPN", "ULN", "LA_CHILD_ID", "SUI"))


class Checklist:
    """What a publisher has shown so far. A stand-in for the broker, which keeps no event.

    The first event about a child is not confirmed, as if the broker were away: whoever does not
    send it again would lose it.
    """

    def __init__(self, *, withholds: bool = True) -> None:
        """Begin with nothing seen.

        withholds: whether an event can be left unconfirmed; on a topic it cannot, and any event
        that comes twice is taken for one that is sent again.
        """
        self._withholds = withholds
        self._ids: set[str] = set()
        self._seen: set[str] = set()
        self._revisions: dict[str, int] = {}
        self._withheld: str | None = None
        self._results: deque[Result] = deque()
        self._refused: Counter[str] = Counter()
        self._news = Condition()

    # The outlet of a writer

    def send(self, event: Event) -> None:
        """Look at an event; the first about a child comes back undelivered."""
        with self._news:
            self._results.append(self._look(event))
            self._news.notify_all()

    def results(self) -> Iterator[Result]:
        """Yield what became of each event that was sent."""
        while self._results:
            yield self._results.popleft()

    def close(self) -> None:
        """Do nothing: there is no connection."""

    # What it saw

    @property
    def seen(self) -> frozenset[str]:
        """The names of what was shown."""
        with self._news:
            return frozenset(self._seen)

    def wait_for_more(self, than: frozenset[str], seconds: float) -> frozenset[str]:
        """Return the names of what was shown, once they are others or time is over."""
        with self._news:
            self._news.wait_for(lambda: self._seen != than, seconds)
            return frozenset(self._seen)

    @property
    def lacking(self) -> tuple[str, ...]:
        """The names of what was not shown yet, in order."""
        seen = self.seen
        return tuple(name for name in WANTED if name not in seen)

    @property
    def refused(self) -> Mapping[str, int]:
        """How many requests or messages were refused, by status or reason."""
        with self._news:
            return dict(self._refused)

    def answered(self, status: int) -> None:
        """Note how a request with events was answered."""
        if 400 <= status < 500:
            self.refuse(str(status))

    def refuse(self, reason: str) -> None:
        """Note that something was refused."""
        with self._news:
            self._refused[reason] += 1

    def _look(self, event: Event) -> Result:
        is_child = event.kind.subject == "child"
        if is_child and self._withholds and self._withheld is None:
            self._withheld = event.event_id
            return Undelivered("This one is withheld once, to see that it is sent again.")
        again = self._withheld == event.event_id if self._withholds else event.event_id in self._ids
        if is_child and again:
            self._seen.add(AGAIN)
        if not self._withholds:
            self._ids.add(event.event_id)
        self._seen |= set(self._shown(event))
        record = str(event.record["source_record_id"])
        before = self._revisions.get(record, event.record["revision"])
        self._revisions[record] = max(before, event.record["revision"])
        return Accepted("conformance", 0, len(self._revisions), event.event_id)

    def _shown(self, event: Event) -> Iterator[str]:
        record = event.record
        if event.type == "SourceJoined":
            yield JOINS
        if event.type in ("SourceHeartbeat", "BatchCompleted"):
            yield ALIVE
        if event.kind.subject != "child":
            return
        if any(_links(one) for one in record["identifiers"]):
            yield CHILD
        before = self._revisions.get(str(record["source_record_id"]))
        if before is not None and record["revision"] > before:
            yield RETRACTED if record["retracted"] else CORRECTED


def _links(identifier: Mapping[str, str]) -> bool:
    scheme, value = identifier["scheme"], identifier["value"]
    if scheme not in _LINKING or identifier["status"] != "VERIFIED":
        return False
    return check(scheme, value).usable
