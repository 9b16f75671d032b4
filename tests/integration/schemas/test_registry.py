"""Our types in the real registry, and what it refuses."""

from __future__ import annotations

import json
import secrets
from typing import Any

import pytest

from schemas.canonical import fingerprint_of
from schemas.catalogue import EventType, event_types
from schemas.codec import Codec, Undecodable
from schemas.registry import IncompatibleSchema, Registry, RegistryError, UnknownSchema
from tests.unit.schemas.examples import a_record

TYPES = list(event_types().values())
ENDED = event_types()["ApPlacementEnded"]


@pytest.fixture
def sample() -> dict[str, Any]:
    """Return a schema that no other test registers."""
    return {
        "type": "record",
        "name": f"Sample{secrets.token_hex(4)}",
        "namespace": "joinedup.test",
        "fields": [{"name": "day", "type": {"type": "int", "logicalType": "date"}}],
    }


def name_of(schema: dict[str, Any]) -> str:
    return f"{schema['namespace']}.{schema['name']}"


def extended(schema: dict[str, Any], **field: Any) -> dict[str, Any]:
    return {**schema, "fields": [*schema["fields"], field]}


def test_every_type_has_a_number_of_its_own_and_keeps_it(registry: Registry) -> None:
    ids = registry.register_all(TYPES)
    assert ids.keys() == {one.full_name for one in TYPES}
    assert len(set(ids.values())) == len(TYPES)
    assert registry.register_all(TYPES) == ids


def test_every_registered_schema_has_our_fingerprint(registry: Registry, registry_url: str) -> None:
    afresh = Registry(registry_url)
    for one in TYPES:
        assert fingerprint_of(afresh.schema_of(afresh.id_of(one.full_name))) == one.fingerprint
    afresh.close()


def test_the_rule_is_set(registry: Registry) -> None:
    assert registry.compatibility() == "FULL_TRANSITIVE"


def test_a_new_field_with_a_default_is_taken(registry: Registry, sample: dict[str, Any]) -> None:
    first = registry.register(name_of(sample), sample)
    newer = extended(sample, name="note", type=["null", "string"], default=None)
    assert registry.register(name_of(sample), newer) != first


@pytest.mark.parametrize(
    "breaking",
    [
        {"name": "note", "type": "string"},
        {"name": "day", "type": "string"},
    ],
    ids=["a field without a default", "another type"],
)
def test_a_breaking_change_is_refused(
    registry: Registry, sample: dict[str, Any], breaking: dict[str, Any]
) -> None:
    registry.register(name_of(sample), sample)
    kept = [field for field in sample["fields"] if field["name"] != breaking["name"]]
    with pytest.raises(IncompatibleSchema):
        registry.register(name_of(sample), {**sample, "fields": [*kept, breaking]})


def test_a_change_that_only_the_first_version_objects_to_is_refused(
    registry: Registry, sample: dict[str, Any]
) -> None:
    registry.register(name_of(sample), extended(sample, name="note", type="string", default=""))
    registry.register(name_of(sample), sample)
    with pytest.raises(IncompatibleSchema):
        registry.register(name_of(sample), extended(sample, name="note", type="long", default=0))


def test_a_breaking_change_of_our_own_type_is_refused(registry: Registry) -> None:
    breaking = json.loads(json.dumps(ENDED.schema))
    breaking["fields"][0]["type"] = "long"
    with pytest.raises(IncompatibleSchema):
        registry.register(ENDED.full_name, breaking)


def test_what_is_not_registered_is_unknown(registry: Registry, registry_url: str) -> None:
    with pytest.raises(UnknownSchema):
        registry.schema_of(987654321)
    with pytest.raises(Undecodable) as caught:
        Codec(registry).decode(b"\x00\x3a\xde\x68\xb1\x00")
    assert caught.value.reason_code == "unknown-schema"


def test_a_wrong_address_is_not_an_unknown_schema(registry_url: str) -> None:
    elsewhere = Registry(registry_url.replace("/ccompat/v7", "/ccompat/v77"))
    with pytest.raises(RegistryError, match="JOINEDUP_REGISTRY_URL") as caught:
        elsewhere.schema_of(1)
    assert not isinstance(caught.value, UnknownSchema)
    elsewhere.close()


@pytest.mark.parametrize("one", TYPES, ids=lambda one: one.name)
def test_every_type_is_read_through_the_registrys_copy(
    registry: Registry, registry_url: str, one: EventType
) -> None:
    payload = Codec(registry).encode(one.full_name, a_record(one))
    afresh = Registry(registry_url)
    assert Codec(afresh).decode(payload).record == a_record(one)
    afresh.close()
