"""What is fuzzed towards code that is not reached yet: each decoder, file adapter and HTTP body.

A target turns bytes into an input and asserts what the other fuzz tests assert, by their functions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from consumers.intake.incoming import Incoming
from schemas.catalogue import event_types
from schemas.codec import Undecodable
from schemas.signature import sign
from tests.fuzz.gateway import MODES, bodies, fuzzed
from tests.fuzz.operators_files import FILES, assert_verified, exported
from tests.fuzz.seeds import OURS, seeds
from tests.fuzz.test_files import assert_discreet, outcomes
from tests.fuzz.test_messages import (
    CODEC,
    EMPTY,
    LOOP,
    TYPES,
    assert_accounted,
    assert_decodes,
    assert_parsed,
    assert_undecodable,
    wire,
)
from tests.unit.consumers.messages import LA, NOW, PARTITION, SCHOOL, TOPICS

Check = Callable[[bytes], None]
"""Takes an input; raises where a promise is broken."""


@dataclass(frozen=True)
class Target:
    """A target: its name, what it begins with, and what opens its check for a while."""

    name: str
    seeds: Callable[[], list[bytes]]
    opened: Callable[[], AbstractContextManager[Check]]


def targets() -> dict[str, Target]:
    """Return every target by its name."""
    every = [
        *(Target(f"file:{form}", partial(_files, form), partial(_delivery, form)) for form in OURS),
        *(Target(f"http:{mode}", partial(bodies, mode), partial(_post, mode)) for mode in MODES),
        *(Target(f"own:{kind}", partial(_own, kind), partial(_owned, kind)) for kind in FILES),
        Target("export", _export, _verified),
        Target("avro", _messages, _steady(_message)),
        Target("avro-schema", _schemas, _steady(_schema)),
        Target("journeys", _journeys, _steady(_journey)),
    ]
    return {one.name: one for one in every}


def _steady(check: Check) -> Callable[[], AbstractContextManager[Check]]:
    @contextmanager
    def opened() -> Iterator[Check]:
        yield check

    return opened


def _files(form: str) -> list[bytes]:
    """Return the seeds of a format: which file of the delivery is meant, then its content."""
    named = enumerate(OURS[form])
    return [bytes([number]) + one for number, name in named for one in seeds(form, name)]


@contextmanager
def _delivery(form: str) -> Iterator[Check]:
    names = list(OURS[form])

    def check(data: bytes) -> None:
        name, content = names[(data or b"\0")[0] % len(names)], data[1:]
        rest = {other: whole for other, whole in OURS[form].items() if other != name}
        if name.endswith(".json") and content.lstrip()[:1] == b"<":
            name = name.removesuffix(".json") + ".xml"
        with TemporaryDirectory() as folder:
            assert_discreet(outcomes(form, {**rest, name: content}, Path(folder)) or [])

    yield check


@contextmanager
def _post(mode: str) -> Iterator[Check]:
    with TemporaryDirectory() as folder, fuzzed(Path(folder)) as gateway:
        yield partial(gateway.assert_promise, mode)


def _own(kind: str) -> list[bytes]:
    return [FILES[kind].whole]


@contextmanager
def _owned(kind: str) -> Iterator[Check]:
    with TemporaryDirectory() as folder:
        yield partial(FILES[kind].assert_promise, Path(folder) / "file")


def _export() -> list[bytes]:
    """Return the seeds of an export: which of its files is meant, then its content."""
    with TemporaryDirectory() as folder:
        files = exported(Path(folder)).values()
        return [bytes([number]) + content for number, content in enumerate(files)]


@contextmanager
def _verified() -> Iterator[Check]:
    with TemporaryDirectory() as folder:
        whole = exported(Path(folder))
        names = list(whole)

        def check(data: bytes) -> None:
            name = names[(data or b"\0")[0] % len(names)]
            assert_verified(Path(folder), whole, name, data[1:])

        yield check


def _messages() -> list[bytes]:
    return [wire(name) for name in TYPES]


def _message(data: bytes) -> None:
    """Decode a message, then put it before intake signed by one who may write it."""
    assert_decodes(data)
    try:
        name = CODEC.decode(data).full_name
    except Undecodable:
        name = TYPES[0]
    signature = sign(SCHOOL.key, LA, name, data).encode()
    for topic in TOPICS.inputs:
        one = Incoming(
            topic=topic,
            partition=PARTITION,
            offset=0,
            time=NOW,
            key=LA.encode(),
            value=data,
            headers=(("x-sig", signature),),
        )
        assert_accounted([one])


def _schemas() -> list[bytes]:
    known = [one.schema for one in list(event_types().values())[:6]]
    return [json.dumps(one).encode() + b"\n\0\0\0" for one in (*known, EMPTY, LOOP, ["null"])]


def _schema(data: bytes) -> None:
    """Read a message with a schema that somebody registered: a line of JSON, then the body."""
    text, _, body = data.partition(b"\n")
    try:
        schema = json.loads(text)
    except (ValueError, RecursionError):
        return
    assert_undecodable(schema, body)


_HEADS = (
    b"format: 1\nkind: event\nla: 999\ntype: joinedup.education.ApReviewHeld\nkappa: 1\n"
    b"from: a/0/1\nkey: a\nrecord: b\nsource: a/b\nrevision: 1\nretracted: 0\nscope: c",
    b"format: 1\nkind: tick\nla: \ntype: joinedup.control.Tick\nkappa: 1795435200000",
    b"format: 1\nkind: gap\nla: 999\ntype: joinedup.control.Gap\nkappa: 1\nfrom: a/0/1",
)


def _journeys() -> list[bytes]:
    return [head + b"\n\n" + wire(TYPES[0]) for head in _HEADS]


def _journey(data: bytes) -> None:
    """Parse a record of journeys: headers as lines, an empty one, then the value."""
    head, _, value = data.partition(b"\n\n")
    named = (line.partition(b": ") for line in head.split(b"\n"))
    assert_parsed([(name.decode(errors="replace"), of) for name, _, of in named], value)
