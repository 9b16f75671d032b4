"""What a replay tells goes to a file in the format that its name asks for, whole or not at all."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import msgspec
import pytest
import typer

from joinedup.commands.replay_output import row_of, written_to
from tests.unit.consumers.replay.test_comparing import HISTORY


def test_a_row_has_the_audited_fields_and_the_audited_text_itself() -> None:
    row = row_of(3, HISTORY[0])
    fields = json.loads(row["body"])
    assert (row["partition"], row["sequence"], row["chain"]) == (3, 1, HISTORY[0].chain)
    assert row["due"] == fields["due"]
    assert json.loads(row["because"]) == fields["because"]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_json_file_is_one_list(tmp_path: Path, count: int) -> None:
    rows = [row_of(0, one) for one in HISTORY[:count]]
    with written_to(tmp_path / "told.json") as output:
        for row in rows:
            output.write(row)
    assert json.loads((tmp_path / "told.json").read_text("utf-8")) == rows


ESCALATED = msgspec.structs.replace(HISTORY[1], escalation=2)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_csv_file_has_a_heading_and_what_only_some_transitions_say(
    tmp_path: Path, count: int
) -> None:
    rows = [row_of(0, one) for one in (HISTORY[0], ESCALATED)[:count]]
    with written_to(tmp_path / "told.csv") as output:
        for row in rows:
            output.write(row)
    heading, *lines = csv.reader((tmp_path / "told.csv").read_text("utf-8").splitlines())
    assert heading == list(row_of(0, HISTORY[0])) == list(row_of(0, ESCALATED))
    assert [line[heading.index("escalation")] for line in lines] == ["0", "2"][:count]
    assert [line[heading.index("body")] for line in lines] == [row["body"] for row in rows]


@pytest.mark.parametrize("count", [0, 2])
def test_a_parquet_file_has_the_same_columns_with_numbers_as_numbers(
    tmp_path: Path, count: int
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    rows = [row_of(0, one) for one in (HISTORY[0], ESCALATED)[:count]]
    with written_to(tmp_path / "told.parquet") as output:
        for row in rows:
            output.write(row)
    table = parquet.read_table(tmp_path / "told.parquet")
    assert table.column_names == list(row_of(0, HISTORY[0]))
    assert table.to_pylist() == rows


def test_parquet_without_its_library_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(typer.Exit), written_to(tmp_path / "told.parquet"):
        pass
    assert "pip install pyarrow" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_not_finished_is_not_there(tmp_path: Path) -> None:
    def cut_short() -> None:
        with written_to(tmp_path / "told.csv") as output:
            output.write(row_of(0, HISTORY[0]))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cut_short()
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit), written_to(tmp_path / "nowhere" / "told.json"):
        pass
    assert "cannot be written" in capsys.readouterr().err
