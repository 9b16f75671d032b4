"""What the join has done before it takes a record."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from consumers.join.service import JoinLoop
from journey.calendars import bank_holidays


def test_what_counting_days_takes_is_loaded_before_the_first_record_is_taken() -> None:
    bank_holidays.cache_clear()
    stopped: Any = SimpleNamespace(should_stop=True)
    nothing: Any = None
    loop = JoinLoop(stopped, nothing, nothing, nothing, nothing, nothing)
    asyncio.run(loop.run(until_end=False))
    assert bank_holidays.cache_info().currsize == 1
