"""What every format keeps: batches, revisions, refusals counted, and the same events each time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from producers.delivery import Delivery, Rehearsal, deliver
from producers.event import Event
from producers.files import FORMATS, Context
from producers.results import Result
from producers.tally import Tally
from schemas.validation import problems
from tests.fuzz.seeds import OURS

_HAVE_A_REVISION_OF_THEIR_OWN = {"events", "fhir", "nems"}
_SPOILED = {
    "cin-census": ("<CINreferralDate>2025-02-03", "<CINreferralDate>2035-02-03"),
    "cpis": ("342191000000101", "1"),
    "csv": ("03/03/2025", "yesterday"),
    "events": ("2025-03-01", "01/03/2025"),
    "fhir": ("2025-03-01T10:00:00+00:00", "2025"),
    "nccis": ("<ActivityCode>210", "<ActivityCode>211"),
    "nems": ("2025-03-03T12:00:00+00:00", "yesterday"),
    "school-census": ("2025-Mar-03 00:00:00", "03/03/2025"),
    "sen2": ("<RequestOutcome>N", "<RequestOutcome>Q"),
    "ssda903": ("03/09/2024,S", "2024-09-03,S"),
    "ssda903/xml": ("<DECOM>03/09/2024", "<DECOM>2024-09-03"),
}


class Recorder(Rehearsal):
    """A rehearsal that keeps the events."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Event] = []

    def publish(self, event: Event, **given: object) -> Result:
        self.events.append(event)
        return super().publish(event)


Deliver = Callable[..., tuple[Tally, list[Event]]]


@pytest.fixture
def delivered(tmp_path: Path, context: Context) -> Deliver:
    """Deliver the files of a format as a snapshot, changed or not, and return what came of it."""

    def delivering(name: str, change: tuple[str, str] = ("", ""), **later: float):
        paths = []
        for file, content in OURS[name].items():
            path = tmp_path / file
            text = content.decode()
            path.write_text(text.replace(*change) if change[0] else text)
            paths.append(path)
        own = replace(context, scope="all", extracted_at=context.extracted_at + timedelta(**later))
        form = FORMATS[name.partition("/")[0]]
        recorder = Recorder()
        tally = deliver(
            Delivery(form=form, files=paths, context=own, agency=form.agency or "education"),
            recorder,
        )
        return tally, recorder.events

    return delivering


def test_every_format_is_here():
    assert {name.partition("/")[0] for name in OURS} == set(FORMATS)
    assert set(_SPOILED) == set(OURS)


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_event_is_of_the_batch_and_its_scope_and_keeps_the_contract(delivered, name):
    tally, (joined, opened, *events, completed) = delivered(name)
    assert [one.type for one in (joined, opened, completed)] == [
        "SourceJoined",
        "BatchOpened",
        "BatchCompleted",
    ]
    assert events
    batch = opened.record["batch_id"]
    assert {(one.record["batch"], one.record["scope"]) for one in events} == {(batch, "all")}
    assert [problems(one.kind.full_name, one.record) for one in events] == [[]] * len(events)
    assert {one.type for one in events} <= set(joined.record["event_types"])
    assert tally.rows()["refused"] == 0
    assert completed.record.get("unreadable_rows") is None


@pytest.mark.parametrize("name", sorted(OURS))
def test_the_same_files_again_make_the_same_events(delivered, name):
    first, again = delivered(name)[1], delivered(name)[1]
    assert [one.event_id for one in first] == [one.event_id for one in again]


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_later_extract_says_the_same_of_the_same_records(delivered, name):
    def of_records(events):
        return {one.record["source_record_id"]: one.record["revision"] for one in events[2:-1]}

    first, later = of_records(delivered(name)[1]), of_records(delivered(name, hours=24)[1])
    assert first.keys() == later.keys()
    if name not in _HAVE_A_REVISION_OF_THEIR_OWN:
        assert all(later[record] > revision for record, revision in first.items())


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_list_with_a_row_that_is_refused_says_so_and_takes_nothing_back(delivered, name):
    assert any(_SPOILED[name][0] in content.decode() for content in OURS[name].values())
    tally, events = delivered(name, _SPOILED[name])
    assert tally.refused
    assert events[-1].type == "BatchCompleted"
    assert events[-1].record["unreadable_rows"] == tally.rows()["refused"] >= 1
    assert len(events) > 3, "what of the rest can be read is sent"
