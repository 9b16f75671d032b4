"""The sources that may speak."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.sources import SourceRegistry, SourcesInvalid
from tests.unit.schemas.test_agreements import WRITTEN as AGREEMENT

ENTRY: dict[str, Any] = {
    "organisation": "riverside-school",
    "system": "mis",
    "agency": "education",
    "local_authorities": ["330", "999"],
    "key": "ab" * 32,
}


def parsed(**changed: Any) -> SourceRegistry:
    return SourceRegistry.parse(json.dumps({"sources": [{**ENTRY, **changed}]}))


def test_a_source_is_found_by_its_codes() -> None:
    source = parsed().lookup("riverside-school", "mis")
    assert source is not None
    assert source.agency == "education"
    assert source.key == b"\xab" * 32


def test_a_source_that_is_not_in_the_file_is_not_found() -> None:
    assert parsed().lookup("riverside-school", "case-system") is None


def test_a_source_speaks_for_its_authorities_on_its_agencys_topic_only() -> None:
    source = parsed().lookup("riverside-school", "mis")
    assert source is not None
    assert source.may_speak("330", "education")
    assert not source.may_speak("331", "education")
    assert not source.may_speak("330", "health")


def test_a_key_is_never_shown() -> None:
    assert "ab" * 32 not in repr(list(parsed()))
    assert "\\xab" not in repr(list(parsed()))


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sources.json"
    path.write_text(json.dumps({"sources": [ENTRY]}), "utf-8")
    assert len(SourceRegistry.load(path)) == 1


def test_a_file_that_is_not_there_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SourcesInvalid, match="set JOINEDUP_SOURCES_FILE"):
        SourceRegistry.load(tmp_path / "none.json")


@pytest.mark.parametrize("text", ["", "[]", '{"sources": 1}', '{"source": []}', "{"])
def test_a_file_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(SourcesInvalid, match="must be JSON"):
        SourceRegistry.parse(text)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("organisation", "Riverside School"),
        ("organisation", None),
        ("system", "a/b"),
        ("agency", "joint"),
        ("local_authorities", "330"),
        ("local_authorities", ["33"]),
        ("key", "abcd"),
        ("key", "x" * 64),
        ("key", 7),
    ],
)
def test_a_wrong_entry_is_named_by_its_number_and_field(field: str, value: Any) -> None:
    with pytest.raises(SourcesInvalid, match=f"Source 1 of the file of sources: {field}"):
        parsed(**{field: value})


def test_an_entry_that_is_no_object_is_refused() -> None:
    with pytest.raises(SourcesInvalid, match="it must be an object"):
        SourceRegistry.parse('{"sources": ["x"]}')


def test_agreements_stand_beside_the_sources_and_a_wrong_one_is_named() -> None:
    agreed = {**AGREEMENT, "local_authority": "330", "version": 2}
    text = {"sources": [ENTRY], "agreements": [{**agreed, "recorded_at": "2026-01-01T00:00Z"}]}
    (found,) = SourceRegistry.parse(json.dumps(text)).agreements
    assert (found.version, found.recorded_at) == (2, 1_767_225_600_000)
    for entry, sentence in (
        ("dsa", "it must be an object with a version"),
        ({**agreed, "version": None}, "it must be an object with a version"),
        ({**agreed, "recorded_at": "soon"}, "recorded_at must be a moment"),
        ({**agreed, "local_authority": None}, "local_authority: expected a three-digit"),
        ({**agreed, "purposes": ["TRADE"]}, "purposes: expected in each item one of"),
    ):
        with pytest.raises(SourcesInvalid, match=f"Agreement 1 .*: {sentence}"):
            SourceRegistry.parse(json.dumps({"sources": [], "agreements": [entry]}))
