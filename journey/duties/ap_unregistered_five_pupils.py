"""AP_UNREGISTERED_FIVE_PUPILS: five pupils full-time at a provider that is no registered school."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import in_words
from journey.duties.duty import About, Basis, Case, Duty, Met, Severity, at_most
from journey.duties.episodes import Episode, episodes, stated_day
from journey.duties.outcome import number
from journey.duties.stops import STOP_FACTS

PUPILS_COUNTED = "ProviderPupilsCounted"
"""The type by which it is told that so many children are full-time at one provider."""

SATISFIED_BY = frozenset({"ApTimetableSet", "ApPlacementEnded"})
"""What could show that there are fewer: who sends it is waited for, as with one child."""


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each time at which so many children were full-time at the provider."""
    for one in episodes(journey, PUPILS_COUNTED, "from_on"):
        most = max(int(fact.number("pupils") or 0) for fact in one.facts)
        if most >= number(parameters, "pupils"):
            yield Case(
                anchor=one.anchor,
                due=one.start,
                arithmetic=f"at once, from {in_words(one.start)}",
                because=one.because,
                met=_over(one),
                detail=f"{most} children are full-time at one provider that is no school",
            )


def _over(one: Episode) -> Met | None:
    """Return that there came to be fewer; None while any count says that it lasts."""
    ends = [stated_day(fact, "ended_on") for fact in one.facts]
    days = [day for day in ends if day is not None]
    return Met(on=max(days), by=one.because) if len(days) == len(ends) else None


DUTY = Duty(
    id="AP_UNREGISTERED_FIVE_PUPILS",
    meaning=(
        "A provider that is not registered as a school has five or more children full-time. It "
        "is, probably, an illegal school."
    ),
    trigger=(
        "A count over all children finds so many of compulsory school age full-time at one "
        "provider at once (`joinedup providers count`)."
    ),
    satisfying="There are fewer again, or the provider turns out to be registered (a correction).",
    clock="At once: the first day on which there are so many.",
    severity=Severity.CRITICAL,
    basis=Basis.LAW,
    source=(
        "Registration of independent schools, as stated by Plymouth council [S18, secondary]; "
        "the law does not define full-time [S19, secondary]"
    ),
    parameters={"pupils": 5, "full_time_hours": 18},
    limits=(at_most("pupils", 5),),
    reads=SATISFIED_BY | STOP_FACTS | {PUPILS_COUNTED},
    satisfied_by=SATISFIED_BY,
    cases=cases,
    our_default=(
        "18 hours a week is an indicator of full-time, not a limit in law [S20, secondary]. "
        "Children count from their fifth birthday to 31 August of Year 11, and where neither "
        "birth nor year group is known."
    ),
    about=About.PROVIDER,
)
