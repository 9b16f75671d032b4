"""AP_SAFEGUARDING_CHECK_MISSING: a provider has not confirmed its checks on staff."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import Deadline, in_words, months
from journey.duties.duty import Basis, Case, Duty, Severity
from journey.duties.episodes import PLACEMENT_FACTS, Dated, Episode, dated, placements, same
from journey.duties.outcome import earliest, ended_with, met_by_first, number
from journey.duties.shapes import Asked
from journey.duties.stops import STOP_FACTS
from journey.duties.subjects import is_unregistered


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for the start of each placement, and for each renewal."""
    asked = Asked(journey, parameters, calendars)
    among = placements(journey)
    told = dated(journey, "ProviderSafeguardingConfirmed", "") if among else []
    for one in among:
        mine = [fact for fact in told if _is_for(one, fact)]
        yield from _times(asked, one, _counted(one, mine, number(parameters, "renew_months")))


def _is_for(placement: Episode, fact: Dated) -> bool:
    named = fact.event.text("provider")
    if named:
        return same(named) == same(placement.told("provider"))
    return fact.event.text("placement") in placement.records


def _counted(placement: Episode, told: list[Dated], renew: int) -> list[Dated]:
    """Return the last confirmation that still holds at the start, and those that follow."""
    before = [d for d in told if d.day < placement.start <= months(d.day, renew).due]
    during = {d.day: d for d in reversed(told) if placement.is_open(d.day)}
    return [*before[-1:], *(during[day] for day in sorted(during))]


def _times(asked: Asked, one: Episode, told: list[Dated]) -> Iterator[Case]:
    clock, because, period = _before(one), one.because, "start"
    critical = is_unregistered(asked, one)
    for ordinal, fact in enumerate([*told, None], start=1):
        yield Case(
            anchor=one.anchor,
            period=period,
            due=clock.due,
            arithmetic=clock.arithmetic,
            because=because,
            met=earliest(None if fact is None else met_by_first([fact]), ended_with(one)),
            escalates_on=clock.due if critical else None,
            detail="the provider has not confirmed its checks on staff",
        )
        if fact is not None:
            clock = months(fact.day, asked.number("renew_months"))
            because, period = (fact.event.event_id,), str(ordinal)


def _before(one: Episode) -> Deadline:
    return Deadline(one.start - timedelta(days=1), f"before {in_words(one.start)}")


DUTY = Duty(
    id="AP_SAFEGUARDING_CHECK_MISSING",
    meaning=(
        "Before a child goes to a provider, the school has it in writing that the provider made "
        "the safeguarding checks on its staff; and again each year."
    ),
    trigger="A placement in alternative provision starts, or a confirmation is a year old.",
    satisfying="The provider confirms in writing.",
    clock=(
        "Before the placement starts; then 12 months after the last confirmation. Critical at "
        "once where the provider is not registered."
    ),
    severity=Severity.HIGH,
    basis=Basis.STATUTORY_GUIDANCE,
    source=(
        "Keeping Children Safe in Education, as quoted by Oxfordshire council [S17, secondary]"
    ),
    parameters={"renew_months": 12},
    reads=frozenset({"ProviderSafeguardingConfirmed"}) | PLACEMENT_FACTS | STOP_FACTS,
    satisfied_by=frozenset({"ProviderSafeguardingConfirmed"}),
    cases=cases,
    our_default="Asking again after 12 months is our own default.",
)
