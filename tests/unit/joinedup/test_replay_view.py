"""What the terminal says of a comparison."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest

from consumers.archive.unproved import Unproved
from consumers.replay.replaying import Scope
from consumers.replay.run import Outcome
from joinedup.commands import replay_view

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
