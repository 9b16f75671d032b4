"""FULL_TRANSITIVE: every version is readable by every other."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from schemas.catalogue import EventType, event_types
from schemas.history import ChangeRefused, keep, kept_versions, objections, unreadable
from tests.unit.schemas.shared_data import shared_file

TYPES = list(event_types().values())
ENDED = event_types()["ApPlacementEnded"]


def each() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("one", TYPES, ids=lambda one: one.name)


@each()
def test_the_schema_is_the_newest_version_kept(one: EventType) -> None:
    kept = kept_versions(one.full_name)
    assert kept, f"run python -m schemas.history to keep {one.full_name}"
    assert one.schema == kept[-1], f"run python -m schemas.history to keep {one.full_name}"


@each()
def test_no_kept_version_objects_to_the_schema(one: EventType) -> None:
    for older in kept_versions(one.full_name):
        assert objections(older, one.schema) == []


def changed(**of_reason_code: Any) -> dict[str, Any]:
    """Return a schema whose last field has these attributes instead."""
    schema = copy.deepcopy(ENDED.schema)
    schema["fields"][-1].update(of_reason_code)
    return schema


def extended(**attributes: Any) -> dict[str, Any]:
    """Return a schema with one more field."""
    schema = copy.deepcopy(ENDED.schema)
    schema["fields"].append({"name": "new", **attributes})
    return schema


def test_a_new_field_with_a_default_may_come() -> None:
    assert objections(ENDED.schema, extended(type=["null", "string"], default=None)) == []


def test_a_new_code_may_come() -> None:
    codes = ENDED.payload[-1].codes
    assert objections(ENDED.schema, changed(codes=[*codes, "TRANSFERRED"])) == []


@pytest.mark.parametrize(
    ("newer", "reason"),
    [
        (extended(type="string"), "new reader, old writer: "),
        (changed(name="reason"), ""),
        (changed(type=["null", "long"]), "new reader, old writer: "),
        (changed(codes=["COMPLETED"]), "reason_code may not lose codes"),
        (changed(required=True), "reason_code may not come to be required"),
        (
            extended(type=["null", "string"], default=None, required=True),
            "new may not come to be required",
        ),
    ],
)
def test_a_change_that_someone_could_not_live_with_is_objected_to(
    newer: dict[str, Any], reason: str
) -> None:
    if newer["fields"][-1]["name"] == "reason":
        newer["fields"][-1].pop("default")
    assert any(found.startswith(reason) for found in objections(ENDED.schema, newer))


def test_codes_may_not_be_closed_where_they_were_open() -> None:
    opened = changed()
    opened["fields"][-1].pop("codes")
    assert objections(opened, ENDED.schema) == ["reason_code may not lose codes"]


def test_an_unchanged_schema_is_not_kept_again() -> None:
    assert keep(ENDED) is None


def test_a_changed_schema_is_kept_as_the_next_version(tmp_path: Path) -> None:
    opened = changed()
    opened["fields"][-1]["codes"] = ["COMPLETED"]
    kept_before(tmp_path, opened)
    path = keep(ENDED, tmp_path)
    assert path == tmp_path / ENDED.full_name / "2.avsc"
    assert kept_versions(ENDED.full_name, tmp_path) == [opened, ENDED.schema]
    assert keep(ENDED, tmp_path) is None


def test_a_change_that_may_not_be_is_not_kept(tmp_path: Path) -> None:
    kept_before(tmp_path, changed(codes=[*ENDED.payload[-1].codes, "TRANSFERRED"]))
    with pytest.raises(ChangeRefused, match="ApPlacementEnded may not change so: reason_code"):
        keep(ENDED, tmp_path)
    assert len(kept_versions(ENDED.full_name, tmp_path)) == 1


def kept_before(folder: Path, schema: dict[str, Any]) -> None:
    """Keep this as the first version."""
    path = folder / ENDED.full_name / "1.avsc"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(schema), "utf-8")


def test_the_checker_agrees_with_apaches_reader_and_writer_pairs() -> None:
    path = shared_file("avro_compat", "avro_reader_writer_pairs.json")
    pairs = json.loads(path.read_text("utf-8"))
    assert len(pairs) == 131
    disagreements = [
        number
        for number, pair in enumerate(pairs)
        if (unreadable(reader=pair["reader"], writer=pair["writer"]) == [])
        != (pair["expected"] == "compatible")
    ]
    assert disagreements == []
