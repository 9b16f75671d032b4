"""The pages' files come from the published archive, without the typeface of gov.uk."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.assets import Assets, NotFrontend, without_typeface
from tests.unit.dashboard.frontend import CSS, archive


def test_the_typeface_is_left_out_and_all_else_stays() -> None:
    plain = without_typeface(CSS)
    assert plain.startswith(".govuk-link{font-family:arial,sans-serif}.b{color:red}")


def test_a_style_sheet_that_names_the_typeface_otherwise_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFrontend, match="typeface"):
        Assets(archive(tmp_path, css='.a{font-family:"Transport New"}'))


def test_another_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.jar").write_bytes(b"not a zip")
    with pytest.raises(NotFrontend, match="remove it"):
        Assets(tmp_path / "other.jar")


def test_a_file_is_kept_by_browsers_under_an_address_that_changes_with_it(tmp_path: Path) -> None:
    assets = Assets(archive(tmp_path))
    _, static, version, name = assets.url("dashboard.css").split("/")
    answer = assets.answer(version, name)
    assert (static, answer.status_code, answer.media_type) == (
        "static",
        200,
        "text/css; charset=utf-8",
    )
    assert "immutable" in answer.headers["cache-control"]
    assert assets.answer("0" * 12, name).status_code == 404
    assert assets.answer(version, "../settings.py").status_code == 404
