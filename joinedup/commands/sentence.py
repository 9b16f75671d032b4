"""Ends a command that failed with one sentence that says what to do, and exit code 1."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from consumers.migrations import MigrationError
from schemas.registry import RegistryError
from stack import StackError


@contextmanager
def in_a_sentence() -> Iterator[None]:
    """Print an error of the stack as its one sentence, and exit with 1."""
    # The Kafka client reports each attempt to connect; what matters reaches us as an exception.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    try:
        yield
    except (StackError, MigrationError, RegistryError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
