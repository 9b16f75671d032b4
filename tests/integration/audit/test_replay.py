"""A replay of journeys tells what was told, and finds whatever was changed since."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from joinedup.commands import replay_sources
from tests.integration.audit.conftest import SMALL, Run, as_json
from tests.integration.join.stories import moment_of
from tests.integration.join.workbench import Workbench

WINTER = date(2026, 1, 15)
VERIFY = ("replay", "--verify", "--la", SMALL)


@contextmanager
def changed(year: Workbench, change: str, back: str) -> Iterator[None]:
    """Change the store while the block runs."""
    with year.changing() as store:
        store.execute(change.encode())
    try:
        yield
    finally:
        with year.changing() as store:
            store.execute(back.encode())


def test_a_year_whose_join_was_killed_is_replayed_byte_for_byte(year: Workbench, run: Run) -> None:
    told = year.one("SELECT count(*) FROM alert_transitions")
    assert told > 200
    shown = run("replay", "--verify")
    assert f"Verified: all {told:,} transitions follow, byte for byte." in shown
    assert "each second" in shown


def test_two_processes_find_what_one_does(
    year: Workbench, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    for name, ahead_from in (("one", 10**9), ("two", 0)):
        monkeypatch.setattr(replay_sources, "AHEAD_FROM", ahead_from)
        file = tmp_path / f"{name}.json"
        outcome = as_json(run("replay", "--verify", "--json", "--output", str(file)))
        told.append((file.read_bytes(), outcome["compared"], outcome["differences"]))
    assert told[0] == told[1]
    assert told[0][1] > 200


def test_one_authority_is_verified_by_itself(year: Workbench, run: Run) -> None:
    told = year.one("SELECT count(*) FROM alert_transitions WHERE la = %s", SMALL)
    outcome = as_json(run("replay", "--verify", "--la", SMALL, "--json"))
    assert (outcome["compared"], outcome["differences"]) == (told, [])


@pytest.mark.parametrize(
    ("change", "back", "faults"),
    [
        (
            "UPDATE alert_transitions SET body = replace(body, '\"OPEN\"', '\"open\"') {here}",
            "UPDATE alert_transitions SET body = replace(body, '\"open\"', '\"OPEN\"') {here}",
            {"other bytes", "chain broken", "shown otherwise"},
        ),
        (
            "UPDATE alert_transitions SET sequence = sequence + 100000 {here}",
            "UPDATE alert_transitions SET sequence = sequence - 100000"
            " WHERE la = '330' AND sequence > 100000",
            {"not kept", "shown otherwise"},
        ),
        (
            "UPDATE alerts SET severity = 'low' {here}",
            "UPDATE alerts SET severity = body::json->>'severity' {here}",
            {"shown otherwise"},
        ),
        (
            "UPDATE alerts SET la = '998' {here}",
            "UPDATE alerts SET la = '330' WHERE la = '998'",
            {"shown otherwise"},
        ),
    ],
)
def test_what_was_changed_in_the_store_is_found_and_named(
    year: Workbench, run: Run, change: str, back: str, faults: set[str]
) -> None:
    last = year.one("SELECT max(sequence) FROM alerts WHERE la = '330' AND status = 'OPEN'")
    alert = str(year.one("SELECT alert_id FROM alerts WHERE la = '330' AND sequence = %s", last))
    here = f"WHERE la = '330' AND sequence = {last}"
    with changed(year, change.format(here=here), back.format(here=here)):
        outcome = as_json(run(*VERIFY, "--json", code=1))
    named = [one for one in outcome["differences"] if one["alert_id"] == alert]
    assert {one["fault"] for one in named} == faults


def test_a_difference_lists_the_events_behind_it(year: Workbench, run: Run) -> None:
    sequence = year.one("SELECT max(sequence) FROM alert_transitions WHERE la = '330'")
    body = year.one(
        "SELECT body FROM alert_transitions WHERE la = '330' AND sequence = %s", sequence
    )
    where = f"WHERE la = '330' AND sequence = {sequence}"
    gone = f"UPDATE alert_transitions SET body = '{{}}' {where}"
    text = body.replace("'", "''")
    with changed(year, gone, f"UPDATE alert_transitions SET body = '{text}' {where}"):
        outcome = as_json(run(*VERIFY, "--json", code=1))
        shown = run(*VERIFY, code=1)
    (difference,) = [one for one in outcome["differences"] if one["fault"] == "other bytes"]
    because = json.loads(body)["because"]
    assert difference["replayed"] == body
    assert [one["event_id"] for one in difference["evidence"]] == because
    assert difference["evidence"][0]["agency"]
    assert "NOT verified" in shown
    assert f"event {because[0]}" in shown


def test_the_alerts_of_a_moment_are_those_that_stood_then(year: Workbench, run: Run) -> None:
    stood = as_json(run("replay", "--as-of", str(WINTER), "--la", SMALL, "--json"))["alerts"]
    query = (
        "SELECT DISTINCT ON (alert_id) body FROM alert_transitions WHERE la = %s"
        " AND (body::json->>'as_of')::bigint <= %s ORDER BY alert_id, number DESC"
    )
    rows = year.rows(query, SMALL, moment_of(WINTER))
    expected = {(one["alert_id"], one["number"]) for one in (json.loads(row[0]) for row in rows)}
    assert {(one["alert_id"], one["number"]) for one in stood} == expected
    assert 0 < len(expected) < year.one("SELECT count(*) FROM alerts")
    assert all(one["evidence"] for one in stood if one["duty"] != "SOURCE_SILENT")
    shown = run("replay", "--as-of", f"{WINTER}T00:00:00", "--la", SMALL)
    assert "Due by" in shown
    assert "The last record known by then came on" in shown


def test_a_replay_shows_one_child(year: Workbench, run: Run) -> None:
    child = year.one(
        "SELECT min(child) FROM alerts WHERE la = %s AND duty <> 'SOURCE_SILENT'", SMALL
    )
    stood = as_json(run("replay", "--la", SMALL, "--child", child[:12], "--json"))["alerts"]
    assert {one["child"] for one in stood} == {child}
    assert len(stood) == year.one("SELECT count(*) FROM alerts WHERE child = %s", child)


@pytest.mark.parametrize("ending", [".json", ".csv"])
def test_a_file_holds_every_transition_as_the_store_does(
    year: Workbench, run: Run, tmp_path: Path, ending: str
) -> None:
    file = tmp_path / f"told{ending}"
    run("replay", "--output", str(file))
    kept = year.rows("SELECT partition, sequence, body, chain FROM alert_transitions ORDER BY 1, 2")
    assert [
        (int(one["partition"]), int(one["sequence"]), one["body"], one["chain"])
        for one in _rows(file)
    ] == kept
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def _rows(file: Path) -> list[dict[str, Any]]:
    text = file.read_text("utf-8")
    return json.loads(text) if file.suffix == ".json" else list(csv.DictReader(text.splitlines()))


def test_what_the_join_has_not_taken_yet_is_not_compared(year: Workbench, run: Run) -> None:
    with changed(
        year,
        "UPDATE partition_state SET next_offset = next_offset + 1000000",
        "UPDATE partition_state SET next_offset = next_offset - 1000000",
    ):
        said = run("replay", "--verify", code=1)
    assert "the join has taken" in said


def test_the_auditor_reads_what_was_told_and_no_fact(year: Workbench) -> None:
    with psycopg.connect(year.environment("auditor")["JOINEDUP_DATABASE_URL"]) as auditor:
        assert auditor.execute("SELECT count(DISTINCT la) FROM alert_transitions").fetchone() == (
            2,
        )
        for statement in (
            *(f"SELECT * FROM {table}" for table in ("timeline", "records", "leaves", "nodes")),
            *("DELETE FROM alert_transitions", "UPDATE alerts SET la = '1'"),
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), auditor.transaction():
                auditor.execute(statement.encode())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--verify", "--as-of", "2026-01-01"), "leave out --as-of"),
        (("--output", "told.xlsx"), "ends in one of .json, .csv, .parquet"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    run: Run, arguments: tuple[str, ...], sentence: str
) -> None:
    assert sentence in run("replay", *arguments, code=1)


def test_the_reader_may_not_verify(year: Workbench, run: Run) -> None:
    reader = year.environment("reader")["JOINEDUP_DATABASE_URL"]
    said = run(*VERIFY, code=1, JOINEDUP_DATABASE_URL=reader)
    assert "the role joinedup_auditor" in said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--la", "77x"), "No record of local authority 77x was read: see --la"),
        (("--la", SMALL, "--as-of", "2001-01-01"), f"No record of local authority {SMALL} was"),
        (("--la", SMALL, "--child", "nobody"), "Nothing was told of a child whose key begins so"),
    ],
)
def test_what_nothing_is_known_of_is_said_and_no_file_is_written(
    run: Run, tmp_path: Path, asked: tuple[str, ...], said: str
) -> None:
    file = tmp_path / "told.csv"
    assert said in run("replay", *asked, "--output", str(file), code=1)
    assert list(tmp_path.iterdir()) == []
