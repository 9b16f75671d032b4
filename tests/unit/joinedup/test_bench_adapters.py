"""What the benchmark says of reading files, and that it measures what was read."""

from __future__ import annotations

from pathlib import Path

import typer
from typer.testing import CliRunner

from joinedup.bench.adapters import AdapterRate, measured
from joinedup.commands import bench
from producers.simulate.sized import write

RATE = AdapterRate(
    format="csv",
    bytes=8_000_000,
    events=100_000,
    refused=0,
    cpu=4.0,
    parsed=0.1,
    peak=90_000_000,
    loaded=60_000_000,
)


def test_a_rate_is_told_in_events_and_bytes_and_beside_parsing_alone() -> None:
    said = RATE.text()
    assert "25,000 events and 2.00 MB a processor second, 40 times as long" in said
    assert "at most 90 MB of memory, 60 of them before the first file" in said
    assert RATE.as_dict()["times_parsing_alone"] == 40.0


def test_reading_files_is_measured_with_their_bytes_and_events(tmp_path: Path) -> None:
    (file,) = write("events", tmp_path, 1)
    found = measured("events", tmp_path)
    assert (found.bytes, found.events, found.refused) == (file.stat().st_size, 120, 0)
    assert found.cpu > 0 and found.peak >= found.loaded > 0


def test_a_format_that_is_none_is_said_to_be_none_before_anything_is_measured() -> None:
    app = typer.Typer()
    bench.register(app)
    result = CliRunner().invoke(app, ["--only", "adapters", "--format", "ctf"])
    assert result.exit_code == 2
    assert "There is no format ctf: give one of events, ssda903," in result.output
