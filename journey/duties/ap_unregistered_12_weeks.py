"""AP_UNREGISTERED_12_WEEKS: more than twelve weeks at an unregistered provider."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import same
from journey.duties.shapes import After, Answer, clock, each
from journey.duties.subjects import is_unregistered

WATCH = After(
    subject=each("ApPlacementStarted", lambda event: same(event.text("provider"))).where(
        is_unregistered
    ),
    clock=clock.weeks("limit_weeks"),
    met_by=(Answer("ApPlacementEnded", "placement"),),
    missing="the child is still at the unregistered provider",
)

DUTY = Duty(
    id="AP_UNREGISTERED_12_WEEKS",
    meaning=(
        "A child has been at a provider that is not registered as a school for more than twelve "
        "weeks."
    ),
    trigger="A placement at an unregistered provider starts.",
    satisfying="The placement ends.",
    clock="12 weeks after the placement starts.",
    severity=Severity.MEDIUM,
    basis=Basis.PROPOSED,
    source=(
        "A proposal of 2024, not in force: strengthening protections in unregistered "
        "alternative provision [S21, secondary]"
    ),
    parameters={"limit_weeks": 12},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    on=False,
    inhibited_by=frozenset({"AP_UNREGISTERED_FULL_TIME"}),
)
