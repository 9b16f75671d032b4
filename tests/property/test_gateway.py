"""Whatever a client sends, the gateway answers with what is wrong, and never fails on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from gateway.conformance import Checklist
from gateway.reading import MEDIA_TYPES
from joinedup.commands.conformance import stand_in
from schemas.catalogue import event_types
from tests.lengths import in_full

REPEATED = settings(
    max_examples=in_full(3_000, otherwise=60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ANSWERS = {202, 400, 403, 409, 413, 415, 422, 429, 503}
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)
FIELDS = sorted({name for one in event_types().values() for name in one.field_names})
EVENT = st.dictionaries(st.sampled_from([*FIELDS, "type", "data", "id"]), ANY, max_size=12)
NAMED = st.sampled_from(sorted(event_types())).flatmap(
    lambda name: EVENT.map(lambda given: {**given, "type": name, "revision": 1})
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["specversion", "id", "source", "type", "time", "data", "data_base64", "x"]),
    ANY,
    max_size=8,
).map(lambda given: {"specversion": "1.0", "id": "i", "source": "s", "type": "t", **given})


@pytest.fixture
def http(tmp_path: Path) -> Iterator[TestClient]:
    app, secret = stand_in(tmp_path, Checklist(), "supplier", "test", "education", "999")
    with TestClient(app, raise_server_exceptions=False) as client:
        form = {"grant_type": "client_credentials"}
        token = client.post("/token", data=form, auth=("supplier/test", secret)).json()
        client.headers["Authorization"] = f"Bearer {token['access_token']}"
        yield client


def answer(http: TestClient, body: bytes, media: str, **more: str) -> int:
    return http.post("/events", content=body, headers={"Content-Type": media, **more}).status_code


@REPEATED
@given(body=st.binary(max_size=200), media=st.sampled_from(MEDIA_TYPES))
def test_any_bytes_are_answered(http: TestClient, body: bytes, media: str) -> None:
    assert answer(http, body, media) in ANSWERS


@REPEATED
@given(found=ANY | EVENT | NAMED | st.lists(NAMED, max_size=3))
def test_any_json_is_answered(http: TestClient, found: Any) -> None:
    assert answer(http, json.dumps(found).encode(), "application/json") in ANSWERS


@REPEATED
@given(found=ATTRIBUTES | ANY, many=st.booleans())
def test_any_cloud_event_is_answered(http: TestClient, found: Any, many: bool) -> None:
    media = "application/cloudevents-batch+json" if many else "application/cloudevents+json"
    body = json.dumps([found] if many else found).encode()
    assert answer(http, body, media) in ANSWERS


@REPEATED
@given(
    given=st.dictionaries(
        st.sampled_from(["ce-id", "ce-type", "ce-source", "ce-time", "ce-dataschema", "ce-x"]),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
    ),
    body=st.binary(max_size=50),
)
def test_any_headers_are_answered(http: TestClient, given: dict[str, str], body: bytes) -> None:
    more = {"ce-specversion": "1.0", **given}
    assert answer(http, body, "application/json", **more) in ANSWERS


@REPEATED
@given(form=st.binary(max_size=100), name=st.text(max_size=10), secret=st.text(max_size=10))
def test_any_client_is_answered(http: TestClient, form: bytes, name: str, secret: str) -> None:
    wanted = {400, 401, 413, 429}
    media = {"Content-Type": "application/x-www-form-urlencoded"}
    said = http.post("/token", content=form, headers=media, auth=(name, secret))
    assert said.status_code in wanted
