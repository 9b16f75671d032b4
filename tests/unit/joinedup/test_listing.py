"""What is shown at a terminal is shown whole, however narrow it is."""

from __future__ import annotations

import io

from rich.console import Console

from joinedup.commands.listing import Listing

LONG = "wexcombe-council-social-care"


def test_a_word_that_is_longer_than_its_column_goes_on_in_the_next_line() -> None:
    table = Listing("from whom", box=None, pad_edge=False)
    table.add_column("why")
    table.add_row(LONG, LONG)
    out = io.StringIO()
    Console(file=out, width=30).print(table)
    lines = out.getvalue().splitlines()[1:]
    assert "…" not in out.getvalue()
    for first in (0, 15):
        assert "".join(line[first : first + 15].strip() for line in lines) == LONG
