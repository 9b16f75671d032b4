"""EXCLUSION_DAY6_PERMANENT: full-time education from the sixth day of a permanent exclusion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import school_day_beginning_with
from journey.duties.duty import Basis, Case, Duty, Severity, at_most
from journey.duties.episodes import Dated, Episode, dated, episodes, same
from journey.duties.outcome import met_by_first, number
from journey.duties.schooling import ROLL_FACTS, school_of
from journey.duties.stops import STOP_FACTS


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each permanent exclusion."""
    for one in episodes(journey, "PermanentExclusionRecorded", "excluded_on"):
        school = school_of(journey, calendars, one.start, one.told("establishment"))
        sixth = number(parameters, "limit_school_days") + 1
        clock = school_day_beginning_with(one.start, sixth, school)
        yield Case(
            anchor=one.anchor,
            due=clock.due,
            arithmetic=clock.arithmetic,
            because=one.because,
            met=met_by_first(_education(journey, one), one.start),
            detail="no full-time education has started since the exclusion",
        )


def _education(journey: Journey, exclusion: Episode) -> list[Dated]:
    """Return full-time education: provision, a full-time placement, or another school's roll."""
    excluded_from = same(exclusion.told("establishment"))
    provision = dated(journey, "EducationProvisionStarted", "start_on")
    placed = dated(journey, "ApPlacementStarted", "start_on")
    joined = dated(journey, "PupilJoinedRoll", "entry_on")
    return [
        *(d for d in (*provision, *placed) if d.event.flag("full_time")),
        *(d for d in joined if same(d.event.text("establishment")) != excluded_from),
    ]


DUTY = Duty(
    id="EXCLUSION_DAY6_PERMANENT",
    meaning=(
        "A permanently excluded child has full-time education, arranged by the local authority, "
        "from the sixth school day of the exclusion."
    ),
    trigger="A permanent exclusion is recorded.",
    satisfying=(
        "Full-time education starts: provision, a full-time placement, or another school's roll."
    ),
    clock="The sixth school day, counting the first day of the exclusion as the first.",
    severity=Severity.CRITICAL,
    basis=Basis.LAW,
    source=(
        "Education on the sixth day after permanent exclusion, as stated by Norfolk SENDIASS "
        "[S5, secondary] and North Somerset council [S6, secondary]"
    ),
    parameters={"limit_school_days": 5},
    reads=frozenset(
        {"PermanentExclusionRecorded", "EducationProvisionStarted", "ApPlacementStarted"}
    )
    | ROLL_FACTS
    | STOP_FACTS,
    satisfied_by=frozenset({"EducationProvisionStarted", "ApPlacementStarted"}),
    cases=cases,
    limits=(at_most("limit_school_days", 5),),
)
