"""A source's key is renewed without a message refused, and without intake being started again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from consumers.intake.current_sources import CurrentSources
from consumers.intake.examining import Accepted, Examiner, Refused
from consumers.intake.incoming import Incoming
from producers.sources_file import StillRenewing, add_source, renew_key
from schemas.sources import Source, SourcesInvalid
from tests.unit.consumers.messages import LA, MOMENT, NOW, TOKENS, TOPICS, a_message, codec

NAMES = {"organisation": "330-4001", "system": "mis"}
HOUR = 3_600_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "sources.json"
    add_source(found, **NAMES, agency="education", local_authorities=[LA])
    return found


def current(file: Path) -> Source:
    found = CurrentSources(file).lookup("330-4001", "mis")
    assert found is not None
    return found


def signed_with(source: Source, time: int = NOW) -> Incoming:
    return a_message(source=source, time=time)


def test_old_and_new_key_are_both_good_until_the_moment_that_was_stated(file: Path) -> None:
    before, sources = current(file), CurrentSources(file)
    examiner = Examiner(TOPICS, codec(), sources, TOKENS)
    assert isinstance(examiner.examine(signed_with(before)), Accepted)

    renew_key(file, **NAMES, until=MOMENT + timedelta(hours=1), now=MOMENT)

    for key_of, time, is_good in (
        (before, NOW, True),
        (before, NOW + HOUR - 1, True),
        (before, NOW + HOUR, False),
        (current(file), NOW, True),
        (current(file), NOW + HOUR, True),
    ):
        found = examiner.examine(signed_with(key_of, time))
        assert isinstance(found, Accepted) is is_good, time
        assert is_good or (isinstance(found, Refused) and found.reason == "wrong-signature")


def test_a_key_is_not_renewed_again_while_the_one_before_it_is_still_good(file: Path) -> None:
    later = MOMENT + timedelta(hours=1)
    renew_key(file, **NAMES, until=later, now=MOMENT)
    kept = file.read_text()
    with pytest.raises(StillRenewing, match="Wait until then; or give --overlap-hours 0"):
        renew_key(file, **NAMES, until=MOMENT + timedelta(hours=72), now=MOMENT)
    assert file.read_text() == kept
    assert renew_key(file, **NAMES, until=later + timedelta(hours=72), now=later)


def test_without_an_overlap_every_earlier_key_ends_at_once(file: Path) -> None:
    first = current(file)
    renew_key(file, **NAMES, until=MOMENT + timedelta(hours=1), now=MOMENT)
    second = current(file)
    renew_key(file, **NAMES, until=MOMENT, now=MOMENT)
    assert not {first.key, second.key} & set(current(file).keys_at(NOW))


def test_a_source_that_is_taken_out_of_the_file_is_heard_no_more(file: Path) -> None:
    sources = CurrentSources(file)
    assert sources.lookup("330-4001", "mis") is not None
    file.write_text(json.dumps({"sources": []}))
    assert sources.lookup("330-4001", "mis") is None


def test_a_file_that_is_not_in_order_changes_nothing_and_is_said(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sources = CurrentSources(file)
    file.write_text("half a fi")
    assert sources.lookup("330-4001", "mis") is not None
    assert "The sources stay as they were" in caplog.text
    add_source(file.with_name("next.json"), **NAMES, agency="health", local_authorities=[LA])
    file.with_name("next.json").replace(file)
    found = sources.lookup("330-4001", "mis")
    assert found is not None and found.agency == "health"


def test_a_source_that_is_not_there_has_no_key_to_renew(file: Path) -> None:
    text = file.read_text()
    until = datetime(2026, 1, 1, tzinfo=UTC)
    assert not renew_key(file, organisation="nobody", system="mis", until=until, now=until)
    assert file.read_text() == text


def test_keys_do_not_show_when_printed(file: Path) -> None:
    first = current(file)
    renew_key(file, **NAMES, until=MOMENT, now=MOMENT)
    for key in (first.key, current(file).key):
        assert key.hex() not in repr(current(file)) and repr(key) not in repr(current(file))


def test_a_former_key_without_its_end_is_refused(file: Path) -> None:
    entry = json.loads(file.read_text())["sources"][0]
    for former in ({"key": "ab" * 32}, {"key": "ab" * 32, "until": "tomorrow"}, "ab" * 32):
        file.write_text(json.dumps({"sources": [{**entry, "former_key": former}]}))
        with pytest.raises(SourcesInvalid, match="former_key must have a key, and until when"):
            CurrentSources(file)
