"""EHC_POST16_TO_POST16: a move between post-16 places, named five months before."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity, at_least
from journey.duties.episodes import Episode
from journey.duties.shapes import After, Answer, clock, each
from journey.events import Event


def _names_a_place(move: Episode, event: Event) -> bool:
    return bool(event.flag("post16_placement_named"))


WATCH = After(
    subject=each("Post16TransferPlanned"),
    clock=clock.months_before("transfer_on", "min_months"),
    met_by=(Answer("EhcPlanFinalised", fits=_names_a_place),),
    missing="the EHC plan does not name the next post-16 place",
)

DUTY = Duty(
    id="EHC_POST16_TO_POST16",
    meaning=(
        "A young person with an EHC plan moves from one post-16 place to another. The plan "
        "names the new one at least five months before."
    ),
    trigger="A move to another post-16 place is planned for a day.",
    satisfying="The plan is finalised and names the post-16 place.",
    clock="Five months before the move.",
    severity=Severity.HIGH,
    basis=Basis.LAW,
    source="SEND Regulations 2014 (SI 2014/1530), reg 18(2) [S3]",
    parameters={"min_months": 5, "until_age": 25},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    limits=(
        at_least("min_months", 5),
        at_least("until_age", 25),
    ),
)
