"""A worked example of a duty: what happened, and the cases that follow, as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from journey.clocks import in_words
from journey.duties.duty import Case


class Given(msgspec.Struct, frozen=True):
    """A fact of an example, short enough to read.

    on: its valid day as text. record: the name by which other facts refer to it, or empty.
    data: what the payload says beside its valid day.
    retracted: the source takes the record back. known: the day on which it became known as text,
    where that is not its valid day.
    """

    type: str
    on: str
    record: str = ""
    data: Mapping[str, Any] = {}
    retracted: bool = False
    known: str = ""


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """What a duty makes of a few facts.

    given: what happened; expected: the sentence of each case in order.
    then: what was sent afterwards; a fact of the same record replaces the earlier.
    expected_then: the sentences after that; not looked at without `then`.
    """

    duty: str
    title: str
    born: str = ""
    given: tuple[Given, ...]
    expected: tuple[str, ...]
    then: tuple[Given, ...] = ()
    expected_then: tuple[str, ...] = ()


def given(type: str, on: str, record: str = "", /, **data: Any) -> Given:
    """Return a fact of an example."""
    return Given(type, on, record, data)


def known_on(day: str, one: Given) -> Given:
    """Return the fact as it is known on another day than its own."""
    return msgspec.structs.replace(one, known=day)


def taken_back(type: str, on: str, record: str) -> Given:
    """Return a retraction of a fact of an example."""
    return Given(type, on, record, retracted=True)


def sentence(case: Case) -> str:
    """Return a case as people read it, without what identifies anybody."""
    period = f"{case.period}: " if case.period else ""
    critical = f", critical after {in_words(case.escalates_on)}" if case.escalates_on else ""
    return f"{period}due {in_words(case.due)}{critical}; {_outcome(case)}"


def _outcome(case: Case) -> str:
    if case.met is None:
        return "not met"
    how = "ended" if case.met.ended else "met"
    late = "" if case.met.on <= case.due else ", late"
    return f"{how} {in_words(case.met.on)}{late}"
