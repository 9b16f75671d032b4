"""AP_COMMISSIONER_UNCLEAR: a placement for which nobody, or more than one, is responsible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import in_words
from journey.duties.duty import Basis, Case, Duty, Met, Severity
from journey.duties.episodes import PLACEMENT_FACTS, Episode, placements, same
from journey.duties.outcome import earliest, ended_with
from journey.duties.stops import STOP_FACTS


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each placement."""
    for placement in placements(journey):
        named = {name for f in placement.facts if (name := same(f.text("commissioner")))}
        yield Case(
            anchor=placement.anchor,
            due=placement.start,
            arithmetic=f"on the day the placement starts, {in_words(placement.start)}",
            because=placement.because,
            met=earliest(_clear(placement, len(named)), ended_with(placement)),
            detail="two sources name different commissioners" if named else "none is named",
        )


def _clear(placement: Episode, named: int) -> Met | None:
    """Return that exactly one was named, which holds from the first day: it is a correction."""
    return Met(on=placement.start, by=placement.because) if named == 1 else None


DUTY = Duty(
    id="AP_COMMISSIONER_UNCLEAR",
    meaning=(
        "Every placement in alternative provision has one commissioner, who stays responsible "
        "for the child. Here none is named, or two sources name different ones."
    ),
    trigger="A placement in alternative provision starts.",
    satisfying="The placement names its commissioner, and all sources name the same one.",
    clock="At once: the day on which the placement starts.",
    severity=Severity.HIGH,
    basis=Basis.STATUTORY_GUIDANCE,
    source=(
        "DfE Arranging Alternative Provision, Feb 2025, as quoted by Bradford council [S14, "
        "secondary]; Ofsted/CQC review of alternative provision, Feb 2024 [S15]"
    ),
    parameters={},
    reads=PLACEMENT_FACTS | STOP_FACTS,
    satisfied_by=frozenset({"ApPlacementStarted"}),
    cases=cases,
)
