"""Whatever a record that keeps the contract says, the core takes it or parks it, and goes on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from consumers.decode import to_event
from journey.machine import Machine
from journey.moments import DAY
from journey.shelf import MemoryShelf
from schemas.catalogue import EventType, PayloadField, event_types
from schemas.validation import problems
from tests.fuzz.conftest import PROFILE
from tests.unit.consumers.messages import NOW, TOKENS, codec
from tests.unit.schemas.examples import a_record, value_of

CODEC = codec()
FROM_SOURCES = [one for one in event_types().values() if one.has_envelope]
DAYS = st.sampled_from((date.min, date.max, date(9999, 12, 30), date(1900, 1, 1))) | st.dates(
    date(2024, 1, 1), date(2027, 1, 1)
)
FIRST, LAST = map(datetime.fromisoformat, ("2024-01-01", "2027-01-01"))
MOMENTS = st.sampled_from(
    (datetime.min.replace(tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC))
) | st.datetimes(FIRST, LAST, timezones=st.just(UTC))
WHOLE = st.sampled_from((-(2**31), -1, 0, 1, 2**31 - 1))
BY_KIND: dict[str, st.SearchStrategy[Any]] = {
    "date": DAYS,
    "timestamp-millis": MOMENTS,
    "int": WHOLE,
    "long": WHOLE | st.sampled_from((-(2**63), 2**63 - 1)),
    "double": st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
    "array<ClosedPeriod>": st.lists(st.fixed_dictionaries({"first": DAYS, "last": DAYS})),
}


def values(field: PayloadField) -> st.SearchStrategy[Any]:
    """Return what a field may hold that keeps the contract."""
    if field.codes and field.kind == "string":
        return st.sampled_from(field.codes)
    return BY_KIND.get(field.kind, st.just(value_of(field)))


@st.composite
def records(draw: st.DrawFn) -> tuple[EventType, dict[str, Any]]:
    """Return a record of extremes, of one of few children and few records."""
    kind = draw(st.sampled_from(FROM_SOURCES))
    given = {field.name: draw(values(field)) for field in kind.payload}
    child = draw(st.integers(0, 1))
    record = a_record(
        kind,
        **given,
        event_id=str(draw(st.uuids())),
        source_record_id=f"{kind.name}-{draw(st.integers(0, 1))}",
        revision=draw(BY_KIND["long"]),
        retracted=draw(st.booleans()),
        occurred_at=draw(MOMENTS),
        date_of_birth=draw(st.none() | DAYS),
        identifiers=[{"scheme": "LA_CHILD_ID", "value": f"C{child}", "status": "VERIFIED"}],
    )
    return kind, record


@PROFILE
@given(st.lists(records(), min_size=1, max_size=12), st.sampled_from((1, DAY, 400 * DAY)))
def test_no_record_and_no_moment_stops_the_machine(
    told: list[tuple[EventType, dict[str, Any]]], step: int
) -> None:
    machine, kappa = Machine(MemoryShelf()), NOW
    for kind, record in told:
        assert problems(kind.full_name, record) == []
        decoded = CODEC.decode(CODEC.encode(kind.full_name, record))
        found = machine.record(to_event(decoded, kappa=kappa, tokens=TOKENS))
        assert all(one.as_of <= kappa for one in found.transitions)
        kappa += step
    machine.tick(kappa + 60 * 365 * DAY)
