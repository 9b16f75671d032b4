"""Takes what was made to fill memory or to run for ever, in a process of bounded memory."""

from __future__ import annotations

import gzip
import resource
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from consumers.intake.examining import Examiner, Refused
from consumers.intake.incoming import Incoming
from producers.files import FORMATS, Unreadable
from producers.files.outcomes import Made
from schemas.codec import Codec
from schemas.registry import MemoryRegistry
from schemas.signature import sign
from tests.fuzz.test_files import CONTEXT
from tests.fuzz.test_messages import FRAME, wire, zigzag
from tests.unit.consumers.messages import (
    LA,
    NOW,
    PARTITION,
    SCHOOL,
    SOURCES,
    TOKENS,
    TOPICS,
    a_message,
    a_record,
    identifier,
)

CPU_SECONDS = 60
BIG = 16 * 1024 * 1024
REVIEW = "joinedup.education.ApReviewHeld"


def lol() -> bytes:
    """Return the billion laughs."""
    names = [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)]
    doctype = f'<!DOCTYPE x [<!ENTITY l0 "lol">{"".join(names)}]>'
    return f"<?xml version='1.0'?>{doctype}<CarePlan>&l9;</CarePlan>".encode()


def external() -> bytes:
    """Return a document that asks for a file of this machine."""
    doctype = '<!DOCTYPE x [<!ENTITY l SYSTEM "file:///etc/passwd">]>'
    return f"{doctype}<CarePlan><id value='&l;'/></CarePlan>".encode()


FHIR: dict[str, Callable[[], bytes]] = {
    "laughs.xml": lol,
    "external.xml": external,
    "deep.xml": lambda: b"<a>" * 2_000_000,
    "wide.xml": lambda: b"<Bundle>" + b"<a/>" * 3_900_000 + b"</Bundle>",
    "attributes.xml": lambda: b"<a " + b" ".join(b"a%d='1'" % n for n in range(900_000)) + b"/>",
    "deep.json": lambda: b'{"a":' * 2_000_000,
    "lists.json": lambda: b'{"resourceType":"X","a":' + b"[" * 900 + b"]" * 900 + b"}",
    "wide.json": lambda: b'{"resourceType":"Bundle","entry":[' + b"{}," * 5_000_000 + b"{}]}",
    "numbers.json": lambda: b'{"resourceType":"Bundle","entry":[' + b"0," * 7_900_000 + b"0]}",
    "digits.json": lambda: b'{"resourceType":"X","id":' + b"9" * 15_000_000 + b"}",
    "huge.json": lambda: b'{"resourceType":"X","id":"' + b"a" * (BIG + 1) + b'"}',
}
TABLES: dict[str, Callable[[], bytes]] = {
    "columns.csv": lambda: b"CHILD," * 1_000_000 + b"\n" + b"1," * 1_000_000,
    "unclosed.csv": lambda: b'CHILD,DECOM,RNE,DEC,REC\n"' + b"a,b\n" * 3_000_000,
    "line.csv": lambda: b"CHILD" * 4_000_000,
    "nul.csv": lambda: b"CHILD,DECOM,RNE,DEC,REC\n" + b"\x00" * 10_000_000,
    "quotes.csv": lambda: b"CHILD,DECOM,RNE,DEC,REC\n" + b'"",' * 2_000_000,
}
LINES: dict[str, Callable[[], bytes]] = {
    "line.jsonl": lambda: b'{"type":"' + b"a" * 20_000_000,
    "deep.jsonl": lambda: b'{"a":' * 190_000,
    "text.jsonl": lambda: b'{"type":"ApReviewHeld","source_record_id":"' + b"a" * 900_000 + b'"}',
    "digits.jsonl": lambda: b'{"type":"ApReviewHeld","revision":' + b"9" * 900_000 + b"}",
}


SAME_READER = ("nems", "cpis", "sen2", "cin-census", "ssda903")
XML = {name: make for name, make in FHIR.items() if name.endswith(".xml")}
RETURNS: dict[str, Callable[[], bytes]] = {
    "record.xml": lambda: _in_return(b"<a/>" * 3_900_000),
    "value.xml": lambda: _in_return(b"<a>" + b"9" * 15_000_000 + b"</a>"),
    "comment.xml": lambda: _in_return(b"<!--" + b"a" * 15_000_000 + b"-->"),
    "tag.xml": lambda: _in_return(b"<a b='" + b"a" * 15_000_000 + b"'/>"),
    "namespace.xml": lambda: b"<NCCIS " + b"".join(b" xmlns:a%d='1'" % n for n in range(400_000)),
}


