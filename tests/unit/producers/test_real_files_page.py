"""The page of what real files give is what they give today."""

import pytest

from producers.files import FORMATS
from tests.real_files import DATA, PAGE, REAL_FILES, page


def test_the_page_is_current():
    if not DATA.exists():
        pytest.skip("the shared data is absent: no ../shared/data")
    assert page() == PAGE.read_text("utf-8"), "run: python -m tests.real_files"


def test_every_format_on_the_page_exists():
    assert {one.format for one in REAL_FILES} <= set(FORMATS)
