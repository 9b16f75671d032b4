"""One suite for both registries: the one in memory and the real one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from schemas.canonical import fingerprint_of
from schemas.catalogue import event_types
from schemas.codec import Codec
from schemas.registry import MemoryRegistry, Registry, SchemaIds, UnknownSchema
from tests.unit.schemas.examples import a_record

TYPES = list(event_types().values())
ENDED = event_types()["ApPlacementEnded"]


@pytest.fixture(params=["memory", "real"], scope="module")
def ids(request: pytest.FixtureRequest) -> Iterator[SchemaIds]:
    if request.param == "memory":
        yield MemoryRegistry()
        return
    stack = request.getfixturevalue("stack")
    registry = Registry(stack.environment("registry")["JOINEDUP_REGISTRY_URL"])
    registry.register_all(TYPES)
    yield registry
    registry.close()


def test_every_type_has_a_number_of_its_own(ids: SchemaIds) -> None:
    numbers = {one.full_name: ids.id_of(one.full_name) for one in TYPES}
    assert len(set(numbers.values())) == len(TYPES)
    assert {name: ids.id_of(name) for name in numbers} == numbers


def test_a_number_leads_back_to_the_schema(ids: SchemaIds) -> None:
    schema = ids.schema_of(ids.id_of(ENDED.full_name))
    assert fingerprint_of(schema) == ENDED.fingerprint


def test_what_was_never_registered_is_unknown(ids: SchemaIds) -> None:
    with pytest.raises(UnknownSchema):
        ids.id_of("joinedup.education.Holiday")
    with pytest.raises(UnknownSchema):
        ids.schema_of(987654321)


def test_a_codec_reads_what_another_wrote(ids: SchemaIds) -> None:
    payload = Codec(ids).encode(ENDED.full_name, a_record(ENDED))
    assert Codec(ids).decode(payload).record == a_record(ENDED)
