"""What stops every duty: the child died, moved out of the area, or came of age."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

import msgspec

from journey.child import Journey, once
from journey.clocks import birthday
from journey.duties.duty import Case, Duty, Met
from journey.duties.episodes import Dated, dated
from journey.duties.outcome import earliest, ended, met_by_first
from journey.moments import deadline

STOP_FACTS = frozenset({"ChildDied", "ChildMovedOut"})
OF_AGE = 18
ONE_DAY = timedelta(days=1)
FOREVER = sys.maxsize


class _Known(NamedTuple):
    """The cases of a duty as they were found, and as stops leave them until a moment (ms UTC).

    Then a day has come on which one of them ends that was only to end.
    """

    found: tuple[Case, ...]
    ended: tuple[Case, ...]
    until: int


_NOTHING = _Known((), (), FOREVER)


def stopped(duty: Duty, journey: Journey, cases: Iterable[Case]) -> tuple[Case, ...]:
    """Return the cases of a duty, ended where a stop came before they were met.

    What is to end a case only after it is due, on a day still to come, leaves it owed until
    then: by `ends_on`, since the core has no clock.
    """
    found = tuple(cases)
    if not found:
        return found
    kept, version = _kept(journey), (duty.id, duty.rules)
    known, latest = kept.get(version, _NOTHING), _latest(duty, journey)
    # Of some hundreds of cases few are new, and what ended the others stands as it did.
    same = in_common(known.found, found) if latest < known.until else 0
    if same == len(found) == len(known.found):
        return known.ended
    for_good = earliest(_death(journey), _of_age(duty, journey))
    moves = dated(journey, "ChildMovedOut", "moved_on")
    begun = _days(journey) if moves else {}
    until, settled = known.until if same else FOREVER, list(known.ended[:same])
    for case in found[same:]:
        now = _settled(case, _first(for_good, case, moves, begun), latest)
        if now is not case and now.ends_on is not None:
            until = min(until, deadline(now.ends_on - ONE_DAY))
        settled.append(now)
    ended_now = tuple(settled)
    kept[version] = _Known(found, ended_now, until)
    return ended_now


def in_common(before: tuple[Case, ...], now: tuple[Case, ...]) -> int:
    """Return how many cases at the beginning of both are equal."""
    least = min(len(before), len(now))
    if not least:
        return 0
    for length in (least, least - 1):  # mostly all, or all but the one that lasts
        if length and before[:length] == now[:length]:
            return length
    pairs = enumerate(zip(before, now, strict=False))
    return next((count for count, (one, other) in pairs if one != other), least)


@once(reads=STOP_FACTS)
def _kept(journey: Journey) -> dict[tuple[str, str], _Known]:
    """Return where, while the stops stand, what is known is kept by duty and version."""
    return {}


def _first(
    for_good: Met | None, case: Case, moves: list[Dated], begun: dict[str, date]
) -> Met | None:
    return earliest(for_good, _move(case, moves, begun)) if moves else for_good


def _settled(case: Case, stop: Met | None, latest: int) -> Case:
    met = case.met
    if stop is not None and (met is None or met.on > stop.on):
        met = stop
    if met is None:
        return case
    if met.on > case.due and latest < deadline(met.on - ONE_DAY):  # that day may be still to come
        return msgspec.structs.replace(case, met=None, ends_on=met.on)
    return case if met is case.met else msgspec.structs.replace(case, met=met)


def _latest(duty: Duty, journey: Journey) -> int:
    """Return by what a duty reads, and nothing else, which moment (ms UTC) has certainly come."""
    read = [journey.facts[name] for name in journey.facts.keys() & duty.reads]
    return max([facts[-1].kappa for facts in read if facts], default=0)


@once(reads=frozenset({"ChildDied"}))
def _death(journey: Journey) -> Met | None:
    died = met_by_first(dated(journey, "ChildDied", "died_on"))
    return None if died is None else ended(died.on, died.by)


def _of_age(duty: Duty, journey: Journey) -> Met | None:
    if journey.date_of_birth is None:
        return None
    return _reaching(journey.date_of_birth, int(duty.parameters.get("until_age", OF_AGE)))


@lru_cache(maxsize=16384)
def _reaching(born: date, age: int) -> Met:
    return ended(birthday(born, age))


def _move(case: Case, moves: list[Dated], begun: dict[str, date]) -> Met | None:
    """Return the first move out of the area after the case began.

    What begins after a move (the child came back) is owed anew.
    """
    since = max((begun[name] for name in case.because if name in begun), default=date.min)
    move = met_by_first(moves, since)
    return None if move is None else ended(move.on, move.by)


def _days(journey: Journey) -> dict[str, date]:
    return {e.event_id: e.occurred_on for facts in journey.facts.values() for e in facts}
