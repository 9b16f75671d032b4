"""What the terminal says of a comparison."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest

from consumers.archive.unproved import Unproved
from consumers.replay.attended import RowDifference, Table
from consumers.replay.comparing import Fault
from consumers.replay.replaying import Scope
from consumers.replay.run import Outcome
from joinedup.commands import replay_view

DIFFERENCE = RowDifference(
    table=Table.ACTIONS, fault=Fault.MISSING, la="330", alert_id="a", replayed="{}"
)
UNPROVED = Unproved(keys=2, shredded_at=datetime(2026, 11, 28, 21, 40, tzinfo=UTC))


@pytest.mark.parametrize("compared", [None, 1])
def test_an_archive_that_an_erasure_came_after_is_to_be_made_again(
    capsys: pytest.CaptureFixture[str], compared: int | None
) -> None:
    shown = partial(replay_view.show, Outcome(compared=compared), 1.0, Scope(), None)
    shown(as_json=False, unproved=UNPROVED)
    said = " ".join(capsys.readouterr().out.split())
    assert "keys that its records are sealed under were shredded (2, the last" in said
    assert "the last at 2026-11-28 21:40 UTC)" in said
    assert "Make an archive again" in said
    shown(as_json=False)
    assert "older than an erasure" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [
        (Outcome(compared=281), "Verified: all 281 transitions follow, byte for byte."),
        (Outcome(compared=1), "Verified: the 1 transition follows, byte for byte."),
        (
            Outcome(compared=2, erased=1, untold=1),
            "Verified: all 2 transitions follow, byte for byte. 1 is an erased child's, as proved."
            " 1 later one was not published yet.",
        ),
        (
            Outcome(compared=2, erased=3, untold=4),
            "Verified: all 2 transitions follow, byte for byte. 3 are an erased child's, as proved."
            " 4 later ones were not published yet.",
        ),
        (
            Outcome(compared=1, row_differences=[DIFFERENCE]),
            "NOT verified: 1 difference; 1 transition was found on both sides.",
        ),
        (
            Outcome(compared=0, row_differences=[DIFFERENCE] * 2),
            "NOT verified: 2 differences; 0 transitions were found on both sides.",
        ),
    ],
)
def test_one_of_a_kind_is_told_of_as_one(
    capsys: pytest.CaptureFixture[str], outcome: Outcome, verdict: str
) -> None:
    replay_view.show(outcome, 1.0, Scope(), None, as_json=False)
    assert verdict in " ".join(capsys.readouterr().out.split())
