"""The file of recipients is read whole, or refused in a sentence that quotes no address."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path

import pytest

from consumers.errors import SettingsError
from consumers.notifier.current_recipients import CurrentRecipients
from consumers.notifier.recipients import Channel
from consumers.notifier.recipients_file import read_recipients

GOOD = """
[authorities.330]
fallback = ["manager"]
fallback_minutes = 5

[authorities.330.recipients.lead]
email = "lead@example.gov.uk"
phone = "+44 7700 900123"
urgent_by = ["notify-text", "email"]
others_by = ["email"]
hours = { opens = 09:00:00, closes = 17:30:00, digests = [16:00:00, 09:00:00] }
per_hour = 4

[authorities.330.recipients.manager]
phone = "07700 900124"
urgent_by = ["notify-text"]
others_by = ["notify-text"]

[authorities.330.teams.ap]
duties = ["AP_*", "EXCLUSION_*"]
recipients = ["lead"]
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "recipients.toml"
    file.write_text(text)
    return file


def test_a_file_in_order_gives_who_is_told_by_what_and_when(tmp_path: Path) -> None:
    found = read_recipients(written(tmp_path, GOOD)).authorities["330"]
    lead = found.recipients["lead"]
    assert lead.urgent_by == (Channel.NOTIFY_TEXT, Channel.EMAIL)
    assert lead.addresses[Channel.EMAIL] == "lead@example.gov.uk"
    assert lead.hours.digests == (time(9), time(16))
    assert (lead.per_hour, lead.per_day) == (4, 0)
    assert found.of_duty("EXCLUSION_DAY6_PERMANENT") == ("lead",)
    assert found.of_duty("EHC_PLAN_20_WEEKS") == ()
    assert (found.fallback, found.fallback_minutes) == (("manager",), 5)


def test_another_text_is_another_version(tmp_path: Path) -> None:
    first = read_recipients(written(tmp_path, GOOD)).version
    assert read_recipients(written(tmp_path, GOOD + "\n")).version != first


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        ('fallback = ["manager"]', 'fallback = ["nobody"]', "no recipient nobody"),
        ('fallback = ["manager"]', "fallback = []", "in the place of others"),
        ('fallback = ["manager"]', "", "fallback"),
        ("fallback_minutes = 5", "fallback_minutes = 0", "1 or more"),
        ('recipients = ["lead"]', 'recipients = ["Lead"]', "no recipient Lead"),
        ('recipients = ["lead"]', "recipients = []", "duties and recipients"),
        ('email = "lead@example.gov.uk"', 'email = "lead"', "email: an address"),
        ('phone = "07700 900124"', "", "phone: a number"),
        ('urgent_by = ["notify-text", "email"]', 'urgent_by = ["pager"]', "urgent_by"),
        ('urgent_by = ["notify-text", "email"]', "urgent_by = []", "at least one channel"),
        ('urgent_by = ["notify-text"]', 'urgent_by = ["webhook"]', "webhook: an https address"),
        ("closes = 17:30:00", "closes = 08:00:00", "open before they close"),
        ("digests = [16:00:00, 09:00:00]", "digests = [18:00:00]", "within the hours"),
        ("per_hour = 4", "per_hour = -1", "a limit is a number"),
        ("per_hour = 4", "per_week = 4", "per_week"),
        ("authorities.330", "authorities.33", "three-digit"),
        ("[authorities.330]", "[authorities.330", "is not TOML"),
    ],
)
def test_what_is_wrong_is_named_and_no_address_is_quoted(
    tmp_path: Path, was: str, now: str, says: str
) -> None:
    with pytest.raises(SettingsError, match=re.escape(says)) as refused:
        read_recipients(written(tmp_path, GOOD.replace(was, now)))
    assert "example.gov.uk" not in str(refused.value).replace("duty@example.gov.uk", "")
    assert "900124" not in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="JOINEDUP_RECIPIENTS_FILE"):
        read_recipients(tmp_path / "none.toml")


def test_a_file_that_is_replaced_counts_from_then_on_and_a_wrong_one_changes_nothing(
    tmp_path: Path,
) -> None:
    states: list[bool] = []
    file = written(tmp_path, GOOD)
    current = CurrentRecipients(file, lambda _: None, states.append)
    first = current.now()
    written(tmp_path, GOOD.replace("per_hour = 4", "per_hour = 40"))
    second = current.now()
    assert second.version != first.version
    written(tmp_path, "nothing = of this")
    assert current.now() == second
    assert states == [True, False]
