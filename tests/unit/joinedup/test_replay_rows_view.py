"""What a verified replay says of the rows beside the transitions."""

from __future__ import annotations

from consumers.replay.attended import Table
from joinedup.commands.replay_rows_view import counted


def test_one_table_is_named_alone_and_several_are_listed() -> None:
    assert counted({}) == ""
    assert counted({Table.DELIVERIES: 0}) == " So do 0 deliveries."
    assert counted({Table.ACTIONS: 1200, Table.STANDINGS: 3, Table.DELIVERIES: 2}) == (
        " So do 1,200 actions, 3 standings and 2 deliveries."
    )
