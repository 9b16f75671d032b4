"""Whatever stands in a file of an operator's: it is taken, or refused in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.audit.verifying import verify
from consumers.replay.comparing import next_chain
from tests.fuzz.conftest import PROFILE
from tests.fuzz.mutations import broken
from tests.fuzz.operators_files import FILES, assert_verified, exported
from tests.unit.consumers.audit.test_verifying import SIGNER

DIGITS = b"9" * 5000
DEEP = b"[" * 5000
HOSTILE = [b"", b"\xff", b"version = " + DIGITS, b"version = " + DEEP, DEEP, b'{"a":' * 5000]


@pytest.mark.parametrize("kind", FILES)
def test_an_operators_file_is_taken_or_refused_in_a_sentence(kind: str, tmp_path: Path) -> None:
    one = FILES[kind]
    for hostile in HOSTILE:
        one.assert_promise(tmp_path / "file", hostile)

    @PROFILE
    @given(broken(st.just(one.whole)))
    def check(content: bytes) -> None:
        one.assert_promise(tmp_path / "file", content)

    check()


def test_an_export_that_was_broken_is_verified_to_its_end(tmp_path: Path) -> None:
    whole = exported(tmp_path)
    names = st.sampled_from(sorted(whole))

    @PROFILE
    @given(names.flatmap(lambda name: st.tuples(st.just(name), broken(st.just(whole[name])))))
    def check(one: tuple[str, bytes]) -> None:
        assert_verified(tmp_path, whole, *one)

    check()


@pytest.mark.parametrize("body", ["[]", "7", "[" * 100_000])
def test_a_row_whose_text_is_no_record_is_named_though_the_chain_holds(
    body: str, tmp_path: Path
) -> None:
    exported(tmp_path)
    row = (
        f'{{"la":"999","partition":0,"sequence":1,"alert_id":"","number":0,"body":"{body}",'
        f'"chain":"{next_chain("", body)}"}}\n'
    )
    (tmp_path / "reads.jsonl").write_text(row)
    found = verify(tmp_path, SIGNER.public_key).findings
    assert "its columns are not what its text says" in {one.what for one in found}
