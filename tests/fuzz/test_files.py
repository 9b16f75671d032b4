"""Whatever a file holds: no fault, every row accounted for, and no word of it repeated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.delivery import Rehearsal
from producers.event import Source
from producers.files import FORMATS, Context, Unreadable, xml_records
from producers.files.fhir_nodes import resources
from producers.files.outcomes import Made, Noted, Outcome, Refused, Skipped
from producers.files.tables import records
from producers.results import Rejected, Valid
from tests.fuzz.conftest import PROFILE
from tests.fuzz.mutations import broken, is_discreet
from tests.fuzz.seeds import OURS, seeds

MOMENT = datetime(2026, 11, 23, 12, tzinfo=UTC)
CONTEXT = Context(
    local_authority="999",
    source=Source("la999", "casework"),
    extracted_at=MOMENT,
    recorded_at=MOMENT,
    batch="b1",
)


RECORDS = {
    "nccis": ("YoungPersonsRecord",),
    "sen2": ("Person",),
    "cin-census": ("Child",),
    "ssda903/xml": ("CHILD",),
}
"""The elements of an XML return that are its rows."""


@st.composite
def deliveries(draw: st.DrawFn, form: str) -> dict[str, bytes]:
    """Return the files of a delivery, at least one of them broken."""
    names = list(OURS[form])
    hurt = draw(st.sets(st.sampled_from(names), min_size=1))
    return {
        name: draw(broken(st.sampled_from(seeds(form, name)))) if name in hurt else OURS[form][name]
        for name in names
    }


def outcomes(form: str, files: dict[str, bytes], folder: Path) -> list[Outcome] | None:
    """Return what becomes of the files; None where they are refused as a whole, in a sentence."""
    paths = []
    for name, content in files.items():
        path = folder / name
        path.write_bytes(content)
        paths.append(path)
    context = replace(CONTEXT, opaque_upn=len(files) % 2 == 0)
    reader = FORMATS[form.partition("/")[0]]
    reader.recognises(paths)
    try:
        reader.types_in(paths)
        found = list(reader.read(paths, context))
        assert_accounted(form, paths, found)
    except Unreadable as fault:
        assert str(fault).endswith((".", "bundle."))
        assert is_discreet(str(fault))
        assert fault.__cause__ is None
        return None
    return found


def assert_accounted(form: str, paths: Sequence[Path], found: Sequence[Outcome]) -> None:
    """Assert that each row has an outcome, and that a file that is passed over has its count."""
    for path in paths:
        mine = [one for one in found if one.row.file == path.name and not isinstance(one, Noted)]
        passed = sum(one.rows for one in mine if isinstance(one, Skipped) and one.row.number == 0)
        told = {one.row.number for one in mine} - {0}
        refused_whole = any(isinstance(one, Refused) and one.row.number == 0 for one in mine)
        if refused_whole:
            assert not told
        elif passed:
            assert passed == sum(1 for _ in records(path))
        else:
            assert told == rows_of(form, path)


def rows_of(form: str, path: Path) -> set[int]:
    if form == "nems":
        return {1}
    if form in ("fhir", "cpis"):
        return set(range(1, 1 + sum(1 for _ in resources(path))))
    if form in RECORDS:
        return set(range(1, 1 + sum(1 for _ in xml_records.records(path, *RECORDS[form]))))
    if path.suffix == ".toml":
        return set()
    if form == "events":
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode()
        # As a text file is read: by any of the three line ends.
        listed = lines.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return {number for number, line in enumerate(listed, 1) if line.strip()}
    return {one.row.number for one in records(path)}


def assert_discreet(found: Sequence[Outcome]) -> None:
    rehearsal = Rehearsal()
    for one in found:
        if isinstance(one, Made):
            result = rehearsal.publish(one.event)
            assert isinstance(result, (Valid, Rejected))
            assert is_discreet(str(result))
        else:
            assert is_discreet(one.reason)
        if isinstance(one, (Refused, Noted)):
            assert is_discreet(one.field)


@pytest.mark.parametrize("form", sorted(OURS))
def test_a_whole_file_gives_events(form: str, tmp_path: Path) -> None:
    found = outcomes(form, OURS[form], tmp_path)
    assert found is not None
    assert sum(isinstance(one, Made) for one in found) >= 3


@pytest.mark.parametrize("form", sorted(OURS))
def test_a_broken_file_is_refused_in_part_or_whole(form: str) -> None:
    @PROFILE
    @given(deliveries(form))
    def check(files: dict[str, bytes]) -> None:
        with TemporaryDirectory() as folder:
            assert_discreet(outcomes(form, files, Path(folder)) or [])

    check()
