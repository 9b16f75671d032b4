"""The bill of materials is one by the standard's schema, and says all that is locked."""

from __future__ import annotations

import json

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from supply.bom import bill
from supply.licences import Licensed, licences
from supply.parts import Part, parts, parts_of_registry
from tests.unit.supply.places import a_registry_of


@pytest.fixture(scope="module")
def judged() -> tuple[Licensed, ...]:
    return licences().judge(parts())


@pytest.fixture
def inside(tmp_path) -> tuple[Part, ...]:
    lines = (
        "a.b:c::jar:1.2",
        "a.b:n:linux:jar:3",
        "com.fasterxml.jackson.core:jackson-core::jar:2",
    )
    return tuple(parts_of_registry(a_registry_of(tmp_path, *lines)))


def test_it_is_valid_by_the_schema_of_the_standard(judged, inside) -> None:
    valid = JsonStrictValidator(SchemaVersion.V1_6)
    assert valid.validate_str(bill(judged, inside, "0.1.0")) is None
    small = bill(judged[:1], inside, "0.1.0")
    assert valid.validate_str(small.replace('"library"', '"a thing"')) is not None


def test_it_names_every_part_once_with_licence_and_checksums(judged, inside) -> None:
    said = json.loads(bill(judged, inside, "0.1.0"))
    assert said["metadata"]["component"]["name"] == "joinedup"
    refs = [one["bom-ref"] for one in said["components"]]
    assert len(refs) == len(set(refs)) == len(judged) + len(inside)
    by_purl = {one["purl"]: one for one in said["components"]}
    for one in judged:
        component = by_purl[str(one.part.purl)]
        assert component["licenses"], one.part.name
        files = component.get("externalReferences", [component])
        found = [hash["content"] for file in files for hash in file.get("hashes", [])]
        assert sorted(found) == sorted(set(one.part.hashes)), one.part.name


def test_the_same_locks_give_the_same_bytes(judged, inside) -> None:
    some = judged[:20]
    document = bill(some, inside, "0.1.0")
    assert document == bill(tuple(reversed(some)), inside, "0.1.0")
    assert "timestamp" not in document
    assert (
        json.loads(document)["serialNumber"] != json.loads(bill(some, (), "0.1.0"))["serialNumber"]
    )
