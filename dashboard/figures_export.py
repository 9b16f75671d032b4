"""Figures as CSV for who is not signed in here: small numbers are left out, all others rounded."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from io import StringIO

import msgspec

from consumers.store.figures import Load
from dashboard.measures import Figures, Measure, Took

ROUNDED_TO = 5
"""Counts are rounded to the nearest such number, so that no difference of two gives a small one.
Our own default, as published statistics of children do."""
FEWEST_TIMED = 10
"""Of fewer alerts no time leaves: a time of few is the time of one."""
FEW = f"fewer than {ROUNDED_TO}"
TOO_FEW = "too few"
_TIMES = ("acknowledged", "ended")
_COLUMNS = (
    "alerts_told",
    "still_open",
    "ended",
    *(
        f"{what}_{share}_{unit}"
        for what in _TIMES
        for share in ("half", "nine_in_ten")
        for unit in ("hours", "working_days")
    ),
)


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of a group by the names of the CSV's columns, as they may leave."""

    name: str
    figures: Mapping[str, str]


def load_of(one: Load, ages: Iterable[str]) -> Group:
    """Return who has how many open alerts as it may leave; ages: in words, of ``by_age``."""
    columns = ("open", "critical_or_high", *(age.replace(" ", "_") for age in ages))
    counts = (one.open, one.severe, *one.by_age)
    figures = {name: count_text(count) for name, count in zip(columns, counts, strict=True)}
    return Group(name=one.assignee, figures=figures)


def table_of(by: str, rows: Iterable[Figures], every: Figures) -> str:
    """Return the figures as CSV (RFC 4180), a row for each group and one for all of them."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([by.lower().replace(" ", "_"), *_COLUMNS])
    for one in (*rows, every):
        writer.writerow([harmless(one.name), *cells_of(one).values()])
    return out.getvalue()


def cells_of(one: Figures) -> dict[str, str]:
    """Return the counts and times of a group as they may leave, by column."""
    counts = [count_text(count) for count in (one.told, one.open, one.ended)]
    times = [*_times(one.acknowledged), *_times(one.closing)]
    return dict(zip(_COLUMNS, [*counts, *times], strict=True))


def count_text(count: int) -> str:
    """Return a count as it may leave: rounded, or that it is small."""
    if 0 < count < ROUNDED_TO:
        return FEW
    return str(ROUNDED_TO * ((count + ROUNDED_TO // 2) // ROUNDED_TO))


def harmless(name: str) -> str:
    """Return a name that no spreadsheet takes for a formula."""
    return f"'{name}" if name[:1] in ("=", "+", "-", "@", "\t", "\r") else name


def _times(measure: Measure) -> list[str]:
    if measure.of < FEWEST_TIMED or measure.done < ROUNDED_TO:
        return [TOO_FEW] * 4
    return [*_cells(measure.half), *_cells(measure.most)]


def _cells(took: Took | None) -> list[str]:
    return [str(took.hours), str(took.working_days)] if took else ["not yet"] * 2
