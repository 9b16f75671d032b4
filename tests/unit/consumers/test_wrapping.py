"""While a master key is renewed, both open, one wraps, and neither shows."""

from __future__ import annotations

import pytest
from psycopg.conninfo import conninfo_to_dict

from consumers.errors import BrokenPromise
from consumers.wrapping import Wrapping, known_by

KEY_ID = "0f" * 16
OLD, NEW = "11" * 32, "22" * 32


def test_both_open_and_the_first_wraps() -> None:
    both = Wrapping.of(f"{NEW},{OLD}")
    before = Wrapping.of(OLD).wrap(KEY_ID, "330", b"leaf key")
    after = both.wrap(KEY_ID, "330", b"leaf key")
    assert both.unwrap(KEY_ID, "330", before) == both.unwrap(KEY_ID, "330", after) == b"leaf key"
    assert Wrapping.of(NEW).unwrap(KEY_ID, "330", after) == b"leaf key"
    with pytest.raises(BrokenPromise, match="settings that stand now"):
        Wrapping.of(OLD).unwrap(KEY_ID, "330", after)


def test_once_the_one_before_is_let_go_it_opens_nothing() -> None:
    alone = Wrapping.of(f"{NEW},{OLD}").without_those_before()
    with pytest.raises(BrokenPromise):
        alone.unwrap(KEY_ID, "330", Wrapping.of(OLD).wrap(KEY_ID, "330", b"leaf key"))


def test_a_mark_tells_keys_apart_and_holds_nothing_of_them() -> None:
    both = Wrapping.of(f"{NEW},{OLD}")
    assert both.marks == (Wrapping.of(NEW).mark, Wrapping.of(OLD).mark)
    assert len(set(both.marks)) == 2
    assert not any(mark in NEW or mark in OLD for mark in both.marks)


def test_a_session_says_by_marks_which_keys_its_process_knows() -> None:
    both = Wrapping.of(f"{NEW},{OLD}")
    address = known_by("postgresql://joinedup_join:s3cret@127.0.0.1/keys?sslmode=verify-full", both)
    held = conninfo_to_dict(address)
    assert str(held["application_name"]).split()[1:] == list(both.marks)
    assert held["sslmode"] == "verify-full"
    assert len(str(held["application_name"])) < 64, "PostgreSQL would cut it"
