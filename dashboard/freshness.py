"""How fresh each source is: what has not been heard cannot be believed to be missing."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from dashboard.alerts import agency_text
from dashboard.times import hours_text, moment_text
from journey.sources import Source


class Freshness(msgspec.Struct, frozen=True, kw_only=True):
    """One source in words; late where nothing was heard for longer than it said it would be."""

    name: str
    agency: str
    complete_to: str
    heard: str
    rhythm: str
    is_late: bool
    is_sending: bool


def freshness_of(sources: Iterable[Source], kappa: int) -> list[Freshness]:
    """Return the sources that have joined, those that are late first, then by name.

    kappa: known time reached, ms since 1970 UTC.
    """
    joined = [_one(source, kappa) for source in sources if source.mode]
    return sorted(joined, key=lambda one: (not one.is_late, one.name))


def _one(source: Source, kappa: int) -> Freshness:
    complete = source.complete_at(kappa)
    return Freshness(
        name=source.id,
        agency=agency_text(source.agency.lower().replace("_", "-")),
        complete_to=moment_text(complete) if complete else "nothing yet",
        heard=moment_text(source.heard) if source.heard else "never",
        rhythm=hours_text(source.rhythm),
        is_late=source.silent_at <= kappa,
        is_sending=bool(source.batches),
    )
