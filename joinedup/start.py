"""Where ``joinedup`` starts: a command is loaded without the others, in about half the time.

That counts for processes of the platform that are started again, and for who waits at a terminal.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import typer

MODULE_OF = {
    **{name: name for name in ("run", "gateway", "dashboard", "outbox", "ping", "erase", "hold")},
    **{name: name for name in ("agreements", "bench", "conformance", "deliveries", "demo")},
    **{name: name for name in ("identity", "parked", "providers", "publish", "receipt")},
    **{name: name for name in ("recipients", "replay", "retention", "reviews", "rules")},
    **{name: name for name in ("calendars", "sharing", "untouched", "audit", "archive", "backup")},
    **{name: "stack" for name in ("up", "down", "status", "secrets", "certificates", "setup")},
    **{name: "read" for name in ("alerts", "child", "why")},
    **{name: "publish" for name in ("validate", "heartbeat")},
    "sources": "freshness",
    "source": "sources",
    "sign-out": "sign_out",
    "erase-again": "erase",
    "restore": "archive",
    "restore-backup": "backup",
    "renew-passwords": "stack",
    "register-schemas": "stack",
}
"""The module of each command, by the first word; one that is not here is found among them all."""


def start() -> None:
    """Run the command that the arguments name."""
    command_line(sys.argv[1:])()


def command_line(arguments: Sequence[str]) -> typer.Typer:
    """Return what carries out these arguments."""
    module = MODULE_OF.get(arguments[0]) if arguments else None
    if module is None:
        from joinedup.main import app

        return app
    alone = typer.Typer(name="joinedup", pretty_exceptions_show_locals=False)
    alone.callback()(_many)
    import_module(f"joinedup.commands.{module}").register(alone)
    return alone


def _many() -> None:
    """Let the command be named, as among many: Typer takes a single one for the whole."""


if __name__ == "__main__":
    start()
