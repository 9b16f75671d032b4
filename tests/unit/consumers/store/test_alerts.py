"""The audited text of a transition."""

from __future__ import annotations

from datetime import date

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from consumers.store.alerts import body_of
from journey.transition import Kind, Outcome, Status, Transition, audited

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
COUNTS = st.integers(-(2**53) + 1, 2**53 - 1)


@given(TEXT, st.tuples(TEXT, TEXT), COUNTS, st.dates(date(1900, 1, 1)), st.booleans())
def test_the_body_is_the_canonical_json_of_what_is_audited(
    text: str, texts: tuple[str, ...], count: int, day: date, yes: bool
) -> None:
    transition = Transition(
        alert_id=text,
        local_authority="999",
        child=text,
        duty=text,
        kind=Kind.RESOLVED,
        number=count,
        status=Status.RESOLVED,
        outcome=Outcome.MET_LATE if yes else None,
        unconfirmed=yes,
        severity="high",
        basis=text,
        due=day,
        as_of=count,
        known_at=count,
        anchor=text,
        arithmetic=text,
        because=texts,
        met_on=day if yes else None,
        rules=text,
        sequence=5,
        chain="ab",
    )
    assert body_of(transition) == rfc8785.dumps(audited(transition)).decode()
