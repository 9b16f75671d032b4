"""CloudEvents are read as the conformance files of their project say."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.cloudevents import NotACloudEvent, data_of, from_headers, from_object
from tests.unit.schemas.shared_data import shared_file

MINIMAL = {
    "specversion": "1.0",
    "id": "minimal",
    "type": "io.cloudevents.test",
    "source": "https://cloudevents.io",
}
EXTENSIONS = ("extinteger", "extboolean", "extstring", "exturi", "exturiref", "extbinary")
THEN = datetime(2018, 4, 5, 17, 31, tzinfo=UTC)


def cases_of(name: str) -> list[dict[str, Any]]:
    text = shared_file("cloudevents", "format", "json", f"{name}.json").read_text("utf-8-sig")
    found: list[dict[str, Any]] = json.loads(text)["tests"]
    return found


def test_every_valid_event_of_the_conformance_files_is_read() -> None:
    read = {one["id"]: from_object(one["event"]) for one in cases_of("valid-events")}
    assert len(read) == 10
    core = read["validAllCoreAttributes"]
    assert (core.datacontenttype, core.subject, core.time) == ("text/plain", "tests", THEN)
    assert core.dataschema == "https://cloudevents.io/dataschema"
    assert read["validMinimalWithNullForOptional"].time is None
    assert read["validRelativeSource"].source == "#fragment"
    assert read["validSimpleTextData"].data == "Simple text"
    assert {one.time for name, one in read.items() if "WithTime" in name} == {THEN}
    extended = read["validAllExtensionTypes"].extensions
    assert extended["extinteger"] == 10 and extended["extboolean"] is True
    assert set(extended) == {*EXTENSIONS, "exttimestamp"}


def test_every_invalid_event_of_the_conformance_files_is_refused() -> None:
    cases = cases_of("invalid-events")
    assert len(cases) == 25
    for case in cases:
        with pytest.raises(NotACloudEvent):
            pytest.fail(f"{case['id']} was read as {from_object(case['event'])}")


def test_the_batches_of_the_conformance_files_are_read_or_refused_as_they_say() -> None:
    for case in cases_of("valid-batches"):
        assert len([from_object(one) for one in case["batch"]]) == len(case["batch"])
    for case in cases_of("invalid-batches"):
        with pytest.raises(NotACloudEvent):
            [from_object(one) for one in case["batch"]]


def test_binary_and_structured_mode_of_the_http_binding_read_the_same() -> None:
    shared_file("cloudevents", "features", "http-protocol-binding.feature")
    attributes = {
        "specversion": "1.0",
        "type": "com.example.someevent",
        "time": "2018-04-05T03:56:24Z",
        "id": "1234-1234-1234",
        "source": "/mycontext/subcontext",
    }
    data = {"message": "Hello World!"}
    for media in ("application/json", "application/json; charset=utf-8"):
        headers = {f"ce-{name}": value for name, value in attributes.items()}
        binary = from_headers({**headers, "content-type": media}, json.dumps(data).encode())
        structured = from_object({**attributes, "datacontenttype": media, "data": data})
        assert data_of(binary) == data_of(structured) == data
        for one in (binary, structured):
            assert (one.id, one.type) == (attributes["id"], attributes["type"])
            assert (one.source, one.datacontenttype) == (attributes["source"], media)
            assert one.time == datetime(2018, 4, 5, 3, 56, 24, tzinfo=UTC)


def test_an_attribute_in_a_header_is_percent_decoded() -> None:
    headers = {f"ce-{name}": value for name, value in MINIMAL.items()}
    assert from_headers({**headers, "ce-subject": "Euro%20%E2%82%AC"}, b"").subject == "Euro €"


def test_data_in_base64_are_bytes_and_what_is_not_base64_is_refused() -> None:
    assert data_of(from_object({**MINIMAL, "data_base64": "eyJhIjogMX0="})) == {"a": 1}
    with pytest.raises(NotACloudEvent, match="base64"):
        from_object({**MINIMAL, "data_base64": "%%"})


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "2025-02-30T00:00:00Z", 5])
def test_a_moment_that_there_is_not_is_refused(time: object) -> None:
    with pytest.raises(NotACloudEvent, match="time"):
        from_object({**MINIMAL, "time": time})
