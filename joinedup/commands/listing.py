"""A table for the terminal that cuts nothing off."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType
from rich.table import Table


class Listing(Table):
    """A table whose long words go on in the next line: what is cut off cannot be looked up."""

    def add_column(
        self, header: RenderableType = "", footer: RenderableType = "", **given: Any
    ) -> None:
        """Add a column as Table does, folded unless something else is asked for."""
        super().add_column(header, footer, **{"overflow": "fold", **given})
