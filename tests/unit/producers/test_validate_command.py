import json
from datetime import date
from random import Random

import pytest
import typer
from typer.testing import CliRunner

from joinedup.commands import publish, sources
from producers.simulate.extracts.cin_census import Need, extract
from producers.simulate.population import child

REVIEWS = "CHILD,DOB,REVIEW,REVIEW_CODE\nC1,,01/05/2025,PN1\nC2,,01/06/2025,PN2\n"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    app = typer.Typer()
    publish.register(app)
    sources.register(app)

    def running(*arguments):
        return CliRunner().invoke(app, [str(one) for one in arguments])

    return running


@pytest.fixture
def reviews(tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_text(REVIEWS)
    return path


def test_files_in_order_end_with_exit_code_0_and_a_count(run, reviews):
    result = run("validate", reviews)
    assert result.exit_code == 0
    assert "Valid, none sent: 2. Refused: 0. Undelivered: 0." in result.output


def test_a_refused_row_ends_with_exit_code_1_and_its_reason(run, reviews):
    reviews.write_text(REVIEWS + "C3,,31/06/2025,PN2\n")
    result = run("validate", reviews)
    assert result.exit_code == 1
    assert "REVIEW: is no date; expected dd/mm/yyyy" in result.output
    # What is no terminal gets the account and nothing else, from the first line on.
    assert result.output.startswith("Rows read: 3. Gave events: 2.")


def test_a_refusal_names_the_rows_in_which_it_was_met_first(run, reviews, tmp_path):
    reviews.write_text(REVIEWS + "C3,,31/06/2025,PN2\n" * 2)
    refused = " ".join(run("validate", reviews).output.split())
    assert "2 REVIEW: is no date; expected dd/mm/yyyy (reviews.csv row 4, 5)" in refused
    assert "--report FILE keeps each refusal with its file and row." in refused
    reviews.write_text(REVIEWS + "C3,,31/06/2025,PN2\n" * 9)
    report = tmp_path / "report.json"
    told = run("validate", reviews, "--report", report).output
    assert "(reviews.csv row 4, 5, 6, …)" in " ".join(told.split())
    assert "report.json lists each refusal" in told


def test_a_dry_run_needs_neither_a_broker_nor_a_source(run, reviews):
    assert run("publish", reviews, "--la", "330", "--dry-run").exit_code == 0


def test_the_report_lists_each_refusal_by_row(run, reviews, tmp_path):
    reviews.write_text(REVIEWS + "C3,,31/06/2025,PN2\n")
    run("validate", reviews, "--report", tmp_path / "report.json")
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["accepted"] == 2
    assert [one["row"] for one in report["refusals"]] == [4]


def test_the_extract_moment_decides_what_is_too_late(run, reviews):
    result = run("validate", reviews, "--extracted-at", "2025-05-15")
    assert "REVIEW: is after the extract date" in result.output


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--format", "ctf"], "ssda903"),
        (["--agency", "police"], "social-care"),
    ],
)
def test_a_wrong_option_ends_with_exit_code_2_and_what_to_give(run, reviews, arguments, word):
    result = run("publish", reviews, "--la", "330", "--dry-run", *arguments)
    assert result.exit_code == 2
    assert word in result.output


def test_files_of_no_known_name_ask_for_the_format(run, tmp_path):
    path = tmp_path / "export.csv"
    path.write_text("a,b\n")
    result = run("validate", path)
    assert result.exit_code == 2
    assert "--format" in result.output


def test_events_need_an_agency(run, tmp_path):
    path = tmp_path / "e.jsonl"
    path.write_text('{"type": "ReferralReceived", "source_record_id": "r1", "retracted": true}\n')
    result = run("publish", path, "--la", "330", "--dry-run")
    assert result.exit_code == 2
    assert "--agency" in result.output


def test_publishing_without_a_key_names_the_setting(run, reviews):
    result = run(
        "publish", reviews, "--la", "330", "--organisation", "la330", "--system", "casework"
    )
    assert result.exit_code == 2
    assert "JOINEDUP_SOURCES_FILE" in result.output


def test_a_wrong_setting_is_named_and_not_shown(run, reviews, monkeypatch):
    monkeypatch.setenv("JOINEDUP_PARTITIONS", "many-secret")
    result = run("publish", reviews, "--la", "330", "--organisation", "a", "--system", "b")
    assert result.exit_code == 2
    assert "JOINEDUP_PARTITIONS" in result.output
    assert "many-secret" not in result.output


def test_the_source_is_told_by_the_sources_file_where_only_one_may_speak(
    run, reviews, tmp_path, monkeypatch
):
    monkeypatch.setenv("JOINEDUP_SOURCES_FILE", str(tmp_path / "sources.json"))
    add = ["source", "add", "--agency", "social-care", "--la", "330", "--organisation", "la330"]
    assert "added" in run(*add, "--system", "casework").output
    assert "known already" in run(*add, "--system", "casework").output
    run(*add, "--system", "other")
    result = run("publish", reviews, "--la", "330")
    assert result.exit_code == 2
    assert "2 sources" in result.output


def test_the_report_says_what_was_read_as_which_authoritys(tmp_path, run):
    path, report = tmp_path / "cin.xml", tmp_path / "report.json"
    need = Need(child=child(1, 8, Random(1), {"need"}), referred_on=date(2024, 4, 8))
    path.write_text(next(iter(extract([need], date(2025, 3, 31)).values())))
    assert run("validate", path, "--report", report, "--extracted-at", "2026-11-23").exit_code == 0
    told = json.loads(report.read_text())
    assert (told["format"], told["local_authority"], told["sent"]) == ("cin-census", "999", False)
    assert told["extracted_at"] == "2026-11-23T00:00:00+00:00"
    other = tmp_path / "other.xml"
    other.write_text(path.read_text().replace("<LEA>999", "<LEA>330"))
    assert run("validate", other, "--report", report, "--extracted-at", "2026-11-23").exit_code == 0
    assert json.loads(report.read_text())["local_authority"] == "330"
    assert run("validate", other, "--la", "331").exit_code == 2
