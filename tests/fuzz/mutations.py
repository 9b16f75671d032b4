"""Ways in which a file or a message is broken, and what must never be said of it."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

NAME = "Zebedee-Quux"
"""A child's name, put where it should not be: no sentence of ours may ever hold it."""

HOSTILE = (
    NAME.encode(),
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\x81\x8d",
    b'"',
    b"'",
    b",",
    b"\n",
    b"\r",
    b"\t",
    b"<",
    b">",
    b"&lol;",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    b"]]>",
    b"{",
    b"}",
    b"[" * 300,
    b'{"a":' * 300,
    b"null",
    b"NaN",
    b"-1e999",
    b"9" * 30,
    b"9" * 5000,
    b"0001-01-01",
    b"9999-12-31",
    b"0001-01-01T00:00:00+14:00",
    b"9999-12-31T23:59:59-14:00",
    b"31/12/9999",
    b"01/01/0001",
    b"9999-Dec-31 00:00:00",
    "é\u202e\U0001f600".encode(),
    b"\\ud800",
    b"\xed\xa0\x80",
    b"A" * 3000,
)

Change = Callable[[bytes], bytes]


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """Return one change: a cut, a repetition, a hostile insertion, or another byte."""
    kind = draw(st.sampled_from(("truncate", "drop", "repeat", "insert", "insert", "replace")))
    where, length = draw(st.floats(0, 1)), draw(st.integers(0, 60))
    what = draw(st.one_of(st.sampled_from(HOSTILE), st.binary(max_size=8)))

    def change(content: bytes) -> bytes:
        at = int(where * len(content))
        if kind == "truncate":
            return content[:at]
        if kind == "drop":
            return content[:at] + content[at + length :]
        if kind == "repeat":
            return content[:at] + content[at : at + length] * 3 + content[at + length :]
        rest = at + length if kind == "replace" else at
        return content[:at] + what + content[rest:]

    return change


@st.composite
def broken(draw: st.DrawFn, seeds: st.SearchStrategy[bytes]) -> bytes:
    """Return a seed after some changes, or two seeds spliced."""
    content = draw(seeds)
    if draw(st.integers(0, 9)) == 0:
        other = draw(seeds)
        content = content[: len(content) // 2] + other[len(other) // 2 :]
    for change in draw(st.lists(changes(), min_size=1, max_size=5)):
        content = change(content)
    return content


def is_discreet(sentence: str) -> bool:
    """Return whether a sentence of ours repeats nothing that was planted."""
    return NAME not in sentence and "Zebedee" not in sentence
