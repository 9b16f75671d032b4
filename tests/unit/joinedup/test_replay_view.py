"""What the terminal says of a comparison."""

from __future__ import annotations

import pytest

from consumers.replay.attended import RowDifference, Table
from consumers.replay.comparing import Fault
from consumers.replay.replaying import Counts, Scope
from consumers.replay.run import Outcome
from joinedup.commands import replay_view

DIFFERENCE = RowDifference(
    table=Table.ACTIONS, fault=Fault.MISSING, la="330", alert_id="a", replayed="{}"
)


@pytest.mark.parametrize(
    ("erased", "is_archive", "differences", "is_said"),
    [
        (3, True, [DIFFERENCE], True),
        (0, True, [DIFFERENCE], False),
        (3, False, [DIFFERENCE], False),
        (3, True, [], False),
    ],
)
def test_an_archive_that_an_erasure_came_after_is_to_be_made_again(
    capsys: pytest.CaptureFixture[str],
    erased: int,
    is_archive: bool,
    differences: list[RowDifference],
    is_said: bool,
) -> None:
    outcome = Outcome(counts=Counts(erased=erased), compared=1, row_differences=differences)
    replay_view.show(outcome, 1.0, Scope(), None, as_json=False, is_archive=is_archive)
    assert ("make an archive again" in " ".join(capsys.readouterr().out.split())) is is_said
