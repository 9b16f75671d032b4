"""Small files and a context to read them in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from producers.event import Source
from producers.files.outcomes import Context, Made, Outcome, Reader

Read = Callable[..., list[Outcome]]


@pytest.fixture
def context() -> Context:
    """A context of an invented authority, its extract taken on 1 September 2025."""
    moment = datetime(2025, 9, 1, 6, 0, tzinfo=UTC)
    return Context(
        local_authority="999",
        source=Source("la999", "casework"),
        extracted_at=moment,
        recorded_at=moment,
        batch="b1",
    )


@pytest.fixture
def read(tmp_path: Path, context: Context) -> Iterator[Read]:
    """Return a function that writes files by name and reads them with a reader."""

    def reading(
        reader: Reader, files: dict[str, str | bytes], context: Context = context
    ) -> list[Outcome]:
        paths = []
        for name, content in files.items():
            path = tmp_path / name
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            paths.append(path)
        return list(reader(paths, context))

    yield reading


@pytest.fixture
def made() -> Callable[[list[Outcome]], list[tuple[str, dict[str, object]]]]:
    """Return a function that gives the type and record of each event made."""

    def of(outcomes: list[Outcome]) -> list[tuple[str, dict[str, object]]]:
        return [
            (one.event.type, dict(one.event.record)) for one in outcomes if isinstance(one, Made)
        ]

    return of
