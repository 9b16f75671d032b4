"""What the JSON API answers about what people and operators look at and put on record, as types."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from consumers.store.candidates import Spoken
from consumers.store.exports import Export
from consumers.store.looks import Seen
from consumers.store.parks import Waiting
from consumers.store.untouched import Reconciled
from dashboard import dead_letters, deciding, deliveries, glass, parked, untouched
from dashboard.answers import Answer
from dashboard.figures_export import Group
from dashboard.freshness import Freshness


class IdentityQueue(Answer, frozen=True, kw_only=True):
    """What a person has to look at; candidates: pairs that names, births and postcodes suggest.

    reviews: what contradicts itself, in words.
    """

    doubts: tuple[deciding.Line, ...]
    candidates: tuple[deciding.Line, ...]
    reviews: tuple[Mapping[str, str], ...]
    as_of: str


class Parked(Answer, frozen=True, kw_only=True):
    """Children whose records wait, the longest first."""

    lines: tuple[parked.Line, ...]
    as_of: str


class DeadLetters(Answer, frozen=True, kw_only=True):
    """What stands refused: by source and reason, and one by one; next: of the page after it.

    receipt: of the event that was asked about, or why there is none; null where none was.
    """

    rows: tuple[dead_letters.Row, ...]
    lines: tuple[dead_letters.Line, ...]
    receipt: tuple[dead_letters.Line, ...] | str | None
    next: str | None
    as_of: str


class Deliveries(Answer, frozen=True, kw_only=True):
    """A page of deliveries; untold: open critical alerts of which nobody was told.

    untold is empty for who may see no alert. next: the address of the page after it.
    """

    lines: tuple[deliveries.Line, ...]
    untold: tuple[str, ...]
    next: str | None


class Sources(Answer, frozen=True, kw_only=True):
    """Every source of the authority, the silent ones first."""

    sources: tuple[Freshness, ...]
    as_of: str


class Doubt(Answer, frozen=True, kw_only=True):
    """Records of children who may be one. others: each child that the first may be.

    because, weight, model: of a candidate, what speaks for one child; weight null of others.
    """

    one: deciding.Line
    others: tuple[str, ...]
    records: tuple[deciding.Record, ...]
    because: tuple[Spoken, ...]
    weight: float | None
    model: str
    as_of: str


class Records(Answer, frozen=True, kw_only=True):
    """The records that are taken as one child."""

    child: str
    withheld: str
    records: tuple[deciding.Record, ...]
    as_of: str


class Decided(Answer, frozen=True, kw_only=True):
    """By how many decisions it is on record."""

    recorded: int


class WaitingShown(Answer, frozen=True, kw_only=True):
    """The records of one child that wait; none of a shielded one."""

    line: parked.Line
    withheld: str
    waiting: tuple[Waiting, ...]
    as_of: str


class OrderedSoFar(Answer, frozen=True, kw_only=True):
    """For how many children of how many it is ordered; sent again with these, it goes on."""

    done: int
    most: int
    after: int
    reason: str


class GlassBroken(Answer, frozen=True, kw_only=True):
    """The id under which a reason is on record."""

    id: UUID


class Broken(Answer, frozen=True, kw_only=True):
    """Who looked without a known need, those first whose look nobody has reviewed."""

    broken: tuple[glass.Line, ...]


class BrokenShown(Answer, frozen=True, kw_only=True):
    """One look without a known need; words: what its reader wrote, null where it stays sealed."""

    one: glass.Line
    words: str | None


class Reviewed(Answer, frozen=True, kw_only=True):
    """What was put on record of a look, as a code."""

    verdict: str


class Found(Answer, frozen=True, kw_only=True):
    """The key of the one child that was meant."""

    child: str


class Sharing(Answer, frozen=True, kw_only=True):
    """What was taken about a child and under which agreement, and the decisions to share it."""

    child: str
    withheld: str
    taken: tuple[Mapping[str, str], ...]
    erased: int
    decisions: tuple[Mapping[str, str], ...]
    as_of: str


class Untouched(Answer, frozen=True, kw_only=True):
    """How open alerts are attended to, and those that nobody has seen or nobody has.

    attended: since when (ms since 1970 UTC) people act on alerts here; 0 where nobody ever has.
    """

    counts: Reconciled
    lines: tuple[untouched.Line, ...]
    attended: int
    as_of: str


class FiguresOf(Answer, frozen=True, kw_only=True):
    """The figures of a period, as they may leave: counts rounded, small ones and few times not.

    loads: who has how many open alerts now, and how old those are; without a name: nobody.
    """

    by: str
    first: date
    last: date
    rows: tuple[Group, ...]
    all: Group
    loads: tuple[Group, ...]
    as_of: str


class Looks(Answer, frozen=True, kw_only=True):
    """Who looked, the latest first, and the last exports; next: the address of the page after."""

    looks: tuple[Seen, ...]
    exports: tuple[Export, ...]
    next: str | None
