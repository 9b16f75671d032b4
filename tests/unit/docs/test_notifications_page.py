"""The page on telling people shows what the notifier takes."""

from __future__ import annotations

import re
from pathlib import Path

from prometheus_client import CollectorRegistry

from consumers.notifier.metrics import NotifierMetrics
from consumers.notifier.planning import ATTEMPTS, FIRST_PAUSE, LONGEST_PAUSE, MINUTE
from consumers.notifier.recipients import Hours
from consumers.notifier.recipients_file import CHANNELS, read_recipients
from consumers.notifier.settings import NotifierSettings
from consumers.settings import Settings

PAGE = (Path(__file__).parents[3] / "docs" / "notifications.md").read_text("utf-8")


def test_the_file_of_recipients_on_the_page_is_in_order(tmp_path: Path) -> None:
    (shown,) = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    file = tmp_path / "recipients.toml"
    file.write_text(shown)
    authority = read_recipients(file).authorities["330"]
    assert authority.of_duty("AP_EXIT_PLAN_MISSING") == ("ap-lead", "paging")


def test_every_channel_and_every_variable_of_the_notifier_is_on_the_page() -> None:
    assert all(f"`{name}`" in PAGE for name in CHANNELS)
    own = NotifierSettings.model_fields.keys() - Settings.model_fields.keys() - {"database_url"}
    assert [name for name in own if f"`{name.upper()}`" not in PAGE] == []


def test_the_numbers_on_the_page_are_those_of_the_code() -> None:
    assert (ATTEMPTS, FIRST_PAUSE[True], FIRST_PAUSE[False]) == (
        {True: 5, False: 8},
        15_000,
        MINUTE,
    )
    assert "15 s after the first for what is urgent, a minute for all else" in PAGE
    assert LONGEST_PAUSE == 30 * MINUTE and "at most 30 minutes; five\n  attempts, or eight" in PAGE
    assert (Hours().opens.hour, Hours().closes.hour) == (8, 18)
    assert "08:00 to 18:00 on working days (our own default)" in PAGE


def test_every_metric_is_on_the_page() -> None:
    registry = CollectorRegistry()
    NotifierMetrics(registry)
    assert [one.name for one in registry.collect() if f"`{one.name}" not in PAGE] == []
