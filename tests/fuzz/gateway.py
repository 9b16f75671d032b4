"""The requests that a gateway is fuzzed with, and what it promises of each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from gateway.cloudevents import BATCH, STRUCTURED
from gateway.problems import MEDIA_TYPE
from gateway.reading import FHIR_JSON, FHIR_XML, JSON
from gateway.remembered import Remembered
from gateway.tokens import Tokens
from producers.delivery import Rehearsal
from producers.results import Valid
from tests.fuzz.mutations import is_discreet
from tests.fuzz.seeds import DATA, OURS, seeds
from tests.unit.gateway.conftest import LA, SCHOOL, TRUST, Gateway, a_gateway
from tests.unit.gateway.test_events import REVIEW, cloud_event

Header = tuple[bytes, bytes]
_UNLIMITED = 10**9
_WEEK = 7 * 24 * 3600
_NAME = re.compile(rb"content-type|ce-[a-z0-9!#$%&'*+.^_`|~-]+")
_ID = "7d1f9f0a-5b1c-4a55-9d0e-0d2f3f6f6b11"


@dataclass(frozen=True)
class Fuzzed:
    """A gateway that remembers nothing and lets through any rate, with lasting tokens."""

    gateway: Gateway
    tokens: dict[str, bytes]

    def assert_promise(self, mode: str, content: bytes) -> None:
        """Send what a request of this mode holds; assert that it is taken or refused, as said."""
        who, headers, body = _request(mode, content)
        headers = [*headers, (b"authorization", self.tokens[who])]
        answer = self.gateway.http.post(f"/events?la={LA}", content=body, headers=headers)
        taken = list(self.gateway.broker.kept)
        self.gateway.broker.kept.clear()
        assert is_discreet(answer.text)
        if answer.status_code == 202:
            assert len(answer.json()["events"]) == len(taken)
            assert mode == "fhir" or len(taken) == _told(mode, body)
            rehearsal = Rehearsal()
            assert all(isinstance(rehearsal.publish(event), Valid) for event in taken)
            return
        assert answer.status_code in (400, 403, 409, 413, 415, 422), answer.status_code
        assert answer.headers["content-type"] == MEDIA_TYPE
        assert answer.json()["detail"].endswith(".")
        assert not taken


@contextmanager
def fuzzed(folder: Path) -> Iterator[Fuzzed]:
    """Give such a gateway, its files in this folder."""
    limits = {"rate_per_second": _UNLIMITED, "burst": _UNLIMITED}
    with a_gateway(folder, **limits, max_body_bytes=1_000_000, max_events=50) as gateway:
        state = gateway.http.app.state  # type: ignore[attr-defined]
        lasting = Tokens(state.parts.clients, _WEEK)  # a run may outlast the gateway's ten minutes
        state.parts = replace(state.parts, remembered=Remembered(0), tokens=lasting)
        tokens = {who: gateway.bearer(who)["Authorization"].encode() for who in (SCHOOL, TRUST)}
        yield Fuzzed(gateway, tokens)


def _request(mode: str, content: bytes) -> tuple[str, list[Header], bytes]:
    """Return who sends it, its headers and its body."""
    if mode == "binary":
        return SCHOOL, *_with_headers(content)
    if mode == "fhir":
        media = FHIR_XML if content.lstrip()[:1] == b"<" else FHIR_JSON
        return TRUST, [(b"content-type", media.encode())], content
    media = {"json": JSON, "structured": STRUCTURED, "batch": BATCH}[mode]
    return SCHOOL, [(b"content-type", media.encode())], content


def _with_headers(content: bytes) -> tuple[list[Header], bytes]:
    """Return what stands before the first empty line as headers, and the rest as the body."""
    head, _, body = content.partition(b"\n\n")
    named = (line.partition(b":") for line in head.split(b"\n"))
    given = [(name.strip().lower(), value.strip()) for name, _, value in named]
    return [(b"ce-specversion", b"1.0"), *(one for one in given if _is_handed_on(*one))], body


def _is_handed_on(name: bytes, value: bytes) -> bool:
    """Whether a server hands on such a header, and it is none that is not tried here."""
    return _NAME.fullmatch(name) is not None and not re.search(rb"[\x00\r\n]", value)


def _told(mode: str, body: bytes) -> int:
    """Return how many events a body that was taken tells of."""
    if mode in ("binary", "structured"):
        return 1
    given = json.loads(body)
    return len(given) if isinstance(given, list) else 1


@cache
def bodies(mode: str) -> list[bytes]:
    """Return requests of this mode as they should be, ours and those of others, if there."""
    return _SEEDS[mode]()


def _plain() -> list[bytes]:
    lines = [json.loads(line) for line in OURS["events"]["events.jsonl"].splitlines()]
    return [json.dumps(one).encode() for one in (REVIEW, [REVIEW, REVIEW], lines)]


def _structured() -> list[bytes]:
    conformance = [*_conformance("valid-events"), *_conformance("invalid-events")]
    return [json.dumps(one).encode() for one in (cloud_event(id=_ID), *conformance)]


def _batch() -> list[bytes]:
    conformance = [*_conformance("valid-batches"), *_conformance("invalid-batches")]
    ours = [cloud_event(id=_ID), cloud_event(id=_ID.replace("7", "8"))]
    return [json.dumps(one).encode() for one in (ours, [], *conformance)]


def _conformance(name: str) -> list[object]:
    file = DATA / "cloudevents" / "format" / "json" / f"{name}.json"
    tests = json.loads(file.read_text())["tests"] if file.exists() else []
    return [one.get("event", one.get("batch")) for one in tests]


def _binary() -> list[bytes]:
    event = cloud_event(id=_ID, time="2026-10-16T09:00:00Z", subject="a")
    body = json.dumps(event.pop("data")).encode()
    head = "\n".join(f"ce-{name}: {value}" for name, value in event.items())
    return [b"content-type: application/json\n" + head.encode() + b"\n\n" + body]


def _fhir() -> list[bytes]:
    forms = [(form, name) for form in ("fhir", "nems", "cpis") for name in OURS[form]]
    return [one for form, name in forms for one in seeds(form, name)]


_SEEDS: dict[str, Callable[[], list[bytes]]] = {
    "json": _plain,
    "structured": _structured,
    "batch": _batch,
    "binary": _binary,
    "fhir": _fhir,
}
MODES = tuple(_SEEDS)
"""The ways to send events over HTTP."""
