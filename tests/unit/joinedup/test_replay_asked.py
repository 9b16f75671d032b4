"""What a replay says where nothing is of what was asked for."""

from __future__ import annotations

import pytest
import typer

from consumers.replay.comparing import Difference, Fault
from consumers.replay.run import Outcome
from joinedup.commands.replay import _stop_where_nothing_is

KEPT = Difference(fault=Fault.UNFOUNDED, la="330", sequence=1, alert_id="a", number=1, kept="{}")


@pytest.mark.parametrize(("la", "child", "option"), [("330", None, "--la"), (None, "k", "--child")])
def test_what_may_be_misspelt_is_said_and_what_is_kept_without_a_record_is_a_difference(
    la: str | None, child: str | None, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit):
        _stop_where_nothing_is(Outcome(), la, child)
    assert f"see {option}" in capsys.readouterr().err
    _stop_where_nothing_is(Outcome(differences=[KEPT]), la, child)