def _in_return(content: bytes) -> bytes:
    head = b"<FileHeader><PeriodEnd>2025-08-31</PeriodEnd></FileHeader><YoungPersonsRecord>"
    return b"<NCCIS>" + head + content + b"</YoungPersonsRecord></NCCIS>"


def archive(kind: str) -> bytes:
    """Return an archive of far more than its size, which no reader opens."""
    zeros = bytes(100_000_000)
    if kind == "gz":
        return gzip.compress(zeros, 9)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr("episodes.csv", zeros)
        return path.read_bytes()


def files() -> Iterator[tuple[str, str, bytes]]:
    """Yield format, file name and content of each."""
    for form, bombs in (("fhir", FHIR), ("nccis", XML | RETURNS), ("events", LINES)):
        yield from ((form, name, make()) for name, make in bombs.items())
    for form in SAME_READER:
        # What reads them has been shown the rest above.
        yield from ((form, name, FHIR[name]()) for name in ("laughs.xml", "external.xml"))
    for make in TABLES.values():
        yield "ssda903", "episodes.csv", make()
        yield "school-census", "pupilonroll.csv", make()
    for form, name in (("ssda903", "episodes.csv"), ("fhir", "a.xml"), ("events", "a.jsonl")):
        for kind in ("zip", "gz"):
            yield form, name, archive(kind)


def refuse_files() -> None:
    """Read each bomb; none of it may become an event."""
    for form, name, content in files():
        with TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(content)
            del content
            try:
                for one in FORMATS[form].read([path], replace(CONTEXT)):
                    assert not isinstance(one, Made), name
            except Unreadable:
                pass


def messages() -> Iterator[bytes]:
    """Yield values of hostile lengths and counts."""
    good, end = wire(REVIEW), 2**62
    lengths = [zigzag(n) for n in (end, -end, -1, 2**63 - 1, -(2**63), 2_000_000)]
    for at in range(5, len(good), 7):
        yield from (good[:at] + length + good[at:] for length in lengths)
    yield FRAME.pack(0, 1) + bytes(1_000_000)
    yield good[:5] + b"\x02" * 1_000_000
    yield good[:5] + zigzag(2_000_000) + b"a" * 2_000_000
    yield good + bytes(2_000_000)


def large() -> Iterator[dict[str, object]]:
    """Yield what differs in records that decode, and are larger than any that is in order."""
    yield {"identifiers": [identifier("UPN", "a")] * 300_000}
    for number in range(60):
        text = f"{number}" + "a" * 2_000_000
        yield {"source_record_id": text, "identifiers": [identifier("MIS_ID", text)]}


def refuse_messages() -> None:
    """Examine each bomb, also under keys and headers that are as large."""
    codec = Codec(MemoryRegistry())
    examiner = Examiner(TOPICS, codec, SOURCES, TOKENS)
    for value in messages():
        signature = sign(SCHOOL.key, LA, REVIEW, value).encode()
        _refuse(examiner, value, LA.encode(), (("x-sig", signature),))
    for number in range(60):
        huge = b"%d" % number * 2_000_000
        _refuse(examiner, wire(REVIEW), huge[:2_000_000], ())
        _refuse(examiner, wire(REVIEW), LA.encode(), (("x-sig", huge),) * 3)
    for given in large():
        found = examiner.examine(a_message(a_record("ApReviewHeld", SCHOOL, **given)))
        assert isinstance(found, Refused)


def _refuse(
    examiner: Examiner, value: bytes, key: bytes, headers: tuple[tuple[str, bytes], ...]
) -> None:
    incoming = Incoming(
        topic=TOPICS.education,
        partition=PARTITION,
        offset=0,
        time=NOW,
        key=key,
        value=value,
        headers=headers,
    )
    assert isinstance(examiner.examine(incoming), Refused)


def main(name: str, megabytes: int) -> None:
    """Take the bombs of this kind with at most so much memory and time."""
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    {"files": refuse_files, "messages": refuse_messages}[name]()
    print("all are refused")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
