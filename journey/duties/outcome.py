"""How a case came to be no longer owed: what met it, what ended it, whichever came first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from journey.duties.duty import Met
from journey.duties.episodes import Dated, Episode, by_day


def met(fact: Dated, *others: Dated) -> Met:
    """Return that these facts together met a case, on the day of the last of them."""
    facts = (fact, *others)
    return Met(on=max(f.day for f in facts), by=tuple(f.event.event_id for f in facts))


def met_by_first(facts: Iterable[Dated], since: date | None = None) -> Met | None:
    """Return that the first of these facts, by day and not before `since`, met a case."""
    usable = [fact for fact in facts if since is None or fact.day >= since]
    return met(min(usable, key=by_day)) if usable else None


def ended(on: date, by: tuple[str, ...] = ()) -> Met:
    """Return that a duty ceased to apply on a day."""
    return Met(on=on, by=by, ended=True)


def ended_with(episode: Episode) -> Met | None:
    """Return that a duty ceased with the episode it was about; None while that lasts."""
    return None if episode.end is None else ended(episode.end, episode.ended_by)


def earliest(*outcomes: Met | None) -> Met | None:
    """Return the outcome that came first; of equals the first given."""
    first: Met | None = None
    for outcome in outcomes:
        if outcome is not None and (first is None or outcome.on < first.on):
            first = outcome
    return first


def number(parameters: Mapping[str, int | str], name: str) -> int:
    """Return a parameter that is a number."""
    return int(parameters[name])
