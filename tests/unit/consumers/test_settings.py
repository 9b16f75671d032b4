"""Settings are read once, name what is wrong, and show no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from consumers.errors import SettingsError
from consumers.settings import IntakeSettings, Settings
from consumers.wrapping import Wrapping

COMPLETE = {
    "KAFKA_BOOTSTRAP": "127.0.0.1:9092",
    "KAFKA_SECURITY": "SASL_PLAINTEXT",
    "KAFKA_USERNAME": "intake",
    "KAFKA_PASSWORD": "not-to-be-shown",
    "REGISTRY_URL": "http://127.0.0.1:8081/apis/ccompat/v7",
    "KEYS_DATABASE_URL": "postgresql://intake:not-to-be-shown@127.0.0.1/keys",
    "PSEUDONYM_KEY": "00" * 32,
    "MASTER_KEY": "11" * 32,
    "SOURCES_FILE": "sources.json",
}


def a_file(folder: Path, **changed: str | None) -> Path:
    values = {**COMPLETE, **changed}
    lines = [f"JOINEDUP_{name}={value}" for name, value in values.items() if value is not None]
    file = folder / "intake.env"
    file.write_text("\n".join(lines))
    return file


def test_a_complete_file_gives_the_settings(tmp_path: Path) -> None:
    settings = IntakeSettings.load(a_file(tmp_path, TOPIC_PREFIX="demo.", PARTITIONS="4"))
    assert settings.topics.journeys == "demo.journeys"
    assert settings.topics.partitions == 4
    assert settings.wrapping().mark == Wrapping(b"\x11" * 32).mark
    assert settings.kafka()["sasl_mechanism"] == "SCRAM-SHA-512"


def test_the_environment_goes_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOINEDUP_PARTITIONS", "8")
    assert IntakeSettings.load(a_file(tmp_path, PARTITIONS="4")).partitions == 8


def test_every_missing_variable_is_named(tmp_path: Path) -> None:
    file = a_file(tmp_path, MASTER_KEY=None, SOURCES_FILE=None)
    with pytest.raises(SettingsError) as refused:
        IntakeSettings.load(file)
    assert "JOINEDUP_MASTER_KEY" in str(refused.value)
    assert "JOINEDUP_SOURCES_FILE" in str(refused.value)


@pytest.mark.parametrize("wrong", ["MASTER_KEY", "PSEUDONYM_KEY"])
def test_a_key_that_is_not_hexadecimal_is_named_and_not_shown(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(SettingsError) as refused:
        IntakeSettings.load(a_file(tmp_path, **{wrong: "not hexadecimal"}))
    assert f"JOINEDUP_{wrong}" in str(refused.value)
    assert "not hexadecimal" not in str(refused.value)


@pytest.mark.parametrize("wrong", ["", "11" * 31, f"{'11' * 32},", f"{'11' * 32},{'22' * 31}"])
def test_a_master_key_that_is_none_is_named_and_not_shown(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(SettingsError, match=r"JOINEDUP_MASTER_KEY.*64 hexadecimal") as refused:
        IntakeSettings.load(a_file(tmp_path, MASTER_KEY=wrong))
    assert "1111" not in str(refused.value)


def test_while_it_is_renewed_the_master_key_before_follows_after_a_comma(tmp_path: Path) -> None:
    both = f"{'22' * 32},{'11' * 32}"
    marks = IntakeSettings.load(a_file(tmp_path, MASTER_KEY=both)).wrapping().marks
    assert marks == (Wrapping(b"\x22" * 32).mark, Wrapping(b"\x11" * 32).mark)


def test_a_transaction_of_more_than_two_thousand_records_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="JOINEDUP_TRANSACTION_RECORDS"):
        IntakeSettings.load(a_file(tmp_path, TRANSACTION_RECORDS="2001"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.env"):
        Settings.load(tmp_path / "nowhere.env")


def test_no_secret_shows_in_a_traceback(tmp_path: Path) -> None:
    settings = IntakeSettings.load(a_file(tmp_path))
    shown = repr(settings)
    assert "not-to-be-shown" not in shown
    assert "11" * 32 not in shown
