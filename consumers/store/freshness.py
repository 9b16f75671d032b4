"""How fresh each source is: when it was heard, how far it is complete, how much came of it."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from consumers.store.reading import Reading
from journey.duties import all_duties
from journey.moments import day_of
from journey.shelf import Authority
from journey.sources import Source
from journey.volumes import NOBODY, Day, Volumes

PERIODS = (1, 7, 28)
"""Days, the last known one included, over which volumes are shown."""

_UNCONFIRMED = """
SELECT w.source, count(*) FROM alerts,
  LATERAL jsonb_array_elements_text(body::jsonb->'waiting_for') AS w (source)
WHERE la = %(la)s AND status = 'OPEN' GROUP BY w.source
"""


class Fresh(msgspec.Struct, frozen=True, kw_only=True):
    """One source as it stands; moments in ms since 1970 UTC.

    source: ``organisation/system``. agency, mode: empty while it has not joined.
    heard: when its last record came, None where none could be taken.
    complete_to: until when nothing of it can be missing, None while it has not joined.
    silent_from: when it will have been, or was, silent for longer than it declared.
    is_silent: whether that is told as an alert now. open_batches: lists that are being sent.
    unreadable: by list, rows of its last delivery that were refused before they were sent.
    held_back: by list, why its last delivery took nothing back.
    volumes: what came in the last 1, 7 and 28 days, in that order. came, refused: of all time.
    reasons: refused records by reason. duties: how many ask for what it sends.
    unconfirmed: open alerts that were told without its word.
    """

    source: str
    agency: str
    mode: str
    heard: int | None
    complete_to: int | None
    silent_from: int | None
    is_silent: bool
    open_batches: int
    unreadable: dict[str, int]
    held_back: dict[str, str]
    volumes: tuple[Day, ...]
    came: int
    refused: int
    reasons: dict[str, int]
    duties: int
    unconfirmed: int


class Freshness(msgspec.Struct, frozen=True, kw_only=True):
    """Every source of an authority, as of the last known moment (ms since 1970 UTC).

    unclaimed: records that were refused and could be held to no source.
    """

    kappa: int
    sources: tuple[Fresh, ...]
    unclaimed: Volumes


def freshness(store: Reading) -> Freshness:
    """Return how every source of the authority stands, in order of its id."""
    known = store.known()
    authority = known.authority
    unconfirmed = {source: count for source, count in store.rows(_UNCONFIRMED)}
    names = sorted({*authority.sources, *authority.volumes} - {NOBODY})
    return Freshness(
        kappa=known.kappa,
        sources=tuple(
            _fresh(name, authority, known.kappa, unconfirmed.get(name, 0)) for name in names
        ),
        unclaimed=authority.volumes.get(NOBODY, Volumes()),
    )


def _fresh(name: str, authority: Authority, kappa: int, unconfirmed: int) -> Fresh:
    source = authority.sources.get(name)
    joined = source if source is not None and source.mode else None
    volumes = authority.volumes.get(name, Volumes())
    return Fresh(
        source=name,
        agency=source.agency if source else "",
        mode=source.mode if source else "",
        heard=source.heard if source else None,
        complete_to=joined.complete_at(kappa) if joined else None,
        silent_from=joined.silent_at if joined else None,
        is_silent=name in authority.silences,
        open_batches=len(source.batches) if source else 0,
        unreadable=source.unreadable if source else {},
        held_back=source.held_back if source else {},
        volumes=tuple(volumes.since(_first(day_of(kappa), days)) for days in PERIODS),
        came=volumes.came,
        refused=volumes.refused,
        reasons=volumes.reasons,
        duties=_duties_asking(joined) if joined else 0,
        unconfirmed=unconfirmed,
    )


def _first(today: date, days: int) -> str:
    return (today - timedelta(days=days - 1)).isoformat()


def _duties_asking(source: Source) -> int:
    asking = (duty for duty in all_duties().values() if duty.satisfied_by & source.event_types)
    return sum(1 for _ in asking)
