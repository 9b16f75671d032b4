"""Whatever is changed, dropped, added or reordered in an export is found and named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.audit.checkpoint import (
    ACTIONS,
    DELIVERIES,
    EXPORTS,
    GLASS_REVIEWS,
    READS,
    SEARCHES,
    SIGN_INS,
    TRANSITIONS,
    Checkpoint,
)
from consumers.audit.evidence import Evidence, write_evidence
from consumers.audit.sealed import ACTS, CAME_IN, LOOKS, REVIEWED, SOUGHT, STEPS, TAKEN, chained
from consumers.audit.verifying import Finding, verify
from consumers.replay.comparing import next_chain
from consumers.signed_folder import write_manifest
from consumers.signing import Signer
from tests.unit.consumers.replay.test_comparing import HISTORY, kept

SIGNER, STRANGER = Signer(b"\x07" * 32), Signer(b"\x08" * 32)
LOOKED = [
    (n, str(100 + n), ("999", "330")[n % 2], f"child-{n}", "somebody", "lead", "child", "review", n)
    for n in range(1, 9)
]


STEPPED = [
    (n, str(200 + n), ("999", "330")[n % 2], 2, n, f'{{"local_authority":"x","step":"{n}"}}')
    for n in range(1, 5)
]


ACTED = [
    (
        *(n, str(300 + n), ("999", "330")[n % 2], f"{n}", "a", n, "SNOOZE", "a.lead", "", None),
        *("OTHER", "", None, None, n, "DONE"),
    )
    for n in range(1, 7)
]


EXPORTED = [
    (n, str(400 + n), ("999", "330")[n % 2], "m", "manager", "duty", "2026-01-01", "2026-01-31", n)
    for n in range(1, 5)
]
SEARCHED = [
    (n, str(500 + n), ("999", "330")[n % 2], "somebody", "lead", "NHS", "NOT_FOUND", n)
    for n in range(1, 5)
]
REVIEWS = [
    (
        n,
        str(600 + n),
        ("999", "330")[n % 2],
        f"look-{n}",
        "m",
        "JUSTIFIED",
        n,
        "c",
        "r",
        "lead",
        "X",
        1,
    )
    for n in range(1, 5)
]


SIGNED_IN = [
    (
        n,
        str(700 + n),
        ("999", "330")[n % 2],
        "somebody",
        "lead",
        "",
        "https://id",
        f"account-{n}",
        n,
    )
    for n in range(1, 5)
]


def tables(name: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a store that was told a history and looked into eight times."""
    told = kept(HISTORY)
    reads = [
        (one["la"], 0, one["number"], "", 0, one["body"], one["chain"])
        for one in chained(LOOKS, LOOKED, {})
    ]
    deliveries = [
        (one["la"], 0, one["number"], "", 0, one["body"], one["chain"])
        for one in chained(STEPS, STEPPED, {})
    ]
    acted = [
        (one["la"], 0, one["number"], "", 0, one["body"], one["chain"])
        for one in chained(ACTS, ACTED, {})
    ]
    taken = [
        (one["la"], 0, one["number"], "", 0, one["body"], one["chain"])
        for one in chained(TAKEN, EXPORTED, {})
    ]
    sought = [
        (one["la"], 0, one["number"], "", 0, one["body"], one["chain"])
        for one in chained(SOUGHT, SEARCHED, {})
    ]
    reviewed = [
        (one["la"], 0, one["number"], "", 0, one["body"], one["chain"])
        for one in chained(REVIEWED, REVIEWS, {})
    ]
    came_in = [
        (one["la"], 0, one["number"], "", 0, one["body"], one["chain"])
        for one in chained(CAME_IN, SIGNED_IN, {})
    ]
    heads = [
        *((TRANSITIONS, one.la, one.sequence, one.chain) for one in (told[3], told[-1])),
        *((READS, one[0], one[2], one[6]) for one in reads[-2:]),
        *((DELIVERIES, one[0], one[2], one[6]) for one in deliveries[-2:]),
        *((ACTIONS, one[0], one[2], one[6]) for one in acted[-2:]),
        *((EXPORTS, one[0], one[2], one[6]) for one in taken[-2:]),
        *((SEARCHES, one[0], one[2], one[6]) for one in sought[-2:]),
        *((GLASS_REVIEWS, one[0], one[2], one[6]) for one in reviewed[-2:]),
        *((SIGN_INS, one[0], one[2], one[6]) for one in came_in[-2:]),
    ]
    rows: dict[str, list[tuple[Any, ...]]] = {
        TRANSITIONS: [
            (one.la, 2, one.sequence, one.alert_id, one.number, one.body, one.chain) for one in told
        ],
        READS: sorted(reads),
        DELIVERIES: sorted(deliveries),
        ACTIONS: sorted(acted),
        EXPORTS: sorted(taken),
        SEARCHES: sorted(sought),
        GLASS_REVIEWS: sorted(reviewed),
        SIGN_INS: sorted(came_in),
        "checkpoints": [signed(*head) for head in heads],
        "proofs": [],
    }
    yield from rows[name]


