"""The page of all record types."""

from __future__ import annotations

from schemas.catalogue import event_types
from schemas.document import PAGE, page


def test_the_page_in_the_repository_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(), "run python -m schemas.document"


def test_every_type_and_field_is_on_the_page() -> None:
    text = page()
    for one in event_types().values():
        section = text.split(f"### {one.name}\n")[1].split("\n### ")[0]
        assert one.doc in section
        assert all(f"| `{field.name}`" in section for field in one.payload)
