"""The file of recipients can be looked at, and its channels tried, before an alert comes."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from joinedup.main import app
from tests.unit.consumers.notifier.servers import LOGIN, MailServer
from tests.unit.consumers.notifier.test_recipients_file import GOOD


def run(*arguments: str, code: int = 0, **environment: str) -> str:
    result = CliRunner().invoke(
        app, ["recipients", *arguments], env={"COLUMNS": "160", **environment}
    )
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "recipients.toml"
    found.write_text(GOOD)
    return found


def test_a_file_in_order_is_shown_without_an_address(file: Path) -> None:
    shown = run("check", str(file))
    assert "09:00 to 17:30, working days; at 09:00, 16:00" in shown
    assert "told to lead" in shown
    assert "are of no team and told to the fallback (manager)" in shown
    assert "after 5 minutes" in shown
    assert "example.gov.uk" not in shown and "7700" not in shown


def test_a_pattern_of_no_duty_is_named(file: Path) -> None:
    file.write_text(GOOD.replace("EXCLUSION_*", "EXLCUSION_*"))
    assert "Of EXLCUSION_* there is no duty in this release" in run("check", str(file))


def test_what_is_wrong_is_said_in_a_sentence(file: Path) -> None:
    file.write_text(GOOD.replace('fallback = ["manager"]', 'fallback = ["nobody"]'))
    assert "there is no recipient nobody" in run("check", str(file), code=1)


def test_a_test_message_says_by_each_channel_what_became_of_it(tmp_path: Path) -> None:
    file = tmp_path / "recipients.toml"
    recipient = (
        '[authorities.330.recipients.{}]\nemail = "{}@example.gov.uk"\nurgent_by = ["email"]'
    )
    recipient += '\nothers_by = ["email"]\n'
    people = "".join(recipient.format(code, code) for code in ("lead", "gone"))
    file.write_text(f'[authorities.330]\nfallback = ["lead"]\n{people}')
    with MailServer(tmp_path) as mail:
        given = {
            "JOINEDUP_KAFKA_BOOTSTRAP": "127.0.0.1:1",
            "JOINEDUP_REGISTRY_URL": "http://127.0.0.1:1",
            "JOINEDUP_DATABASE_URL": "postgresql://127.0.0.1:1/store",
            "JOINEDUP_RECIPIENTS_FILE": str(file),
            "JOINEDUP_SMTP_HOST": "127.0.0.1",
            "JOINEDUP_SMTP_PORT": str(mail.port),
            "JOINEDUP_SMTP_USERNAME": LOGIN[0],
            "JOINEDUP_SMTP_PASSWORD": LOGIN[1],
            "JOINEDUP_SMTP_FROM": "joinedup@example.gov.uk",
            "JOINEDUP_SMTP_CA_FILE": str(mail.ca_file),
        }
        assert run("test", "330/lead", **given) == "email: delivered\n"
        assert mail.messages[0]["Subject"] == "Test message, no alert"
        assert "address refused" in run("test", "330/gone", code=1, **given)
        assert "no recipient 330/nobody" in run("test", "330/nobody", code=1, **given)