ERASED = 5


def emptied(name: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of the same store after one of the children was erased."""
    told = kept(HISTORY)
    one = told[ERASED]
    if name == "proofs":
        before = next((o.chain for o in reversed(told[:ERASED]) if o.la == one.la), "")
        yield (one.la, 2, one.sequence, one.alert_id, one.number, before, one.chain, "e")
    for row in tables(name):
        is_gone = name == TRANSITIONS and row[2] == one.sequence
        yield (*row[:5], "", row[6]) if is_gone else row


def signed(chain: str, la: str, number: int, head: str, signer: Signer = SIGNER) -> Any:
    one = Checkpoint(chain=chain, local_authority=la, number=number, head=head, at=7)
    return (chain, la, number, head, 7, one.signed(signer).signature)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export that nobody touched."""
    folder = tmp_path_factory.mktemp("evidence")
    write_evidence(folder, None, emptied, SIGNER)
    return folder


def found(folder: Path) -> list[Finding]:
    return verify(folder, SIGNER.public_key).findings


def test_an_export_that_nobody_touched_has_no_finding(sound: Path) -> None:
    result = verify(sound, SIGNER.public_key)
    assert (result.rows, result.checkpoints, result.findings) == (len(HISTORY) + 34, 16, [])
    assert result.erased == 1


def test_an_export_of_a_store_of_which_nobody_was_erased_needs_no_proofs(tmp_path: Path) -> None:
    write_evidence(tmp_path, None, tables, SIGNER)
    assert found(tmp_path) == []


def test_an_export_of_the_first_releases_has_no_proofs_and_no_deliveries(tmp_path: Path) -> None:
    later = (DELIVERIES, ACTIONS, EXPORTS, SEARCHES)

    def of_the_first(name: str) -> Iterator[tuple[Any, ...]]:
        rows = () if name in ("proofs", *later) else tables(name)
        yield from (row for row in rows if row[0] not in later)

    write_evidence(tmp_path, None, of_the_first, SIGNER)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    for name in (f"{one}.jsonl" for one in ("proofs", *later)):
        (tmp_path / name).unlink()
        for named in (manifest["rows"], manifest["sha256"]):
            del named[name]
    write_manifest(tmp_path, msgspec.convert(manifest, Evidence), SIGNER)
    assert found(tmp_path) == []


def test_an_emptied_row_that_no_proof_names_is_named(tmp_path: Path) -> None:
    def unproved(name: str) -> Iterator[tuple[Any, ...]]:
        yield from (() if name == "proofs" else emptied(name))

    write_evidence(tmp_path, None, unproved, SIGNER)
    (one,) = found(tmp_path)
    assert (one.file, one.row) == ("transitions.jsonl", f"{HISTORY[ERASED].local_authority}/6")
    assert one.what == "it was emptied, and no proof of an erasure names it"


def test_a_proof_of_a_row_that_is_not_empty_is_named(tmp_path: Path) -> None:
    def untouched(name: str) -> Iterator[tuple[Any, ...]]:
        yield from (emptied if name == "proofs" else tables)(name)

    write_evidence(tmp_path, None, untouched, SIGNER)
    assert [(one.file, one.what) for one in found(tmp_path)] == [
        ("proofs.jsonl", "the row that it names is not empty, or not there")
    ]


@pytest.mark.parametrize("column", [3, 4, 5, 6])
def test_an_emptied_row_that_is_not_what_its_proof_says_is_named(
    tmp_path: Path, column: int
) -> None:
    def other(name: str) -> Iterator[tuple[Any, ...]]:
        for row in emptied(name):
            yield (
                (*row[:column], 7 if column == 4 else "7" * 64, *row[column + 1 :])
                if (name == "proofs")
                else row
            )

    write_evidence(tmp_path, None, other, SIGNER)
    (one,) = found(tmp_path)
    assert one.what == "it is not what the proof of its erasure says"


def cut_off(name: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a store from whose end a look was cut, with every checkpoint of it."""
    last = list(tables(READS))[-1]
    for row in tables(name):
        if row != last and (name, row[:3]) != ("checkpoints", (READS, last[0], last[2])):
            yield row


def written(file: Path, *rows: Any) -> Path:
    """Return the file, in which these checkpoints stand."""
    fields = ("chain", "local_authority", "number", "head", "at", "signature")
    lines = [json.dumps(dict(zip(fields, row, strict=True))) for row in rows]
    file.write_text("".join(f"{line}\n" for line in lines))
    return file


def test_rows_cut_off_with_their_checkpoints_are_missed_by_those_of_the_topic(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()
    write_evidence(folder, None, cut_off, SIGNER)
    assert found(folder) == []
    topic = written(tmp_path / "topic.jsonl", *tables("checkpoints"))
    result = verify(folder, SIGNER.public_key, [topic])
    (one,) = result.findings
    assert one.file == str(topic) and "reads.jsonl: there is no such row" in one.what
    assert result.checkpoints == 15 + 16


def test_an_export_is_as_of_before_anything_was_read_however_long_that_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = datetime(2026, 11, 28, 12, tzinfo=UTC)
    clock = SimpleNamespace(moment=begun)

    def slow(name: str) -> Iterator[tuple[Any, ...]]:
        clock.moment += timedelta(hours=1)
        yield from tables(name)

    now = SimpleNamespace(now=lambda _: clock.moment)
    monkeypatch.setattr("consumers.audit.evidence.datetime", now)
    evidence = write_evidence(tmp_path, None, slow, SIGNER)
    assert clock.moment > begun
    assert datetime.fromisoformat(evidence.made_at) == begun


def test_a_store_that_was_written_anew_contradicts_the_checkpoints_of_the_topic(
    sound: Path, tmp_path: Path
) -> None:
    chain, la, number, head, *_ = next(tables("checkpoints"))
    other, unsigned = signed(chain, la, number, "0" * 64), signed(chain, la, number, head, STRANGER)
    topic = written(tmp_path / "topic.jsonl", other, unsigned)
    assert [(one.file, one.what) for one in verify(sound, SIGNER.public_key, [topic]).findings] == [
        (str(topic), "transitions.jsonl: the row is another than was signed"),
        (str(topic), "the checkpoint was not signed so"),
    ]


def test_checkpoints_of_other_authorities_do_not_count_against_an_export_of_one(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()

    def of_one(name: str) -> Iterator[tuple[Any, ...]]:
        yield from (row for row in tables(name) if row[name == "checkpoints"] == "330")

    write_evidence(folder, "330", of_one, SIGNER)
    topic = written(tmp_path / "topic.jsonl", *tables("checkpoints"))
    assert verify(folder, SIGNER.public_key, [topic]).findings == []


@given(st.data())
def test_one_flipped_bit_anywhere_is_found_and_its_file_named(
    sound: Path, data: st.DataObject
) -> None:
    file = data.draw(st.sampled_from(sorted(sound.iterdir())))
    place = data.draw(st.integers(0, file.stat().st_size - 1))
    assert is_caught(sound, file, place, data.draw(st.integers(0, 7)))


def one_of_each(name: str) -> Iterator[tuple[Any, ...]]:
    """Yield the first row or two of each table, so few that every byte can be tried."""
    told = kept(HISTORY)[:2]
    if name == "proofs":
        yield (
            told[1].la,
            2,
            2,
            told[1].alert_id,
            told[1].number,
            told[0].chain,
            told[1].chain,
            "e",
        )
    elif name == TRANSITIONS:
        first, second = list(tables(name))[:2]
        yield from (first, (*second[:5], "", second[6]))
    elif name == "checkpoints":
        yield signed(TRANSITIONS, told[1].la, told[1].sequence, told[1].chain)
        row = next(tables(ACTIONS))
        yield signed(ACTIONS, row[0], row[2], row[6])
    else:
        yield next(tables(name))


def test_any_one_byte_flipped_in_any_file_of_an_export_is_found_and_its_file_named(
    tmp_path: Path,
) -> None:
    write_evidence(tmp_path, None, one_of_each, SIGNER)
    result = verify(tmp_path, SIGNER.public_key)
    assert (result.findings, result.checkpoints, result.erased) == ([], 2, 1)
    files = {file: file.stat().st_size for file in sorted(tmp_path.iterdir())}
    assert len(files) == 12
    missed = [
        (file.name, place)
        for file, size in files.items()
        for place in range(size)
        if not is_caught(tmp_path, file, place, place % 8)
    ]
    assert missed == []


def is_caught(folder: Path, file: Path, place: int, bit: int) -> bool:
    """Return whether the file is named once this bit of it is flipped, or the change says nothing.

    The file is as it was afterwards.
    """
    content = file.read_bytes()
    flipped = bytearray(content)
    flipped[place] ^= 1 << bit
    if file.suffix == ".sig" and _reads_the_same(content, bytes(flipped)):
        return True
    try:
        file.write_bytes(flipped)
        return file.stem in {one.file.split(".")[0] for one in found(folder)}
    finally:
        file.write_bytes(content)


def _reads_the_same(content: bytes, flipped: bytes) -> bool:
    """Return whether the signature is the same: case and white space of hexadecimal say nothing."""
    try:
        return bytes.fromhex(flipped.decode("ascii")) == bytes.fromhex(content.decode("ascii"))
    except ValueError:
        return False


Change = Callable[[list[dict[str, Any]], int], None]


def _drop(rows: list[dict[str, Any]], place: int) -> None:
    del rows[place]


def _swap(rows: list[dict[str, Any]], place: int) -> None:
    other = place - 1 if place else 1
    rows[place], rows[other] = rows[other], rows[place]


def _repeat(rows: list[dict[str, Any]], place: int) -> None:
    rows.insert(place, rows[place])


def _retell(rows: list[dict[str, Any]], place: int) -> None:
    rows[place]["body"] = rows[place]["body"].replace('"', '" ', 1) or "{}"


@given(
    st.sampled_from([TRANSITIONS, READS, DELIVERIES, ACTIONS, EXPORTS, SEARCHES]),
    st.sampled_from([_drop, _swap, _repeat, _retell]),
    st.integers(0, 100),
    st.booleans(),
)
def test_a_row_dropped_moved_repeated_or_retold_is_found_even_by_a_forger_of_chains(
    sound: Path, chain: str, change: Change, place: int, forged: bool
) -> None:
    file = sound / f"{chain}.jsonl"
    content = file.read_bytes()
    rows = [json.loads(line) for line in content.splitlines()]
    change(rows, place % len(rows))
    if forged:
        _forge(chain, rows)
    try:
        file.write_text("".join(json.dumps(one) + "\n" for one in rows))
        findings = found(sound)
    finally:
        file.write_bytes(content)
    assert file.name in {one.file for one in findings} | {
        f"{chain}.jsonl" for one in findings if chain in one.what
    }
    # The order of two authorities' rows on a partition is in no chain: only the file is named.
    assert any(one.row != "-" for one in findings) or (forged and change is _swap)


def _forge(chain: str, rows: list[dict[str, Any]]) -> None:
    chains: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for row in rows:
        key = "" if chain == TRANSITIONS else row["la"]
        numbers[key] = row["sequence"] = numbers.get(key, 0) + 1
        row["chain"] = chains[row["la"]] = next_chain(chains.get(row["la"], ""), row["body"])


def test_a_checkpoint_that_somebody_else_signed_is_named(sound: Path, tmp_path: Path) -> None:
    def forged(name: str) -> Iterator[tuple[Any, ...]]:
        rows = list(tables(name))
        if name == "checkpoints":
            rows[0] = signed(*rows[0][:4], signer=STRANGER)
        yield from rows

    write_evidence(tmp_path, None, forged, SIGNER)
    assert [(one.file, one.what) for one in found(tmp_path)] == [
        ("checkpoints.jsonl", "the checkpoint was not signed so")
    ]


def test_an_export_of_rewritten_history_contradicts_the_checkpoints_even_when_signed(
    tmp_path: Path,
) -> None:
    def rewritten(name: str) -> Iterator[tuple[Any, ...]]:
        rows = list(tables(name))
        if name == TRANSITIONS:
            dicts = [
                {"la": r[0], "sequence": r[2], "body": r[5].replace("10 days", "9 days")}
                for r in rows
            ]
            _forge(name, dicts)
            rows = [(*r[:5], d["body"], d["chain"]) for r, d in zip(rows, dicts, strict=True)]
        yield from rows

    write_evidence(tmp_path, None, rewritten, SIGNER)
    assert {one.what for one in found(tmp_path)} == {
        "transitions.jsonl: the row is another than was signed"
    }


def test_an_export_of_another_signer_is_not_verified(sound: Path) -> None:
    findings = verify(sound, STRANGER.public_key).findings
    assert findings[0].file == "manifest.json"


@pytest.mark.parametrize(
    "file",
    [
        *("transitions.jsonl", "reads.jsonl", "deliveries.jsonl", "actions.jsonl"),
        *("checkpoints.jsonl", "proofs.jsonl"),
    ],
)
def test_a_file_that_is_missing_is_named(sound: Path, tmp_path: Path, file: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(sound, copy)
    (copy / file).unlink()
    assert (file, "the file is missing") in {(one.file, one.what) for one in found(copy)}
