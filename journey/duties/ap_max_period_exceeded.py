"""AP_MAX_PERIOD_EXCEEDED: a child is still in a placement after its agreed end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import calendar_days, in_words
from journey.duties.duty import Basis, Case, Duty, Met, Severity
from journey.duties.episodes import (
    PLACEMENT_FACTS,
    Dated,
    Episode,
    belonging,
    dated,
    day_of,
    placements,
    stated_day,
)
from journey.duties.outcome import earliest, met, number
from journey.duties.stops import STOP_FACTS


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each end that was agreed: the first, and one for each extension."""
    placed = placements(journey)
    longer = dated(journey, "ApPlacementExtended", "extended_on")
    extended = belonging(placed, longer, "placement")
    for one in placed:
        yield from _ends(one, extended[one.anchor], number(parameters, "grace_days"))


def _ends(placement: Episode, extensions: list[Dated], grace: int) -> Iterator[Case]:
    agreed, because = _first_end(placement), placement.because
    for ordinal, extension in enumerate([*_once(extensions), None]):
        if agreed is not None:
            yield Case(
                anchor=placement.anchor,
                period=str(ordinal),
                due=calendar_days(agreed, grace).due,
                arithmetic=f"the agreed end, {in_words(agreed)}{_graced(grace)}",
                because=because,
                met=earliest(_extended(extension), _over(placement)),
                detail="the child is still in the placement after its agreed end",
            )
        if extension is not None:
            agreed = day_of(extension.event, "new_end_on")
            because = (extension.event.event_id,)


def _once(extensions: list[Dated]) -> list[Dated]:
    """Return the extensions without those that a second source told again."""
    return list({(e.day, day_of(e.event, "new_end_on")): e for e in reversed(extensions)}.values())[
        ::-1
    ]


def _first_end(placement: Episode) -> date | None:
    return next((on for f in placement.facts if (on := stated_day(f, "max_end_on"))), None)


def _graced(grace: int) -> str:
    return f", and {grace} days" if grace else ""


def _extended(extension: Dated | None) -> Met | None:
    return None if extension is None else met(extension)


def _over(placement: Episode) -> Met | None:
    """Return that the placement ended, which here is what was owed."""
    return None if placement.end is None else Met(on=placement.end, by=placement.ended_by)


DUTY = Duty(
    id="AP_MAX_PERIOD_EXCEEDED",
    meaning=(
        "A placement in alternative provision has an agreed longest period. It is over, and the "
        "placement was neither ended nor extended."
    ),
    trigger="A placement gives an agreed longest period, or is extended.",
    satisfying="The placement ends, or an extension is agreed.",
    clock="The agreed end itself, moved by each extension.",
    severity=Severity.HIGH,
    basis=Basis.STATUTORY_GUIDANCE,
    source=(
        "DfE Arranging Alternative Provision, Feb 2025, as quoted by Bradford council [S14, "
        "secondary]; Ofsted/CQC review of alternative provision, Feb 2024: decisions to move "
        "children on often delayed [S15]"
    ),
    parameters={"grace_days": 0},
    reads=frozenset({"ApPlacementExtended"}) | PLACEMENT_FACTS | STOP_FACTS,
    satisfied_by=frozenset({"ApPlacementEnded", "ApPlacementExtended"}),
    cases=cases,
)
