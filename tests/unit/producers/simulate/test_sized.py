"""Files of any size are whole, in order, and of children who are not told of twice."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from producers.delivery import Delivery, Rehearsal, deliver
from producers.event import Source
from producers.files import FORMATS, Context
from producers.simulate.extracts.histories import EXTRACTED_ON, FILES, child
from producers.simulate.sized import write
from producers.tally import Tally

AT = datetime.combine(EXTRACTED_ON, datetime.min.time(), UTC)
CONTEXT = Context(local_authority="999", source=Source("a", "b"), extracted_at=AT, recorded_at=AT)


def told(name: str, files: list[Path]) -> Tally:
    form = FORMATS[name.partition("/")[0]]
    delivery = Delivery(form=form, files=files, context=CONTEXT, agency="health", joins=False)
    return deliver(delivery, Rehearsal())


@pytest.mark.parametrize("name", FILES)
def test_what_is_written_of_each_format_is_accepted_and_grows_with_its_size(
    name: str, tmp_path: Path
) -> None:
    small = told(name, write(name, tmp_path / "small", 1))
    files = write(name, tmp_path / "large", 70_000)
    large = told(name, files)
    assert sum(file.stat().st_size for file in files) >= 70_000
    assert not large.refused and large.all_accepted
    assert 0 < small.events <= large.events


def test_no_two_of_a_million_children_share_a_pupil_number() -> None:
    numbers = [*range(1, 2_000), *range(399_000, 401_000), *range(999_000, 1_001_000)]
    assert len({child(number).upn for number in numbers}) == len(numbers)
