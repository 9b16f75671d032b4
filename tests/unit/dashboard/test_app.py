"""What the application has done before it answers anybody."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from fastapi.testclient import TestClient
from pydantic import SecretStr

from dashboard.app import build_app
from dashboard.wiring import Parts
from journey.calendars import bank_holidays


class Idle:
    """A store, recorder or login that is never asked."""

    def open(self) -> None:
        """Open nothing."""

    def close(self) -> None:
        """Close nothing."""

    def answer(self) -> None:
        """Answer nothing."""


def test_what_counting_days_takes_is_loaded_before_anybody_is_answered() -> None:
    idle: Any = Idle()
    settings: Any = SimpleNamespace(
        session_key=SecretStr("k" * 32), session_minutes=15, is_https=False, public_hosts=[]
    )
    app = build_app(settings, Parts(store=idle, pages=idle, assets=idle, login=idle, recorder=idle))
    bank_holidays.cache_clear()
    with TestClient(app):
        assert bank_holidays.cache_info().currsize == 1
