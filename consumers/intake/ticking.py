"""When ticks are written: by our clock when live, at each midnight when simulated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from consumers.decode import LONDON


class Pace(Protocol):
    """Says which ticks belong between the records of a round."""

    def before(self, floor: int | None, kappa: int) -> Sequence[int]:
        """Return the moments (ms) to tick before a record whose known time is ``kappa``.

        floor: the earliest known time that may still be written; None before the first record.
        """

    def after(self, kappa: int, tick: int, asked: int | None) -> int | None:
        """Return the moment (ms) of the tick that ends a round, or None when none may stand.

        kappa, tick: known time of the last record and moment of the last tick.
        asked: the moment before the round's ends were asked for; None while clocks disagree.
        """


class LivePace:
    """Ticks stand at the end of rounds only."""

    def before(self, floor: int | None, kappa: int) -> Sequence[int]:
        """Return no moment."""
        return ()

    def after(self, kappa: int, tick: int, asked: int | None) -> int | None:
        """Return the moment asked, unless the log is written beyond it already."""
        return asked if asked is not None and asked > tick and asked >= kappa else None


class MidnightPace:
    """A tick at each midnight (Europe/London) between the first record and the last."""

    def __init__(self) -> None:
        """Remember no midnight yet."""
        self._next = (1, 0)  # an empty span: nothing was asked yet

    def before(self, floor: int | None, kappa: int) -> Sequence[int]:
        """Return the midnights from ``floor`` to just before ``kappa``."""
        midnights: list[int] = []
        while floor is not None and (midnight := self._midnight_from(floor)) < kappa:
            midnights.append(midnight)
            floor = midnight + 1
        return midnights

    def after(self, kappa: int, tick: int, asked: int | None) -> int | None:
        """Return the known time of the last record, unless there is none or it is ticked."""
        return kappa if kappa > max(tick, 0) else None

    def _midnight_from(self, moment: int) -> int:
        """Return the first midnight at or after the moment (ms)."""
        asked, midnight = self._next
        if not asked <= moment <= midnight:
            midnight = midnight_from(moment)
            self._next = (moment, midnight)
        return midnight


def midnight_from(moment: int) -> int:
    """Return the first midnight (Europe/London) at or after the moment, both ms since 1970 UTC."""
    day = datetime.fromtimestamp(moment / 1000, UTC).astimezone(LONDON).date()
    while (found := _midnight(day)) < moment:
        day += timedelta(days=1)
    return found


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), LONDON).timestamp() * 1000)
