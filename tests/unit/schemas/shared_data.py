"""Where the shared real files are; tests that need one skip where it is absent."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[4] / "shared" / "data"


def shared_file(*parts: str) -> Path:
    """Return the path of a shared file, or skip the test that asks for it."""
    path = FOLDER.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the shared data is absent: no ../shared/data/{'/'.join(parts)}")
    return path
