"""RPA_LEAVER_NOTICE: a provider tells the local authority that a young person left."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import same
from journey.duties.shapes import After, Answer, clock, each
from journey.duties.subjects import is_provider_of

WATCH = After(
    subject=each("Post16Withdrawn", lambda event: same(event.text("provider"))),
    clock=clock.working_days("limit_working_days"),
    met_by=(Answer("LaNotifiedOfNonParticipation", fits=is_provider_of),),
    missing="the local authority has not been told that the young person left",
)

DUTY = Duty(
    id="RPA_LEAVER_NOTICE",
    meaning=(
        "A young person under 18 stopped taking part at a post-16 provider. The provider tells "
        "the local authority."
    ),
    trigger="A young person withdraws from a post-16 place.",
    satisfying="The local authority is told.",
    clock="Five working days after.",
    severity=Severity.HIGH,
    basis=Basis.LAW,
    source="Education and Skills Act 2008, section 13 [S53], which gives no number of days",
    parameters={"limit_working_days": 5},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default="Five working days is our own default: the law gives no number.",
)
