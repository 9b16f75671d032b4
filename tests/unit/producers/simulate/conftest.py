"""The invented year of the demo, and a smaller one of which the core has said all it can."""

from __future__ import annotations

import pytest

from producers.simulate import Year, simulate
from tests.unit.producers.simulate.told import Told, told_of

FEW = 70


@pytest.fixture(scope="session")
def year() -> Year:
    """The year as the demo shows it."""
    return simulate()


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """A year of few children, and what the core says of it."""
    return told_of(simulate(count=FEW), tmp_path_factory.mktemp("files"))
