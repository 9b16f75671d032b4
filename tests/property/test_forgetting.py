"""A core that remembers tells what one that forgets all but the store would tell."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.events import Event
from journey.moments import HOUR
from journey.transition import Transition
from tests.lengths import in_full
from tests.property.test_core import Store, bytes_of, end_of, streams
from tests.unit.journey.streams import CARE, SCHOOL, at, event, joined, machine, on, run, upn

WHO = {f"{source}-{n}": (upn(str(n)),) for source in (SCHOOL, CARE) for n in (0, 1)}


@st.composite
def steady(draw: st.DrawFn) -> list[Event]:
    """Return facts of children whose identifiers seldom change, as in life: mostly corrections."""
    found = [joined(source, at(1, 0)) for source in (SCHOOL, CARE)]
    kappa = at(1, 1)
    for number in range(draw(st.integers(5, 40))):
        kappa += draw(st.sampled_from((0, 1, HOUR, 20 * HOUR, 60 * HOUR)))
        if len(found) > 2 and draw(st.integers(0, 4)) == 0:  # sent again, in another batch
            again = draw(st.sampled_from(found[2:]))
            found.append(msgspec.structs.replace(again, kappa=kappa, batch=f"b{number}"))
            continue
        source = draw(st.sampled_from((SCHOOL, CARE)))
        leaf = f"{source}-{draw(st.integers(0, 1))}"
        type_ = draw(st.sampled_from(("ApPlacementStarted", "ExitPlanAgreed", "ApPlacementEnded")))
        day = draw(st.integers(-12, 14))
        record = f"{type_}-{leaf}-{draw(st.integers(0, 1))}"
        strange = draw(st.integers(0, 29)) == 0
        fact = event(
            type_,
            kappa,
            record,
            day=day,
            revision=draw(st.integers(number // 4, number // 4 + 3)),
            retracted=draw(st.integers(0, 7)) == 0,
            source=source,
            leaf=leaf,
            own_id=True,
            identifiers=(upn("2"),) if strange else WHO[leaf],
            date_of_birth=on(draw(st.integers(1, 2))) if draw(st.integers(0, 29)) == 0 else None,
            data={"start_on": on(day)},
        )
        told_as = f"{record}@{fact.revision}@{number % 2}"
        found.append(msgspec.structs.replace(fact, event_id=told_as, digest=f"{number}"))
    return found


def forgetful(stream: list[Event]) -> list[Transition]:
    """Return what is told where a new machine takes each record, from a store read back."""
    store, told, sequence = Store(), [], 0
    for one in (*stream, end_of(stream)):
        fresh = machine(store.reopened(), sequence)
        told += run([one], fresh)
        sequence = fresh.sequence
    return told


@given(st.one_of(steady(), streams()))
@settings(max_examples=in_full(7_500, otherwise=150), deadline=None)
def test_a_machine_that_remembers_tells_what_one_that_forgets_tells(stream: list[Event]) -> None:
    assert bytes_of(run([*stream, end_of(stream)])) == bytes_of(forgetful(stream))
