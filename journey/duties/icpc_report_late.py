"""ICPC_REPORT_LATE: an agency's report, shared before the conference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import Deadline, calendar_days, in_words, working_days_before
from journey.duties.duty import Basis, Case, Duty, Severity
from journey.duties.episodes import Episode, belonging, dated, episodes, stated_day
from journey.duties.involvement import IN_WORDS
from journey.duties.outcome import met_by_first, number
from journey.duties.stops import STOP_FACTS


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each agency that reports to each conference."""
    among = episodes(journey, "IcpcScheduled", "", lambda event: event.text("kind"))
    shared = belonging(among, dated(journey, "ConferenceReportShared", ""), "conference")
    for one in among:
        clock = _clock(one, parameters)
        if clock is None:
            continue
        for agency in _agencies(one):
            mine = [d for d in shared[one.anchor] if d.event.text("agency") == agency]
            yield Case(
                anchor=one.anchor,
                period=agency,
                due=clock.due,
                arithmetic=clock.arithmetic,
                because=one.because,
                met=met_by_first(mine),
                detail=f"{IN_WORDS[agency]} has not shared its report with the family",
            )


def _agencies(conference: Episode) -> list[str]:
    given = [fact.data.get("agencies") for fact in conference.facts]
    named = {name for names in given if isinstance(names, (list, tuple)) for name in names}
    return [agency for agency in IN_WORDS if agency in named]


def _clock(conference: Episode, parameters: Mapping[str, int | str]) -> Deadline | None:
    on = next((day for f in conference.facts if (day := stated_day(f, "conference_on"))), None)
    if on is None:
        return None
    if conference.told("kind") == "REVIEW":
        return working_days_before(on, number(parameters, "review_working_days"))
    count = number(parameters, "initial_days")
    return Deadline(calendar_days(on, -count).due, f"{count} days before {in_words(on)}")


DUTY = Duty(
    id="ICPC_REPORT_LATE",
    meaning=("Each agency shares its report with the family before a child protection conference."),
    trigger="A conference is scheduled for a day, with the agencies that report.",
    satisfying="The agency shares its report.",
    clock="Two days before an initial conference; three working days before a review.",
    severity=Severity.LOW,
    basis=Basis.LOCAL,
    source="One partnership's practice: East Riding [S36, secondary]",
    parameters={"initial_days": 2, "review_working_days": 3},
    reads=frozenset({"IcpcScheduled", "ConferenceReportShared"}) | STOP_FACTS,
    satisfied_by=frozenset({"ConferenceReportShared"}),
    cases=cases,
    on=False,
)
