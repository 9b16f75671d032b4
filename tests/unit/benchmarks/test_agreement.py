"""The two languages say the same, and Maven's versions are those that are locked."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from benchmarks.duties import _ANSWERED, _FIELDS
from stack.artefacts import read_lock

STREAMS = Path(__file__).parents[3] / "benchmarks" / "kafka_streams"
POM = "{http://maven.apache.org/POM/4.0.0}"


def java(name: str) -> str:
    """Return a source without its line breaks."""
    file = STREAMS / "src" / "main" / "java" / "joinedup" / "benchmarks" / f"{name}.java"
    return " ".join(file.read_text("utf-8").split())


def test_both_look_at_the_same_fields_of_the_same_types() -> None:
    said = {
        f'"{kind}", new Fields({", ".join(_quoted(one) for one in fields)})'
        for kind, fields in _FIELDS.items()
    }
    assert {one for one in said if one in java("Duties")} == said
    assert java("Duties").count("new Fields(") == len(_FIELDS)


def test_both_give_a_duty_the_same_days() -> None:
    said = {f'"{one.duty}", "{one.opens}", {one.days},' for one in _ANSWERED}
    assert {one for one in said if one in java("Duties")} == said


def test_what_the_pom_names_is_locked_in_that_version() -> None:
    locked = {one.coordinate for one in read_lock(STREAMS / "jars.lock")}
    project = ElementTree.parse(STREAMS / "pom.xml").getroot()
    properties = {one.tag.removeprefix(POM): one.text for one in project.iter() if one.text}
    named = set()
    for one in project.findall(f"{POM}dependencies/{POM}dependency"):
        group, artifact, version = (
            str(one.findtext(f"{POM}{tag}")) for tag in ("groupId", "artifactId", "version")
        )
        version = str(properties[version[2:-1]]) if version.startswith("${") else version
        named.add(f"{group}:{artifact}:{version}")
    assert named and named <= locked


def _quoted(name: str | None) -> str:
    return "null" if name is None else f'"{name}"'
